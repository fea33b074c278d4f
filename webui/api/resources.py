"""What there is to ask: thin views, each of which asks one action."""

from datetime import date
from http import HTTPStatus

from flask import Response, g

from appliance.actions import consent, watermarks
from appliance.actions import people as person_actions
from appliance.actions import photos as photo_actions
from appliance.actions import release as release_actions
from appliance.actions.photos import BlobKind, Filter
from appliance.domain.access import Permission
from appliance.domain.consent import PUBLICATION, Purpose, QuitclaimId
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId
from appliance.domain.photos import ImportId, PhotoId, ShootId
from appliance.domain.release import ReleaseId
from webui.api import schemas, telling
from webui.api.operations import File, Resource
from webui.current import asking, asking_today, box

token, photos, people, quitclaims, verdicts, releases = (
    Resource(tag) for tag in ("token", "photos", "people", "quitclaims", "verdicts", "releases")
)
ALL = (token, photos, people, quitclaims, verdicts, releases)
_JPEG = File(("image/jpeg",), "The picture.")


@token.get("/token", None)
def show_token() -> schemas.TokenTold:
    """Tell what this token may do, and until when."""
    one = g.bearer.token
    return schemas.TokenTold(
        id=one.id,
        label=one.label,
        user=one.user_id,
        scopes=sorted(one.scopes),
        expires_at=one.expires_at,
    )


@photos.get("/photos", Permission.PHOTO_VIEW)
def list_photos(asked: schemas.PhotoSearch) -> schemas.PhotoPage:
    """List photos, newest first: the search of the library."""
    page = photo_actions.library(
        box().safe,
        wanted=_wanted(asked),
        after=PhotoId(asked.after) if asked.after else None,
        limit=asked.limit,
        **asking_today(),
    )
    return schemas.PhotoPage(
        photos=[telling.card(one) for one in page.cards], total=page.total, after=page.after
    )


def _wanted(asked: schemas.PhotoSearch) -> Filter:
    return Filter(
        light=asked.light,
        purpose=_publication(asked.purpose) if asked.purpose else None,
        person_id=PersonId(asked.person) if asked.person else None,
        taken_from=asked.taken_from,
        taken_until=asked.taken_until,
        untagged=asked.untagged,
        import_id=ImportId(asked.import_id) if asked.import_id else None,
        shoot_id=ShootId(asked.shoot) if asked.shoot else None,
        text=asked.text,
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


@verdicts.get("/photos/{photo}/verdicts", Permission.PHOTO_VIEW)
def show_verdicts(photo: str, asked: schemas.VerdictSearch) -> schemas.PhotoVerdicts:
    """Tell whether a photo may be used, for a purpose and on a day, with every reason.

    A past day is answered from what was known then.
    """
    (found,) = _verdicts([photo], [asked.purpose] if asked.purpose else [], asked.day)
    return found


@verdicts.post("/verdicts", Permission.PHOTO_VIEW, HTTPStatus.OK)
def ask_verdicts(body: schemas.VerdictsWanted) -> schemas.VerdictList:
    """Tell the same of many photos at once.

    Nothing is made or changed by it.
    """
    return schemas.VerdictList(photos=_verdicts(body.photos, body.purposes, body.day))


def _verdicts(wanted: list[str], purposes: list[Purpose], day: date | None) -> list[schemas.PhotoVerdicts]:
    today = box().today()
    found = photo_actions.verdicts(
        box().safe,
        [PhotoId(one) for one in dict.fromkeys(wanted)],
        [*dict.fromkeys(purposes)] or PUBLICATION,
        day=day or today,
        today=today,
        **asking(),
    )
    return [
        schemas.PhotoVerdicts(photo=photo.id, verdicts=telling.verdicts(decided))
        for photo, decided, _ in found
    ]


@people.get("/people", Permission.PERSON_VIEW)
def list_people(asked: schemas.PeopleSearch) -> schemas.PeoplePage:
    """List people, by name."""
    found = person_actions.people(
        box().safe,
        text=asked.text,
        after=PersonId(asked.after) if asked.after else None,
        limit=asked.limit + 1,
        **asking_today(),
    )
    shown = [telling.person_card(one) for one in found[: asked.limit]]
    return schemas.PeoplePage(people=shown, after=shown[-1].id if len(found) > asked.limit else None)


@people.get("/people/{person}", Permission.PERSON_VIEW)
def show_person(person: str) -> schemas.PersonTold:
    """Show one person: how the permissions stand, and where they are."""
    return telling.person(person_actions.person_view(box().safe, PersonId(person), **asking_today()))


@quitclaims.get("/quitclaims", Permission.QUITCLAIM_VIEW)
def list_quitclaims(asked: schemas.QuitclaimSearch) -> schemas.QuitclaimPage:
    """List quitclaims as they stand today, the one recorded last first."""
    found = [
        telling.quitclaim(one, person.id)
        for person, one in consent.quitclaims(box().safe, **asking_today())
        if asked.person in (None, person.id)
        and (asked.status is None or asked.status in {term.status for term in one.terms})
    ]
    start = next((i + 1 for i, one in enumerate(found) if one.id == asked.after), 0)
    shown = found[start : start + asked.limit]
    more = len(found) > start + asked.limit
    return schemas.QuitclaimPage(quitclaims=shown, after=shown[-1].id if more else None)


@quitclaims.get("/quitclaims/{quitclaim}", Permission.QUITCLAIM_VIEW)
def show_quitclaim(quitclaim: str) -> schemas.QuitclaimTold:
    """Show one quitclaim as it stands."""
    person, found = consent.quitclaim_view(box().safe, QuitclaimId(quitclaim), **asking_today())
    return telling.quitclaim(found, person.id)


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


@releases.get(
    "/releases/{release}/receipt",
    Permission.RELEASE_VIEW,
    File(("application/json",), "The sealed receipt, as docs/receipts.md describes it."),
)
def show_receipt(release: str) -> Response:
    """Fetch the receipt of a copy: what it may be used for, sealed by the box."""
    data = release_actions.receipt_of(box().safe, ReleaseId(release), **asking())
    return Response(data, mimetype="application/json")
