"""Why a light is what it is, in one sentence, with the page where that is resolved."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for

from appliance.actions.photos import Card
from appliance.actions.release import Names
from appliance.domain.access import Permission
from appliance.domain.consent import Light, Purpose, Reason, Verdict
from appliance.domain.cures import CURE_OF, Cure
from appliance.domain.people import Person, PersonId
from appliance.domain.photos import Photo
from appliance.domain.wording import sentence
from webui.language import gettext, language, marked
from webui.searching import Arguments

LABELS: Mapping[Cure, str] = {
    Cure.WAIT: marked("See how far the box is"),
    Cure.SEE_IMPORT: marked("See the import"),
    Cure.COUNT_HEADS: marked("Count the people"),
    Cure.LOOK: marked("Look at those places"),
    Cure.NAME: marked("Name the face"),
    Cure.CONFIRM: marked("Say whether it is %(name)s"),
    Cure.CHOOSE_NAME: marked("Choose the right name"),
    Cure.ASK: marked("Ask %(name)s"),
    Cure.SEE_REQUEST: marked("See what was asked"),
    Cure.SEE_QUITCLAIMS: marked("See the quitclaims of %(name)s"),
    Cure.FILL_BIRTH_DATE: marked("Fill in the birth date of %(name)s"),
    Cure.BLUR: marked("Blur the face in copies"),
    Cure.SEE_PRIVACY_REQUESTS: marked("See the privacy requests"),
    Cure.CHOOSE_PHOTO: marked("Choose another photo"),
}
# What resolving takes; where nothing is named, looking is all.
_NEEDS: Mapping[Cure, Permission] = {
    **dict.fromkeys((Cure.COUNT_HEADS, Cure.LOOK, Cure.NAME, Cure.CONFIRM), Permission.PHOTO_EDIT),
    **dict.fromkeys((Cure.CHOOSE_NAME, Cure.BLUR), Permission.PHOTO_EDIT),
    Cure.ASK: Permission.REQUEST_MAKE,
    Cure.SEE_REQUEST: Permission.QUITCLAIM_VIEW,
    Cure.SEE_QUITCLAIMS: Permission.QUITCLAIM_VIEW,
    Cure.FILL_BIRTH_DATE: Permission.PERSON_EDIT,
    Cure.SEE_PRIVACY_REQUESTS: Permission.RIGHTS_VIEW,
}
_PARTS_OF_A_PERSON = {Cure.SEE_QUITCLAIMS: "quitclaims-title", Cure.FILL_BIRTH_DATE: "change-title"}
_PARTS_OF_A_PHOTO = {Cure.COUNT_HEADS: "heads", Cure.LOOK: "faces"}


@dataclass(frozen=True, slots=True)
class Way:
    """Where a reason is resolved, and what one needs for it."""

    label: str
    address: str
    needs: Permission


@dataclass(frozen=True, slots=True)
class Told:
    """What some purposes of a photo have in common: their light, why, and the way out, if one is needed."""

    light: Light
    purposes: tuple[Purpose, ...]
    text: str
    way: Way | None


def whys(card: Card, search: Arguments, first: Purpose | None = None) -> tuple[Told, ...]:
    """The gravest reason of each light of a card, each said once. first: the purpose that comes first."""
    found: dict[Reason, list[Purpose]] = {}
    for verdict in sorted(card.verdicts, key=lambda one: one.purpose is not first):
        found.setdefault(verdict.reasons[0], []).append(verdict.purpose)
    return tuple(
        Told(
            reason.light,
            tuple(purposes),
            sentence(reason, language(), Names(card.people)),
            way(reason, card.people, card.photo, search),
        )
        for reason, purposes in found.items()
    )


def ways(
    verdict: Verdict, people: Mapping[PersonId, Person], photo: Photo, search: Arguments
) -> Mapping[str, Way | None]:
    """Every reason of a light as a sentence, each said once, with the way to resolve it."""
    found: dict[str, Way | None] = {}
    for reason in verdict.reasons:
        text = sentence(reason, language(), Names(people))
        if text not in found:
            found[text] = way(reason, people, photo, search)
    return found


def way(
    reason: Reason,
    people: Mapping[PersonId, Person],
    photo: Photo | None = None,
    search: Arguments | None = None,
) -> Way | None:
    """Where a reason is resolved; None when it gives green, or nothing can be done from here.

    photo: whose light it is; None when it is about a person alone. search: that the photo was found with.
    """
    cure = CURE_OF.get(reason.why)
    address = _address(cure, reason, photo, search or {}) if cure else None
    if cure is None or address is None:
        return None
    name = Names(people)(reason.person_id) if reason.person_id else ""
    return Way(gettext(LABELS[cure]) % {"name": name}, address, _NEEDS.get(cure, Permission.PHOTO_VIEW))


def _address(cure: Cure, reason: Reason, photo: Photo | None, search: Arguments) -> str | None:
    match cure:
        case Cure.ASK:
            found = url_for("requests.new", person=reason.person_id)
        case Cure.SEE_REQUEST:
            found = url_for("requests.index")
        case Cure.SEE_PRIVACY_REQUESTS:
            found = url_for("rights.index")
        case Cure.CHOOSE_PHOTO:
            found = url_for("library.show", light=Light.GREEN.value)
        case Cure.SEE_QUITCLAIMS | Cure.FILL_BIRTH_DATE:
            part = _PARTS_OF_A_PERSON.get(cure)
            found = url_for("people.show", person_id=reason.person_id, _anchor=part)
        case _:
            return _of_photo(cure, reason, photo, search) if photo else None
    return found


def _of_photo(cure: Cure, reason: Reason, photo: Photo, search: Arguments) -> str:
    if cure in (Cure.WAIT, Cure.SEE_IMPORT):
        return url_for("imports.show", import_id=photo.import_id)
    part = _PARTS_OF_A_PHOTO.get(cure)
    return url_for(
        "photos.show",
        photo_id=photo.id,
        face=None if part else reason.face_id,
        _anchor=part or f"face-{reason.face_id}",
        **search,
    )
