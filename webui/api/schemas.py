"""What goes over the wire, typed: of these, requests are read, answers written and the document made.

Whoever is in a photo is told by id; a name is told by `/people` alone, which takes a scope of its own.
"""

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, Struct

from appliance.domain.addresses import LONGEST_ADDRESS
from appliance.domain.consent import Answer, Basis, Light, Purpose, Signer, Status, Why
from appliance.domain.descriptions import (
    LONGEST_CAPTION,
    LONGEST_KEYWORD,
    LONGEST_LINE,
    LONGEST_NOTICE,
    MOST_KEYWORDS,
)
from appliance.domain.people import Standing
from appliance.domain.photos import Origin, Resolution, Stage
from appliance.domain.release import LONGEST_NAME, ColourSpace, Crop, FileFormat, Size
from appliance.domain.webhooks import LONGEST_ADDRESS as LONGEST_HOOK
from appliance.domain.webhooks import LONGEST_AUTHORITY, DeliveryState, Happening

ID = "^[a-z2-7]{26}$"
MOST_LISTED = 200
MOST_ASKED = 500

Id = Annotated[str, Meta(pattern=ID, description="An opaque id.")]
Limit = Annotated[int, Meta(ge=1, le=MOST_LISTED, description="How many at most.")]
After = Annotated[str, Meta(pattern=ID, description="The `after` of the page before, for the next one.")]
Following = Annotated[
    str | None, Meta(description="Ask with it as `after` for the next page; null at the end.")
]
Instant = Annotated[datetime, Meta(tz=True)]


class Paged(Struct, forbid_unknown_fields=True, kw_only=True):
    """Which part of a list."""

    after: After | None = None
    limit: Limit = 60


class PhotoList(Paged, kw_only=True, rename={"taken_from": "from", "taken_until": "until"}):
    """Which photos; what is left out does not matter. No name stands in it: it stands in an address."""

    light: Annotated[Light | None, Meta(description="With `purpose`, of that purpose; else of any.")] = None
    purpose: Annotated[Purpose | None, Meta(description="A publication.")] = None
    person: Annotated[Id | None, Meta(description="Who is confirmed in it.")] = None
    taken_from: Annotated[date | None, Meta(description="The first day on which it was taken.")] = None
    taken_until: Annotated[date | None, Meta(description="The last day on which it was taken.")] = None
    untagged: Annotated[bool, Meta(description="With a face that nobody has named or resolved.")] = False
    nobody_named: Annotated[bool, Meta(description="The same, and nobody in it has a name yet.")] = False
    import_id: Annotated[Id | None, Meta(description="The import that brought it.")] = None
    shoot: Annotated[Id | None, Meta(description="The occasion at which it was taken.")] = None
    collection: Annotated[Id | None, Meta(description="The collection that it is in.")] = None
    like: Annotated[Id | None, Meta(description="A photo that it looks like.")] = None
    stage: Annotated[Stage | None, Meta(description="How far it has come.")] = None


class PhotoSearch(PhotoList, kw_only=True):
    """The search of the library, with words."""

    text: Annotated[
        str,
        Meta(
            max_length=100,
            description="Part of its file's name, of what is told of it, of its shoot's name or of a name.",
        ),
    ] = ""


class PeopleSearch(Paged, kw_only=True):
    """Which people."""

    text: Annotated[str, Meta(max_length=100, description="Part of the name or department.")] = ""


class QuitclaimSearch(Paged, kw_only=True):
    """Which quitclaims."""

    person: Annotated[Id | None, Meta(description="Whose.")] = None
    status: Annotated[Status | None, Meta(description="One of whose purposes stands so today.")] = None


class VerdictSearch(Struct, forbid_unknown_fields=True, kw_only=True):
    """Which verdicts of one photo."""

    purpose: Annotated[Purpose | None, Meta(description="Of one purpose; else of every publication.")] = None
    day: Annotated[date | None, Meta(description="On another day, as was known then; else today.")] = None


class VerdictsWanted(Struct, forbid_unknown_fields=True, kw_only=True):
    """Which verdicts of many photos."""

    photos: Annotated[list[Id], Meta(min_length=1, max_length=MOST_ASKED)]
    purposes: Annotated[
        list[Purpose], Meta(max_length=len(Purpose), description="Empty: every publication.")
    ] = []
    day: Annotated[date | None, Meta(description="On another day, as was known then; else today.")] = None


class Described(Struct, forbid_unknown_fields=True, kw_only=True):
    """What is told of a photo, whole: what is left out is told no more."""

    title: Annotated[str, Meta(max_length=LONGEST_LINE)] = ""
    caption: Annotated[str, Meta(max_length=LONGEST_CAPTION)] = ""
    keywords: Annotated[
        list[Annotated[str, Meta(max_length=LONGEST_KEYWORD)]], Meta(max_length=MOST_KEYWORDS)
    ] = []
    creator: Annotated[str, Meta(max_length=LONGEST_LINE)] = ""
    credit: Annotated[str, Meta(max_length=LONGEST_LINE)] = ""
    copyright_notice: Annotated[str, Meta(max_length=LONGEST_NOTICE)] = ""


class PersonWanted(Struct, forbid_unknown_fields=True, kw_only=True):
    """What is known of a person, whole."""

    name: Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME)]
    department: Annotated[str, Meta(max_length=LONGEST_NAME)] = ""
    email: Annotated[str, Meta(max_length=LONGEST_ADDRESS)] = ""
    birth_date: date | None = None


class PersonChanged(PersonWanted, kw_only=True):
    """The same, with the standing wish."""

    standing: Standing = Standing.NONE


class Withdrawn(Struct, forbid_unknown_fields=True, kw_only=True):
    """What is withdrawn."""

    purposes: Annotated[list[Purpose], Meta(max_length=len(Purpose), description="Empty: all of it.")] = []


class Ordered(Struct, forbid_unknown_fields=True, kw_only=True):
    """What a copy is for, for whom, and how it is made; without a shape, as is usual for the purpose."""

    purpose: Purpose
    size: Size | None = None
    crop: Crop | None = None
    format: FileFormat | None = None
    colours: ColourSpace | None = None
    recipient: Annotated[str, Meta(max_length=LONGEST_NAME, description="Who gets it.")] = ""
    email: Annotated[str, Meta(max_length=LONGEST_ADDRESS, description="Of who gets it.")] = ""
    medium: Annotated[str, Meta(max_length=LONGEST_NAME, description="Where it will appear.")] = ""


class CopyWanted(Ordered, kw_only=True):
    """A copy of one photo."""

    photo: Id


class CopiesWanted(Ordered, kw_only=True):
    """Copies of many photos."""

    photos: Annotated[list[Id], Meta(min_length=1, max_length=MOST_ASKED)]


class ImportWanted(Struct, forbid_unknown_fields=True, kw_only=True):
    """An import to be filled."""

    shoot: Annotated[Id | None, Meta(description="At which its photos were taken.")] = None


class ImportTold(Struct, kw_only=True):
    """An import, with its counts so far."""

    id: Id
    started_at: Instant
    finished_at: Instant | None
    shoot: Id | None
    found: int
    stored: int
    known: Annotated[int, Meta(description="Files that the safe had already.")]
    failed: int
    set_aside: int


class PhotoArrived(Struct, kw_only=True):
    """The photo that a file became: of the same bytes it is the same one."""

    photo: Id


class WebhookWanted(Struct, forbid_unknown_fields=True, kw_only=True):
    """An address to be told, and what."""

    address: Annotated[str, Meta(pattern="^https://", max_length=LONGEST_HOOK, description="Over https.")]
    happenings: Annotated[list[Happening], Meta(min_length=1, max_length=len(Happening))]
    authority: Annotated[
        str, Meta(max_length=LONGEST_AUTHORITY, description="PEM of an authority of the office, or empty.")
    ] = ""


class WebhookTold(Struct, kw_only=True):
    """An address that is told."""

    id: Id
    address: str
    happenings: list[Happening]
    made_at: Instant


class WebhookMade(Struct, kw_only=True):
    """A new webhook with its secret."""

    webhook: WebhookTold
    secret: Annotated[str, Meta(description="As the Standard Webhooks specification writes it.")]


class WebhookList(Struct, kw_only=True):
    """The addresses that are told."""

    webhooks: list[WebhookTold]


class DeliveryTold(Struct, kw_only=True):
    """One thing that an address was told."""

    id: Annotated[str, Meta(pattern=ID, description="The `webhook-id` of the message.")]
    happening: Happening
    thing: Annotated[str, Meta(description="The opaque id of what it happened to.")]
    happened_at: Instant
    state: DeliveryState
    tries: int
    outcome: Annotated[str, Meta(description="Of the last try: a status, or a word.")]


class DeliveryList(Struct, kw_only=True):
    """What an address was told, the latest first."""

    deliveries: list[DeliveryTold]


class TokenTold(Struct, kw_only=True):
    """The token that asks."""

    id: Id
    label: str
    user: Annotated[str, Meta(description="The id of the user for whom it acts.")]
    scopes: Annotated[list[str], Meta(description="The permissions that it was made for.")]
    expires_at: Instant


class Lights(Struct, kw_only=True):
    """A light for each publication."""

    web: Light
    social_media: Light
    print: Light
    press: Light
    intranet: Light


class PhotoCard(Struct, kw_only=True):
    """A photo in a list."""

    id: Id
    stage: Stage
    taken_at: Annotated[datetime | None, Meta(description="By the camera's own clock, which knows no zone.")]
    width: int
    height: int
    lights: Lights
    faces: int
    open_faces: Annotated[int, Meta(description="Faces that nobody has named or resolved.")]


class PhotoPage(Struct, kw_only=True):
    """Photos, newest first."""

    photos: list[PhotoCard]
    total: int
    after: Following


class Area(Struct, kw_only=True):
    """A rectangle in the upright picture, in fractions of its width and height."""

    left: float
    top: float
    width: float
    height: float


class Suggestion(Struct, kw_only=True):
    """Who a face may be: the machine's guess, which nobody has confirmed."""

    person: Id
    distance: float | None


class FaceTold(Struct, kw_only=True):
    """Somebody in a photo."""

    id: Id
    area: Annotated[Area | None, Meta(description="Null for a person who shows without a face.")]
    origin: Origin
    resolution: Resolution
    person: Annotated[Id | None, Meta(description="Who it is, once a person of staff confirmed it.")]
    suggestions: list[Suggestion]


class DescriptionTold(Struct, kw_only=True):
    """What is told of a photo, in the words of the IPTC."""

    title: str
    caption: str
    keywords: list[str]
    creator: str
    credit: str
    copyright_notice: str


class ReasonTold(Struct, kw_only=True):
    """One reason of a verdict."""

    why: Why
    light: Light
    sentence: Annotated[str, Meta(description="To show to a person; people stand in it by their ids.")]
    face: str | None
    person: str | None
    day: date | None
    basis: Basis | None


class VerdictTold(Struct, kw_only=True):
    """Whether a photo may be used for a purpose on a day, with every reason, the gravest first."""

    purpose: Purpose
    day: date
    light: Light
    reasons: list[ReasonTold]


class PhotoVerdicts(Struct, kw_only=True):
    """The verdicts of one photo."""

    photo: Id
    verdicts: list[VerdictTold]


class VerdictList(Struct, kw_only=True):
    """The verdicts of photos, in the order asked."""

    photos: list[PhotoVerdicts]


class PhotoTold(Struct, kw_only=True):
    """All of one photo but its picture."""

    id: Id
    name: Annotated[str, Meta(description="Of its file.")]
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$", description="Of the original.")]
    bytes: int
    media_type: str
    stage: Stage
    set_aside_for: Annotated[str, Meta(description="The key of the error that set it aside; else empty.")]
    arrived_at: Instant
    import_id: Id
    shoot: Id | None
    variant_of: Id | None
    width: int
    height: int
    taken_at: datetime | None
    camera: str
    lens: str
    heads: Annotated[int | None, Meta(description="People recognisable in it, as a person counted them.")]
    description: DescriptionTold
    faces: list[FaceTold]
    verdicts: list[VerdictTold]
    releases: Annotated[list[Id], Meta(description="Copies that left, newest first.")]


class Standings(Struct, kw_only=True):
    """How somebody's permissions stand today; null where nothing was asked."""

    web: Status | None
    social_media: Status | None
    print: Status | None
    press: Status | None
    intranet: Status | None
    recognition: Status | None


class PersonCard(Struct, kw_only=True):
    """A person in a list."""

    id: Id
    name: str
    department: str
    standing: Annotated[Standing, Meta(description="A wish that is stronger than any quitclaim.")]
    photos: int
    statuses: Standings


class PeoplePage(Struct, kw_only=True):
    """People, by name."""

    people: list[PersonCard]
    after: Following


class PersonTold(Struct, kw_only=True):
    """One person."""

    id: Id
    name: str
    department: str
    email: str
    birth_date: date | None
    standing: Standing
    statuses: Standings
    quitclaims: list[Id]
    photos: Annotated[list[Id], Meta(description="The latest ones; the search of photos finds them all.")]
    merged: Annotated[list[Id], Meta(description="Others who turned out to be the same person.")]


class PersonKnown(Struct, kw_only=True):
    """What is known of a person."""

    id: Id
    name: str
    department: str
    email: str
    birth_date: date | None
    standing: Standing


class TermTold(Struct, kw_only=True):
    """One purpose of a quitclaim."""

    purpose: Purpose
    answer: Answer
    status: Annotated[Status, Meta(description="How it stands today.")]
    valid_from: date | None
    valid_until: date | None


class QuitclaimTold(Struct, kw_only=True):
    """A quitclaim as it stands."""

    id: Id
    version: int
    person: Id
    recorded_at: Instant
    recorded_on: date
    basis: Basis
    signer: Signer
    supersedes: Id | None
    terms: list[TermTold]


class AnswerTold(Struct, kw_only=True):
    """What was said of one purpose."""

    purpose: Purpose
    answer: Answer


class QuitclaimVersion(Struct, kw_only=True):
    """A version that was added to a quitclaim."""

    id: Id
    version: int
    answers: list[AnswerTold]


class QuitclaimPage(Struct, kw_only=True):
    """Quitclaims, the one recorded last first."""

    quitclaims: list[QuitclaimTold]
    after: Following


class ReleaseTold(Struct, kw_only=True):
    """A copy that left."""

    id: Id
    photo: Id
    purpose: Purpose
    made_at: Instant
    made_by: str
    sha256: Annotated[str, Meta(description="Of the copy.")]
    bytes: int
    size: Size
    crop: Crop
    format: FileFormat
    colours: ColourSpace
    recipient: str
    email: str
    medium: str
    recalled: Annotated[bool, Meta(description="Whether it was called back.")]


class ReleasePage(Struct, kw_only=True):
    """Copies that left, newest first."""

    releases: list[ReleaseTold]
    after: Following
