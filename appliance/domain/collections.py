"""Collections: photos that a team puts together, in an order of its own; every change can be taken back.

A change is a row of steps, each with how things were before and after. So any one of them can be undone, and
what the collection was at any time follows from what it is now.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NewType

from appliance.domain.access import UserId
from appliance.domain.errors import Mistake
from appliance.domain.photos import PhotoId

CollectionId = NewType("CollectionId", str)

LONGEST_TITLE = 200
LONGEST_NOTE = 2000
LONGEST_COMMENT = 2000
MOST_PHOTOS = 500  # as many as go into one ZIP


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection apart from its photos. cover: the photo that stands for it; None for the first one."""

    id: CollectionId
    title: str
    note: str
    owner: UserId
    made_at: datetime
    cover: PhotoId | None = None


CommentId = NewType("CommentId", str)


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said of a collection, or of one photo in it."""

    id: CommentId
    collection_id: CollectionId
    photo_id: PhotoId | None
    author: UserId
    made_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Contents:
    """Whatever of a collection changes: its texts, its cover (empty for the first photo), and its photos."""

    title: str = ""
    note: str = ""
    cover: str = ""
    photos: tuple[PhotoId, ...] = ()


class Part(StrEnum):
    """A part of a collection that is one text."""

    TITLE = "title"
    NOTE = "note"
    COVER = "cover"


@dataclass(frozen=True, slots=True)
class PhotoStep:
    """A photo came, went or moved. before, after: its place from 0 on; None where it is not in it."""

    photo: PhotoId
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class TextStep:
    """A text became another."""

    part: Part
    before: str
    after: str


Step = PhotoStep | TextStep


@dataclass(frozen=True, slots=True)
class CollectionChange:
    """What somebody did in one act. undoes: the change it took back. undone: whether one took it back."""

    number: int
    made_at: datetime
    made_by: str
    steps: tuple[Step, ...]
    undoes: int | None = None
    undone: bool = False


def sensible(title: str, note: str) -> tuple[str, str]:
    """Title and note as they are kept.

    Raises:
        Mistake: without a title that can be one, or with a note that is too long.
    """
    plain = " ".join(title.split())
    lines = "\n".join(" ".join(line.split()) for line in note.splitlines()).strip()
    readable = all(line.isprintable() for line in (plain, *lines.splitlines()))
    if not plain or len(plain) > LONGEST_TITLE or len(lines) > LONGEST_NOTE or not readable:
        raise Mistake(
            "collection:bad_text",
            "A collection needs a title.",
            "Use 1 to {most} letters, and at most {note} for the note.",
            values={"most": LONGEST_TITLE, "note": LONGEST_NOTE},
        )
    return plain, lines


def said(text: str) -> str:
    """A comment as it is kept.

    Raises:
        Mistake: when there is nothing in it, or too much.
    """
    lines = "\n".join(" ".join(line.split()) for line in text.splitlines()).strip()
    if (
        not lines
        or len(lines) > LONGEST_COMMENT
        or not all(line.isprintable() for line in lines.splitlines())
    ):
        raise Mistake(
            "comment:bad_text",
            "Write a comment first.",
            "Use at most {most} letters.",
            values={"most": LONGEST_COMMENT},
        )
    return lines


def adding(contents: Contents, photos: Iterable[PhotoId]) -> tuple[PhotoStep, ...]:
    """The steps by which photos are added at the end; those that are in it stay where they are.

    Raises:
        Mistake: when that would be too many.
    """
    known = set(contents.photos)
    new = [one for one in dict.fromkeys(photos) if one not in known]
    if len(contents.photos) + len(new) > MOST_PHOTOS:
        raise Mistake(
            "collection:too_many",
            "A collection holds at most {most} photos.",
            "Make another one for the rest.",
            values={"most": MOST_PHOTOS},
        )
    return tuple(PhotoStep(one, None, len(contents.photos) + i) for i, one in enumerate(new))


def room_for(contents: Contents, photos: Iterable[PhotoId]) -> tuple[PhotoId, ...]:
    """Those of some photos that are not in it yet, as many as still fit; the first ones first."""
    known = set(contents.photos)
    new = [one for one in dict.fromkeys(photos) if one not in known]
    return tuple(new[: MOST_PHOTOS - len(known)])


def removing(contents: Contents, photos: Iterable[PhotoId]) -> tuple[Step, ...]:
    """The steps by which photos are taken out; the last one first, so that places stay what they were."""
    gone = set(photos) & set(contents.photos)
    places = sorted((contents.photos.index(one) for one in gone), reverse=True)
    steps = tuple(PhotoStep(contents.photos[place], place, None) for place in places)
    return (*telling(contents, cover=""), *steps) if contents.cover in gone else steps


def require_in(contents: Contents, photo: PhotoId) -> None:
    """Require a photo of the collection.

    Raises:
        Mistake: when it is not in it.
    """
    if photo not in contents.photos:
        raise Mistake("collection:not_in_it", "This photo is not in the collection.", "Add it first.")


def moving(contents: Contents, photo: PhotoId, to: int) -> tuple[PhotoStep, ...]:
    """The step by which a photo gets another place, from 0 on; none when it has it already.

    Raises:
        Mistake: when the photo is not in the collection.
    """
    require_in(contents, photo)
    before = contents.photos.index(photo)
    after = max(0, min(to, len(contents.photos) - 1))
    return (PhotoStep(photo, before, after),) if before != after else ()


def telling(contents: Contents, **texts: str) -> tuple[TextStep, ...]:
    """The steps by which texts become others."""
    before = {part: getattr(contents, part.value) for part in Part}
    return tuple(
        TextStep(part, before[part], texts[part.value])
        for part in Part
        if part.value in texts and texts[part.value] != before[part]
    )


def applied(contents: Contents, steps: Iterable[Step]) -> Contents:
    """What steps make of a collection. A photo that is there, or gone, already stays so."""
    for step in steps:
        if isinstance(step, TextStep):
            contents = _written(contents, step)
        else:
            contents = replace(contents, photos=_placed(contents.photos, step))
    return contents


def _written(contents: Contents, step: TextStep) -> Contents:
    match step.part:
        case Part.TITLE:
            return replace(contents, title=step.after)
        case Part.NOTE:
            return replace(contents, note=step.after)
        case Part.COVER:
            return replace(contents, cover=step.after)


def _placed(photos: tuple[PhotoId, ...], step: PhotoStep) -> tuple[PhotoId, ...]:
    comes, there = step.before is None, step.photo in photos
    if comes is there:
        return photos
    rest = [one for one in photos if one != step.photo]
    if step.after is not None:
        rest.insert(step.after, step.photo)
    return tuple(rest)


def reversed_steps(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps that take steps back."""
    return tuple(_reversed(step) for step in reversed(steps))


def _reversed(step: Step) -> Step:
    if isinstance(step, TextStep):
        return TextStep(step.part, step.after, step.before)
    return PhotoStep(step.photo, step.after, step.before)


def require_not_overtaken(contents: Contents, change: CollectionChange) -> None:
    """Require that a change can be taken back: not twice, and no text that somebody wrote anew since.

    Raises:
        Mistake: when it cannot.
    """
    written = [step for step in change.steps if isinstance(step, TextStep) and step.part is not Part.COVER]
    if change.undone or any(getattr(contents, step.part.value) != step.after for step in written):
        raise Mistake("change:overtaken", "That was changed again since.", "Look at the collection first.")


def before_changes(contents: Contents, later: Iterable[CollectionChange]) -> Contents:
    """What a collection was before some changes. later: the newest first."""
    for change in later:
        contents = applied(contents, reversed_steps(change.steps))
    return contents


def leading(contents: Contents, wanted: Contents) -> Iterator[Step]:
    """Steps that make wanted contents of contents."""
    for gone in removing(contents, set(contents.photos) - set(wanted.photos)):
        contents = applied(contents, (gone,))
        yield gone
    for place, photo in enumerate(wanted.photos):
        now = contents.photos.index(photo) if photo in contents.photos else None
        if now != place:
            step = PhotoStep(photo, now, place)
            contents = applied(contents, (step,))
            yield step
    yield from telling(contents, title=wanted.title, note=wanted.note, cover=wanted.cover)
