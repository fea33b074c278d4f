"""Photos on their way in."""

from http import HTTPStatus
from typing import BinaryIO

from flask import request
from werkzeug.http import parse_options_header

from appliance.actions import intake, uploads
from appliance.domain.access import Permission
from appliance.domain.photos import ImportId, ShootId
from appliance.domain.uploads import SentFile
from webui.api import schemas, telling
from webui.api.operations import Resource
from webui.current import asking, box
from webui.imports import plain_name

imports = Resource("imports")


@imports.post("/imports", Permission.PHOTO_IMPORT)
def begin_import(body: schemas.ImportWanted) -> schemas.ImportTold:
    """Begin an import, to send photos into."""
    shoot_id = ShootId(body.shoot) if body.shoot else None
    return telling.import_(intake.start_import(box().safe, intake.UPLOAD, shoot_id=shoot_id, **asking()))


@imports.post("/imports/{import_id}/photos", Permission.PHOTO_IMPORT)
def send_photo(import_id: str, data: BinaryIO) -> schemas.PhotoArrived:
    """Send a photo: the file itself is the body.

    The same bytes give the same photo, however often they are sent. Its name may stand in
    `Content-Disposition`. It is examined after that; a file that is no photo is then set aside.
    """
    _, options = parse_options_header(request.headers.get("Content-Disposition"))
    file = SentFile(plain_name(options.get("filename", "")), "", request.content_length or 0, 0)
    kept = uploads.send_whole(box().safe, ImportId(import_id), file, data, bell=box().bell, **asking())
    return schemas.PhotoArrived(photo=kept)


@imports.post("/imports/{import_id}/finish", Permission.PHOTO_IMPORT, HTTPStatus.OK)
def finish_import(import_id: str) -> schemas.ImportTold:
    """Close an import that was filled.

    One that is not closed within twelve hours is closed by itself.
    """
    report = uploads.finish_upload(box().safe, ImportId(import_id), bell=box().bell, **asking())
    return telling.import_(report)


@imports.get("/imports/{import_id}", Permission.PHOTO_VIEW)
def show_import(import_id: str) -> schemas.ImportTold:
    """Show an import, with its counts so far."""
    return telling.import_(intake.import_report(box().safe, ImportId(import_id), **asking()))
