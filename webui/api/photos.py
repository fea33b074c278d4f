"""Photos: found, shown, described."""

from http import HTTPStatus

from flask import Response

from appliance.actions import descriptions, watermarks
from appliance.actions import photos as photo_actions
from appliance.actions.photos import BlobKind, Filter
from appliance.domain.access import Permission
from appliance.domain.collections import CollectionId
from appliance.domain.consent import PUBLICATION, Purpose
from appliance.domain.descriptions import Description
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId
from appliance.domain.photos import ImportId, PhotoId, ShootId
from webui.api import schemas, telling
from webui.api.operations import File, Resource
from webui.current import asking, asking_today, box

photos = Resource("photos")
_JPEG = File(("image/jpeg",), "The picture.")


@photos.get("/photos", Permission.PHOTO_VIEW)
def list_photos(asked: schemas.PhotoList) -> schemas.PhotoPage:
    """List photos, newest first."""
    return _page(asked, "")


@photos.post("/search/photos", Permission.PHOTO_VIEW, HTTPStatus.OK)
def search_photos(body: schemas.PhotoSearch) -> schemas.PhotoPage:
    """Search the library, newest first, as its page does.

    What is searched for is posted, so that no name stands in an address.
    """
    return _page(body, body.text)


def _page(asked: schemas.PhotoList, text: str) -> schemas.PhotoPage:
    page = photo_actions.library(
        box().safe,
        wanted=_wanted(asked, text),
        after=PhotoId(asked.after) if asked.after else None,
        limit=asked.limit,
        known=box().known,
        **asking_today(),
    )
    return schemas.PhotoPage(
        photos=[telling.card(one) for one in page.cards], total=page.total, after=page.after
    )


def _wanted(asked: schemas.PhotoList, text: str) -> Filter:
    return Filter(
        light=asked.light,
        purpose=_publication(asked.purpose) if asked.purpose else None,
        person_id=PersonId(asked.person) if asked.person else None,
        taken_from=asked.taken_from,
        taken_until=asked.taken_until,
        untagged=asked.untagged,
        nobody_named=asked.nobody_named,
        import_id=ImportId(asked.import_id) if asked.import_id else None,
        shoot_id=ShootId(asked.shoot) if asked.shoot else None,
        collection_id=CollectionId(asked.collection) if asked.collection else None,
        similar_to=PhotoId(asked.like) if asked.like else None,
        text=text,
        stage=asked.stage,
    )


def _publication(purpose: Purpose) -> Purpose:
    if purpose not in PUBLICATION:
        raise Mistake("search:bad", "This search is not understood.", "Choose from the form.")
    return purpose


@photos.get("/photos/{photo}", Permission.PHOTO_VIEW)
def show_photo(photo: str) -> schemas.PhotoTold:
    """Show one photo: its metadata, faces, verdicts of today and the copies that left."""
    return telling.photo(photo_actions.look_at(box().safe, PhotoId(photo), **asking_today()))


@photos.get("/photos/{photo}/thumbnail", Permission.PHOTO_VIEW, _JPEG)
def show_thumbnail(photo: str) -> Response:
    """Show a photo small."""
    return _picture(photo, BlobKind.THUMBNAIL)


@photos.get("/photos/{photo}/preview", Permission.PHOTO_VIEW, _JPEG)
def show_preview(photo: str) -> Response:
    """Show a photo as the pages do, with the watermark where there is one.

    It is to look at: a copy to use is made by a release.
    """
    return _picture(photo, BlobKind.PROXY)


def _picture(photo: str, kind: BlobKind) -> Response:
    data = watermarks.preview(
        box().safe, box().decoder, PhotoId(photo), kind, box().config.organisation, **asking()
    )
    return Response(data, mimetype="image/jpeg")


@photos.put("/photos/{photo}/description", Permission.PHOTO_EDIT)
def describe_photo(photo: str, body: schemas.Described) -> schemas.DescriptionTold:
    """Write what is told of a photo, whole.

    It names nobody in the picture, and permits nothing. The file itself stays as it came.
    """
    told = Description(
        title=body.title,
        caption=body.caption,
        keywords=tuple(body.keywords),
        creator=body.creator,
        credit=body.credit,
        copyright_notice=body.copyright_notice,
    )
    return telling.description(descriptions.describe(box().safe, PhotoId(photo), told, **asking()))
