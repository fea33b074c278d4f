"""Copies that leave, with their receipts."""

from http import HTTPStatus

from flask import Response, request

from appliance.actions import release as release_actions
from appliance.actions.photos import cards_of
from appliance.domain.access import Permission
from appliance.domain.photos import PhotoId
from appliance.domain.release import Order, Recipient, ReleaseId, Shape, require_sensible, usual_order
from webui.api import schemas, telling
from webui.api.operations import File, Resource
from webui.current import asking, asking_today, box
from webui.language import language
from webui.releases import zipped

releases = Resource("releases")
_COPY = File(("image/jpeg", "image/png", "image/webp", "image/tiff"), "The copy.")
_COPIES = File(
    ("application/zip",), "The copies, each beside its receipt; the README tells what was left out."
)
_RECEIPT = File(("application/json",), "The sealed receipt, as docs/receipts.md describes it.")


@releases.post("/releases", Permission.RELEASE_MAKE, file=_COPY)
def make_release(body: schemas.CopyWanted) -> Response:
    """Make a copy of a photo for a purpose, when its light is green; the answer is the file.

    `Location` leads to what is told of it, `Link` to its receipt.
    """
    copy = release_actions.release(
        box().safe,
        box().decoder,
        box().sealing,
        PhotoId(body.photo),
        _order(body),
        credit=box().config.credit,
        language=language(),
        **asking_today(),
    )
    place = f"{request.path}/{copy.release.id}"
    answer = Response(copy.data, HTTPStatus.CREATED, mimetype=copy.media_type)
    answer.headers["Location"] = f"{request.script_root}{place}"
    answer.headers["Link"] = f'<{request.script_root}{place}/receipt>; rel="describedby"'
    answer.headers["Content-Disposition"] = f'attachment; filename="{copy.file_name}"'
    return answer


@releases.post("/copies", Permission.RELEASE_MAKE, HTTPStatus.OK, _COPIES)
def make_releases(body: schemas.CopiesWanted) -> Response:
    """Make copies of many photos for a purpose, as a ZIP with their receipts.

    Each is asked about when its turn comes; those that are not green are left out.
    """
    chosen, order = list(dict.fromkeys(PhotoId(one) for one in body.photos)), _order(body)
    require_sensible(order)  # what is wrong with the order is told before the first byte
    cards_of(box().safe, chosen, **asking_today())
    return zipped(chosen, order)


def _order(body: schemas.Ordered) -> Order:
    usual = usual_order(body.purpose).shape
    return Order(
        purpose=body.purpose,
        shape=Shape(
            body.size or usual.size,
            body.crop or usual.crop,
            body.format or usual.format,
            body.colours or usual.colours,
        ),
        recipient=Recipient(body.recipient.strip(), body.email.strip()),
        medium=body.medium.strip(),
    )


@releases.get("/releases", Permission.RELEASE_VIEW)
def list_releases(asked: schemas.Paged) -> schemas.ReleasePage:
    """List the copies that left, newest first."""
    after = ReleaseId(asked.after) if asked.after else None
    found = release_actions.releases(box().safe, limit=asked.limit + 1, after=after, **asking())
    shown = [telling.release(one) for one in found[: asked.limit]]
    return schemas.ReleasePage(releases=shown, after=shown[-1].id if len(found) > asked.limit else None)


@releases.get("/releases/{release}", Permission.RELEASE_VIEW)
def show_release(release: str) -> schemas.ReleaseTold:
    """Show one copy that left, and whether it was called back."""
    return telling.release(release_actions.release_of(box().safe, ReleaseId(release), **asking()))


@releases.get("/releases/{release}/receipt", Permission.RELEASE_VIEW, _RECEIPT)
def show_receipt(release: str) -> Response:
    """Fetch the receipt of a copy: what it may be used for, sealed by the box."""
    data = release_actions.receipt_of(box().safe, ReleaseId(release), **asking())
    return Response(data, mimetype="application/json")
