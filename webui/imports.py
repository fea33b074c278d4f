"""Importing: from a card or folder on the box, or by sending files from the browser."""

from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO, cast

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import intake as actions
from appliance.actions.collections import latest_collections
from appliance.actions.shoots import shoots
from appliance.actions.uploads import broken_off, finish_upload
from appliance.domain.errors import Mistake, Unreadable
from appliance.domain.photos import ImportId, ImportReport, ShootId
from webui import cards
from webui.current import asking, box
from webui.display import may

pages = Blueprint("imports", __name__)
_LONGEST_NAME = 255
_PROBLEMS_SHOWN = 200
_FOLDERS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Place:
    """A card or folder to import from. name: below the place where cards appear."""

    path: Path
    name: str


@pages.get("/imports")
def index() -> ResponseReturnValue:
    """The imports so far, and how to begin one."""
    return render_template(
        "imports/index.html",
        imports=actions.imports(box().safe, **asking()),
        places=places(),
        shoots=shoots(box().safe, **asking()),
        roots=box().config.import_roots,
        broken_off=broken_off(box().safe, **asking()) if may("photo:import") else (),
        panel=cards.panel(),
    )


@pages.post("/imports/folder")
def from_folder() -> ResponseReturnValue:
    """Import a card or a folder; the worker carries it out."""
    folder = allowed_folder(request.form.get("folder", ""))
    report = actions.start_import(box().safe, str(folder), shoot_id=chosen_shoot(), **asking())
    box().bell.take_in(report.id)
    return redirect(url_for("imports.show", import_id=report.id), HTTPStatus.SEE_OTHER)


@pages.post("/imports/upload")
def from_browser() -> ResponseReturnValue:
    """All files in one form, for browsers without scripts."""
    files = [file for file in request.files.getlist("photos") if file.filename]
    if not files:
        raise Mistake("import:no_files", "Choose one or more photos first.")
    report = actions.start_import(box().safe, actions.UPLOAD, shoot_id=chosen_shoot(), **asking())
    for file in files:
        with suppress(Unreadable):  # the import counts it
            stream = cast("BinaryIO", file.stream)
            name = plain_name(file.filename or "")
            actions.import_upload(box().safe, name, stream, report.id, bell=box().bell, **asking())
    finish_upload(box().safe, report.id, bell=box().bell, **asking())
    return redirect(url_for("imports.show", import_id=report.id), HTTPStatus.SEE_OTHER)


@pages.post("/imports")
def begin() -> ResponseReturnValue:
    """Begin an upload; its files come one by one, each in parts."""
    report = actions.start_import(box().safe, actions.UPLOAD, shoot_id=chosen_shoot(), **asking())
    return {
        "id": report.id,
        "uploads": url_for("uploads.begin", import_id=report.id),
        "finish": url_for("imports.finish", import_id=report.id),
        "page": url_for("imports.show", import_id=report.id),
    }, HTTPStatus.CREATED


@pages.post("/imports/<import_id>/finish")
def finish(import_id: str) -> ResponseReturnValue:
    """Close an upload; a script wants its numbers, somebody who leaves it at that its page."""
    report = finish_upload(box().safe, ImportId(import_id), bell=box().bell, **asking())
    if request.form.get("page"):
        return redirect(url_for("imports.show", import_id=report.id), HTTPStatus.SEE_OTHER)
    return _numbers(report)


def chosen_shoot() -> ShootId | None:
    """At which shoot the photos were taken; a script says it in the address."""
    chosen = request.form.get("shoot") or request.args.get("shoot")
    return ShootId(chosen) if chosen else None


def plain_name(name: str) -> str:
    """The last part of a name that a browser sends, which may look like a path."""
    return Path(name.replace("\\", "/")).name[:_LONGEST_NAME] or "photo"


@pages.get("/imports/<import_id>")
def show(import_id: str) -> ResponseReturnValue:
    """How an import stands, and what was set aside."""
    report = actions.import_report(box().safe, ImportId(import_id), **asking())
    problems = actions.file_problems(box().safe, report.id, **asking())
    known = latest_collections(box().safe, limit=-1, **asking()) if report.collection_id else ()
    return render_template(
        "imports/show.html",
        report=report,
        collection=next((one for one in known if one.id == report.collection_id), None),
        waiting=actions.unexamined(box().safe, import_id=report.id, **asking()),
        problems=problems[:_PROBLEMS_SHOWN],
        more=max(0, len(problems) - _PROBLEMS_SHOWN),
    )


@pages.get("/imports/<import_id>.json")
def progress(import_id: str) -> ResponseReturnValue:
    """The same as numbers, for the progress bar."""
    return _numbers(actions.import_report(box().safe, ImportId(import_id), **asking()))


def _numbers(report: ImportReport) -> dict[str, object]:
    """handled: files that are done with. waiting: photos of this import still to be examined."""
    waiting = actions.unexamined(box().safe, import_id=report.id, **asking())
    return {
        "found": report.found,
        "handled": report.handled,
        "stored": report.stored,
        "known": report.known,
        "failed": report.failed,
        "set_aside": report.set_aside,
        "examined": report.stored - waiting,
        "waiting": waiting,
        "finished": report.finished_at is not None and waiting == 0,
    }


def places() -> list[Place]:
    """Cards and folders below the places from which may be imported."""
    found: list[Place] = []
    for root in box().config.import_roots:
        if root.is_dir():
            folders = sorted(p for p in (*root.iterdir(), *root.glob("*/*")) if p.is_dir() and not _hidden(p))
            found += [Place(folder, str(folder.relative_to(root))) for folder in folders]
    return found[:_FOLDERS_SHOWN]


def _hidden(path: Path) -> bool:
    return path.name.startswith(".") or path.parent.name.startswith(".")


def allowed_folder(text: str) -> Path:
    """A folder below one of the places from which may be imported.

    Raises:
        Mistake: when it is elsewhere, or is no folder.
    """
    folder = Path(text)
    roots = [root.resolve() for root in box().config.import_roots]
    if not text or not any(folder.resolve().is_relative_to(root) for root in roots):
        raise Mistake(
            "import:outside", "Photos are not imported from there.", "Choose a card or folder from the list."
        )
    if not folder.is_dir():
        raise Mistake(
            "import:no_folder", "There is no such folder.", "Check the path, or that the card is in."
        )
    return folder.resolve()
