"""The sheets of an export: what spreadsheets open, made of what the safe knows at one moment."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from appliance.actions.lights import Decided, decide_all
from appliance.domain.consent import PUBLICATION, PhotoFacts, Quitclaim
from appliance.domain.people import LinkState, PersonId
from appliance.domain.photos import PhotoId
from appliance.leaving.papers import sheet
from appliance.leaving.sidecars import sidecar
from appliance.store.database import View
from appliance.store.rows import Row

Cells = Sequence[object]

PEOPLE = ("id", "name", "department", "email", "birth_date", "standing", "limited", "merged_into")
RELEASES = (
    *("id", "photo_id", "purpose", "made_at", "made_by", "recipient", "email", "medium", "shape", "sha256"),
    *("bytes", "relied_on"),
)
AUDIT = (
    *("number", "at", "actor_kind", "actor", "source", "action", "thing", "outcome", "detail", "previous"),
    *("seal", "algorithm"),
)
_PHOTOS = (
    *("id", "path", "sha256", "bytes", "width", "height", "taken_at", "arrived_at", "shoot", "camera"),
    *("lens", "latitude", "longitude", "title", "caption", "keywords", "creator", "credit", "copyright"),
    "shown",
)
_VERDICTS = ("photo", "purpose", "day", "light", "reason", "person", "name", "since_or_until", "relied_on")
_QUITCLAIMS = (
    *("id", "version", "person", "name", "recorded_at", "basis", "signed_by", "purpose", "answer", "from"),
    *("until", "supersedes", "documents"),
)


def plain_sheet(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """Some columns of a table."""
    return sheet(columns, ([row[name] for name in columns] for row in rows))


def photo_sheet(view: View, paths: Mapping[PhotoId, str], day: date) -> Iterator[bytes]:
    """A row for each photo. paths: where it lies in the folder. day: of the lights."""
    headings = [*_PHOTOS, *(purpose.value for purpose in PUBLICATION)]
    return sheet(headings, (_photo(view, paths, *one) for one in decide_all(view, list(paths), day)))


def _photo(view: View, paths: Mapping[PhotoId, str], facts: PhotoFacts, decided: Decided) -> Cells:
    photo, told = facts.photo, view.descriptions.of(facts.photo.id)
    capture = photo.capture
    return (
        *(photo.id, paths[photo.id], photo.sha256, photo.bytes, photo.width, photo.height),
        *(capture.taken_at, photo.arrived_at, photo.shoot_id, capture.camera, capture.lens),
        *(capture.latitude, capture.longitude, told.title, told.caption, "; ".join(told.keywords)),
        *(told.creator, told.credit, told.copyright_notice, "; ".join(_shown(facts))),
        *(decided[purpose].light.value for purpose in PUBLICATION),
    )


def _shown(facts: PhotoFacts) -> list[str]:
    confirmed = (link.person_id for link in facts.links if link.state is LinkState.CONFIRMED)
    return sorted(facts.people[one].name for one in confirmed if one in facts.people)


def sidecars(view: View, paths: Mapping[PhotoId, str], day: date) -> Iterator[tuple[str, bytes]]:
    """The path and the bytes of each photo's sidecar."""
    for facts, _ in decide_all(view, list(paths), day):
        told = view.descriptions.of(facts.photo.id)
        data = sidecar(facts.photo, told, facts.faces, facts.links, facts.people)
        yield f"{paths[facts.photo.id]}.xmp", data


def verdict_sheet(view: View, photo_ids: Sequence[PhotoId], day: date) -> Iterator[bytes]:
    """Why each photo may be used for each purpose on that day, or not: a row for each reason."""
    decided = decide_all(view, photo_ids, day)
    return sheet(_VERDICTS, (row for facts, verdicts in decided for row in _why(facts, verdicts)))


def _why(facts: PhotoFacts, decided: Decided) -> Iterator[Cells]:
    for purpose, verdict in decided.items():
        relied_on = " ".join(f"{one.quitclaim_id}/{one.version}" for one in verdict.relied_on)
        for reason in verdict.reasons:
            person = facts.people.get(reason.person_id) if reason.person_id else None
            yield (
                *(facts.photo.id, purpose.value, verdict.day, verdict.light.value, reason.why.value),
                *(reason.person_id, person.name if person else "", reason.day, relied_on),
            )


def quitclaim_sheet(view: View, names: Mapping[PersonId, str]) -> Iterator[bytes]:
    """Every term of every version of every quitclaim, and the documents that prove it."""
    documents: dict[tuple[str, int], list[str]] = {}
    for _, one, _ in view.evidence.all():
        documents.setdefault((one.quitclaim_id, one.version), []).append(f"documents/{one.id}.pdf")
    versions = (
        version
        for found in view.consent.under(list(names)).values()
        for version in sorted(found, key=lambda one: (one.id, one.version))
    )
    return sheet(
        _QUITCLAIMS,
        (
            row
            for version in versions
            for row in _terms(
                version, names[version.person_id], documents.get((version.id, version.version), [])
            )
        ),
    )


def _terms(version: Quitclaim, name: str, documents: Sequence[str]) -> Iterator[Cells]:
    for term in version.terms:
        yield (
            *(version.id, version.version, version.person_id, name, version.recorded_at),
            *(version.basis.value, version.signer.value, term.purpose.value, term.answer.value),
            *(term.valid_from, term.valid_until, version.supersedes, " ".join(documents)),
        )
