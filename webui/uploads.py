"""Sending files in parts, so that a broken connection or a reload costs one part: the tus protocol 1.0.0.

Of it: the core, creation, creation-with-upload and termination (https://tus.io/protocols/resumable-upload).
Each request carries the token of the page besides, as every change does.
"""

import base64
import binascii
from http import HTTPStatus
from io import BufferedReader
from typing import Any, BinaryIO, cast

from flask import Blueprint, make_response, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from appliance.actions.intake import LARGEST_FILE
from appliance.actions.uploads import begin_upload, drop_upload, receive, upload, uploads
from appliance.domain.errors import Mistake, Unreadable
from appliance.domain.photos import ImportId
from appliance.domain.uploads import SentFile, Upload, UploadId
from webui.current import asking, box
from webui.imports import plain_name

pages = Blueprint("uploads", __name__)
VERSION = "1.0.0"
_BODY = "application/offset+octet-stream"
_LONGEST_FOLDER = 1000


@pages.get("/imports/<import_id>/uploads")
def index(import_id: str) -> ResponseReturnValue:
    """What one sent of an import so far, so that the rest can be sent after a reload."""
    return {"files": [_told(one) for one in uploads(box().safe, ImportId(import_id), **asking())]}


@pages.post("/imports/<import_id>/uploads")
def begin(import_id: str) -> ResponseReturnValue:
    """Announce a file (creation); with a body, its first part comes along (creation-with-upload)."""
    _require_protocol()
    said = _metadata(request.headers.get("Upload-Metadata", ""))
    file = SentFile(
        name=plain_name(said.get("filename", "")),
        folder=said.get("folder", "")[:_LONGEST_FOLDER],
        bytes=_number(request.headers.get("Upload-Length", "")),
        modified=_number(said.get("modified", "") or "0"),
    )
    begun = begin_upload(box().safe, ImportId(import_id), file, **asking())
    if request.content_length and not begun.received:
        begun = _received(begun.id, 0)
    answer = _answer(begun, HTTPStatus.CREATED)
    answer.headers["Location"] = url_for("uploads.show", upload_id=begun.id)
    return answer


@pages.get("/uploads/<upload_id>")
def show(upload_id: str) -> ResponseReturnValue:
    """How far a file is; browsers ask with HEAD."""
    found = upload(box().safe, UploadId(upload_id), **asking())
    return _answer(found, HTTPStatus.OK)


@pages.patch("/uploads/<upload_id>")
def take_part(upload_id: str) -> ResponseReturnValue:
    """The next part of a file."""
    _require_protocol()
    return _answer(
        _received(UploadId(upload_id), _number(request.headers.get("Upload-Offset", ""))), HTTPStatus.OK
    )


@pages.delete("/uploads/<upload_id>")
def drop(upload_id: str) -> ResponseReturnValue:
    """Give a file up (termination)."""
    drop_upload(box().safe, UploadId(upload_id), **asking())
    return "", HTTPStatus.NO_CONTENT, {"Tus-Resumable": VERSION}


def _received(upload_id: UploadId, offset: int) -> Upload:
    """Take what the body holds; a file that cannot be kept is counted by its import, and told as failed."""
    if request.mimetype != _BODY:
        raise Mistake("upload:bad_request", "This is no upload as the protocol has it.")
    stream = cast("BinaryIO", BufferedReader(cast("Any", request.stream)))
    length = request.content_length or 0
    try:
        return receive(box().safe, upload_id, offset, length, stream, bell=box().bell, **asking())
    except Unreadable:
        return upload(box().safe, upload_id, **asking())


def _require_protocol() -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        raise Mistake("upload:bad_request", "This is no upload as the protocol has it.")


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > len(str(1 << 62)):
        raise Mistake("upload:bad_request", "This is no upload as the protocol has it.")
    return min(int(text), 1 << 62)


def _metadata(header: str) -> dict[str, str]:
    """Pairs of a key and a text in base64, with commas between them."""
    found = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        key, _, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode("utf-8", "replace")
        except binascii.Error as problem:
            raise Mistake("upload:bad_request", "This is no upload as the protocol has it.") from problem
    return found


def _answer(told: Upload, status: HTTPStatus) -> Response:
    answer = make_response(_told(told), status)
    answer.headers["Tus-Resumable"] = VERSION
    answer.headers["Tus-Version"] = VERSION
    answer.headers["Tus-Extension"] = "creation,creation-with-upload,termination"
    answer.headers["Tus-Max-Size"] = str(LARGEST_FILE)
    answer.headers["Upload-Offset"] = str(told.received)
    answer.headers["Upload-Length"] = str(told.file.bytes)
    return answer


def _told(one: Upload) -> dict[str, object]:
    return {
        "address": url_for("uploads.show", upload_id=one.id),
        "name": one.file.name,
        "folder": one.file.folder,
        "bytes": one.file.bytes,
        "modified": one.file.modified,
        "received": one.received,
        "state": one.state.value,
    }
