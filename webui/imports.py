"""Importing: from a card or folder on the box, or by sending files from the browser."""

from http import HTTPStatus
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, cast

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import intake as actions
from appliance.domain.errors import Mistake, Unreadable
from appliance.domain.photos import ImportId, ImportReport
from webui.current import asking, box

pages = Blueprint("imports", __name__)
_LONGEST_NAME = 255


@pages.get("/imports")
def index() -> ResponseReturnValue:
    """The imports so far, and how to begin one."""
    return render_template(
        "imports/index.html", imports=actions.imports(box().safe, **asking()), folders=_folders()
    )


@pages.post("/imports/folder")
def from_folder() -> ResponseReturnValue:
    """Import a card or a folder; the worker carries it out."""
    folder = _allowed(request.form.get("folder", ""))
    report = actions.start_import(box().safe, str(folder), **asking())
    box().bell.take_in(report.id)
    return redirect(url_for("imports.show", import_id=report.id), HTTPStatus.SEE_OTHER)


@pages.post("/imports/upload")
def from_browser() -> ResponseReturnValue:
    """All files in one form, for browsers without scripts."""
    files = [file for file in request.files.getlist("photos") if file.filename]
    if not files:
        raise Mistake("import:no_files", "Choose one or more photos first.")
    report = actions.start_import(box().safe, actions.UPLOAD, **asking())
    for file in files:
        _take(ImportId(report.id), file.filename or "", file.stream)
    actions.finish_upload(box().safe, report.id, **asking())
    return redirect(url_for("imports.show", import_id=report.id), HTTPStatus.SEE_OTHER)


@pages.post("/imports")
def begin() -> ResponseReturnValue:
    """Begin an upload, file by file."""
    report = actions.start_import(box().safe, actions.UPLOAD, **asking())
    return {"id": report.id, "page": url_for("imports.show", import_id=report.id)}, HTTPStatus.CREATED


@pages.post("/imports/<import_id>/files")
def take_file(import_id: str) -> ResponseReturnValue:
    """One file: its bytes are the body, and go straight into the safe."""
    name = request.args.get("name", "")
    kept = _take(ImportId(import_id), name, cast("BinaryIO", BufferedReader(request.stream)))  # type: ignore[type-var]
    return {"kept": kept}, HTTPStatus.CREATED


@pages.post("/imports/<import_id>/finish")
def finish(import_id: str) -> ResponseReturnValue:
    """Close an upload."""
    report = actions.finish_upload(box().safe, ImportId(import_id), **asking())
    return _numbers(report)


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
    problems = actions.file_problems(box().safe, ImportId(import_id), **asking())
    return render_template("imports/show.html", report=report, problems=problems)


@pages.get("/imports/<import_id>.json")
def progress(import_id: str) -> ResponseReturnValue:
    """The same as numbers, for the progress bar."""
    return _numbers(actions.import_report(box().safe, ImportId(import_id), **asking()))


def _numbers(report: ImportReport) -> dict[str, object]:
    return {
        "found": report.found,
        "stored": report.stored,
        "known": report.known,
        "failed": report.failed,
        "set_aside": report.set_aside,
        "finished": report.finished_at is not None,
    }


def _folders() -> list[Path]:
    """Cards and folders below the places from which may be imported."""
    found: list[Path] = []
    for root in box().config.import_roots:
        if root.is_dir():
            found += sorted(p for p in (*root.iterdir(), *root.glob("*/*")) if p.is_dir() and not _hidden(p))
    return found[:200]


def _hidden(path: Path) -> bool:
    return path.name.startswith(".")


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
