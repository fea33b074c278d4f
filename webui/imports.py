"""Importing: from a card or folder on the box, or by sending files from the browser."""

from dataclasses import dataclass
from http import HTTPStatus
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO, cast

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import intake as actions
from appliance.actions.shoots import shoots
from appliance.domain.errors import Mistake, Unreadable
from appliance.domain.photos import ImportId, ImportReport, ShootId
from webui import cards
from webui.current import asking, box

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
        places=_places(),
        shoots=shoots(box().safe, **asking()),
        roots=box().config.import_roots,
        panel=cards.panel(),
    )


@pages.post("/imports/folder")
def from_folder() -> ResponseReturnValue:
    """Import a card or a folder; the worker carries it out."""
    folder = _allowed(request.form.get("folder", ""))
    report = actions.start_import(box().safe, str(folder), shoot_id=_shoot(), **asking())
    box().bell.take_in(report.id)
    return redirect(url_for("imports.show", import_id=report.id), HTTPStatus.SEE_OTHER)


@pages.post("/imports/upload")
def from_browser() -> ResponseReturnValue:
    """All files in one form, for browsers without scripts."""
    files = [file for file in request.files.getlist("photos") if file.filename]
    if not files:
        raise Mistake("import:no_files", "Choose one or more photos first.")
    report = actions.start_import(box().safe, actions.UPLOAD, shoot_id=_shoot(), **asking())
    for file in files:
        _take(report.id, file.filename or "", cast("BinaryIO", file.stream))
    actions.finish_upload(box().safe, report.id, **asking())
    return redirect(url_for("imports.show", import_id=report.id), HTTPStatus.SEE_OTHER)


@pages.post("/imports")
def begin() -> ResponseReturnValue:
    """Begin an upload, file by file."""
    report = actions.start_import(box().safe, actions.UPLOAD, shoot_id=_shoot(), **asking())
    return {
        "id": report.id,
        "files": url_for("imports.take_file", import_id=report.id),
        "finish": url_for("imports.finish", import_id=report.id),
        "page": url_for("imports.show", import_id=report.id),
    }, HTTPStatus.CREATED


@pages.post("/imports/<import_id>/files")
def take_file(import_id: str) -> ResponseReturnValue:
    """One file: its bytes are the body, and go straight into the safe."""
    body = cast("Any", request.stream)
    kept = _take(ImportId(import_id), request.args.get("name", ""), cast("BinaryIO", BufferedReader(body)))
    return {"kept": kept}, HTTPStatus.CREATED


@pages.post("/imports/<import_id>/finish")
def finish(import_id: str) -> ResponseReturnValue:
    """Close an upload."""
    return _numbers(actions.finish_upload(box().safe, ImportId(import_id), **asking()))


def _shoot() -> ShootId | None:
    """At which shoot the photos were taken; a script says it in the address."""
    chosen = request.form.get("shoot") or request.args.get("shoot")
    return ShootId(chosen) if chosen else None


def _take(import_id: ImportId, name: str, stream: BinaryIO) -> bool:
    """Keep one file; False when it is no file that can be kept, which the import counts."""
    plain = Path(name.replace("\\", "/")).name[:_LONGEST_NAME] or "photo"
    try:
        actions.import_upload(box().safe, plain, stream, import_id, bell=box().bell, **asking())
    except Unreadable:
        return False
    return True


@pages.get("/imports/<import_id>")
def show(import_id: str) -> ResponseReturnValue:
    """How an import stands, and what was set aside."""
    report = actions.import_report(box().safe, ImportId(import_id), **asking())
    problems = actions.file_problems(box().safe, report.id, **asking())
    return render_template(
        "imports/show.html",
        report=report,
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


def _places() -> list[Place]:
    """Cards and folders below the places from which may be imported."""
    found: list[Place] = []
    for root in box().config.import_roots:
        if root.is_dir():
            folders = sorted(p for p in (*root.iterdir(), *root.glob("*/*")) if p.is_dir() and not _hidden(p))
            found += [Place(folder, str(folder.relative_to(root))) for folder in folders]
    return found[:_FOLDERS_SHOWN]


def _hidden(path: Path) -> bool:
    return path.name.startswith(".") or path.parent.name.startswith(".")


def _allowed(text: str) -> Path:
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
