"""Releases: choosing how a copy is made and for whom, the ledger, receipts, and what a file once was."""

from http import HTTPStatus
from typing import TypeVar

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from appliance.actions import found_files
from appliance.actions.packing import packed, require_few
from appliance.actions.photos import cards_of
from appliance.actions.release import Copy, receipt_of, release, releases, require_may_release
from appliance.domain.consent import PUBLICATION, Light, Purpose
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.photos import PhotoId
from appliance.domain.release import (
    ColourSpace,
    Crop,
    FileFormat,
    Order,
    Recipient,
    ReleaseId,
    Shape,
    Size,
    usual_order,
)
from webui import users
from webui.current import asking, asking_today, box
from webui.language import language
from webui.searching import chosen_photos

pages = Blueprint("releases", __name__)
PAGE = 100
_Chosen = TypeVar("_Chosen", Size, Crop, FileFormat, ColourSpace)


@pages.get("/releases")
def index() -> ResponseReturnValue:
    """The copies that left."""
    after = request.args.get("after")
    found = releases(box().safe, limit=PAGE + 1, after=ReleaseId(after) if after else None, **asking())
    return render_template(
        "releases/index.html",
        found=found[:PAGE],
        following=found[PAGE - 1].release.id if len(found) > PAGE else None,
        first=after is None,
        names=users.names(),
    )


@pages.get("/releases/new")
def new() -> ResponseReturnValue:
    """The form: which copies, for what and for whom."""
    purpose = _purpose(request.args.get("purpose", ""), otherwise=Purpose.WEB)
    chosen = chosen_photos(PAGE)
    cards = cards_of(box().safe, require_few(chosen), **asking_today())
    return render_template(
        "releases/new.html",
        cards=cards,
        green=[card for card in cards if card.lights[purpose] is Light.GREEN],
        purpose=purpose,
        usual=usual_order(purpose).shape,
        sizes=tuple(Size),
        crops=tuple(Crop),
        formats=tuple(FileFormat),
        colours=tuple(ColourSpace),
        arguments=request.args.to_dict(flat=False),
    )


@pages.post("/releases")
def make() -> ResponseReturnValue:
    """Hand out the copies: one file, or a ZIP with their receipts, which is made while it is sent."""
    chosen = require_few([PhotoId(one) for one in request.form.getlist("photo")])
    order = _order()
    if len(chosen) == 1 and request.form.get("together") != "1":
        return handed_out(chosen[0], order)
    return zipped(chosen, order)


def handed_out(photo_id: PhotoId, order: Order) -> ResponseReturnValue:
    """One copy as a file; unless the light is green, a page that says why not."""
    try:
        copy = _copy(photo_id, order)
    except NotAllowed as problem:
        if not problem.reasons:
            raise
        page = render_template(
            "photos/refused.html", photo_id=photo_id, purpose=order.purpose, problem=problem
        )
        return page, HTTPStatus.FORBIDDEN
    return file(copy.data, copy.media_type, copy.file_name)


def zipped(chosen: list[PhotoId], order: Order) -> Response:
    """Copies as a ZIP; who asks is fixed before the first byte goes out."""
    asker, spoken, opened = asking_today(), language(), box()
    require_may_release(opened.safe, **asking())

    def copy(photo_id: PhotoId) -> Copy:
        # The time is that of each photo's turn: a ZIP may take long, and a withdrawal does not wait for it.
        return release(
            opened.safe,
            opened.decoder,
            opened.sealing,
            photo_id,
            order,
            by=asker["by"],
            now=opened.now(),
            day=opened.today(),
            credit=opened.config.credit,
            language=spoken,
        )

    parts = packed(chosen, copy, opened.sealing.certificate, now=opened.now())
    answer = Response(parts, mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="photos-{opened.today():%Y%m%d}.zip"'
    return answer


def _copy(photo_id: PhotoId, order: Order) -> Copy:
    return release(
        box().safe,
        box().decoder,
        box().sealing,
        photo_id,
        order,
        credit=box().config.credit,
        language=language(),
        **asking_today(),
    )


def _order() -> Order:
    form = request.form
    purpose = _purpose(form.get("purpose", ""))
    usual = usual_order(purpose).shape
    return Order(
        purpose=purpose,
        shape=Shape(
            _chosen(Size, "size", usual.size),
            _chosen(Crop, "crop", usual.crop),
            _chosen(FileFormat, "format", usual.format),
            _chosen(ColourSpace, "colours", usual.colours),
        ),
        recipient=Recipient(form.get("recipient", "").strip(), form.get("email", "").strip()),
        medium=form.get("medium", "").strip(),
    )


def _chosen(kind: type[_Chosen], name: str, otherwise: _Chosen) -> _Chosen:
    given = request.form.get(name, "")
    try:
        return kind(given) if given else otherwise
    except ValueError as problem:
        raise Mistake("release:shape", "Choose how the copy is made.", "Choose from the lists.") from problem


def _purpose(text: str, otherwise: Purpose | None = None) -> Purpose:
    if not text and otherwise is not None:
        return otherwise
    if text not in {one.value for one in PUBLICATION}:
        raise Mistake("release:purpose", "Choose what the copy is for.")
    return Purpose(text)


@pages.get("/releases/<release_id>/receipt.json")
def receipt(release_id: str) -> ResponseReturnValue:
    """The receipt of a copy, once more."""
    data = receipt_of(box().safe, ReleaseId(release_id), **asking())
    return file(data, "application/json", f"{release_id}.receipt.json")


@pages.route("/releases/recognise", methods=["GET", "POST"])
def recognise() -> ResponseReturnValue:
    """Whether a file is a copy of ours: released when, for what and to whom."""
    sent = request.files.get("file") if request.method == "POST" else None
    found = None
    if request.method == "POST":
        data = sent.stream.read() if sent is not None else b""
        if not data:
            raise Mistake("release:no_file", "No file was chosen.", "Choose a photo from this computer.")
        found = found_files.recognise(box().safe, box().decoder, data, **asking())
    return render_template("releases/recognise.html", found=found, names=users.names())


def file(data: bytes, media_type: str, name: str) -> Response:
    """A file to keep; nothing on the way may keep it too."""
    answer = make_response(data)
    answer.mimetype = media_type
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
