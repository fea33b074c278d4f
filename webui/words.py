"""The words of the pages for what the domain has no words for, and errors in the page's language."""

from collections.abc import Mapping
from enum import StrEnum

from appliance.actions.mailing import MessageKind, MessageState, Security
from appliance.domain.access import Permission, Role
from appliance.domain.audit import Outcome
from appliance.domain.consent import Basis, Purpose, Why
from appliance.domain.digests import About, Every
from appliance.domain.erasure import Cause, Erased, Held, Together
from appliance.domain.errors import KluisError
from appliance.domain.grants import Preset
from appliance.domain.grants import Right as PlaceRight
from appliance.domain.health import Concern
from appliance.domain.intake import Begin
from appliance.domain.moves import MoveStage
from appliance.domain.notices import NoticeKind
from appliance.domain.parcels import ParcelState
from appliance.domain.people import Limit, Standing
from appliance.domain.permission_cells import DateOrder
from appliance.domain.permission_columns import Field
from appliance.domain.permission_list import ListState
from appliance.domain.permission_problems import Problem, explain
from appliance.domain.photos import Origin, Resolution, Stage
from appliance.domain.proposals import Standing as ProposalStanding
from appliance.domain.recalls import RecallState
from appliance.domain.release import ColourSpace, Crop, FileFormat, Size
from appliance.domain.retention import Then
from appliance.domain.rights import Right
from appliance.domain.shares import After
from appliance.domain.shoots import Scope
from appliance.domain.signing import Channel, RequestState
from appliance.domain.templates import Audience
from appliance.domain.tokens import TokenState
from appliance.domain.versions import Known
from appliance.domain.webhooks import DeliveryState, Happening
from appliance.domain.wording import Language, word
from webui.language import gettext, language, marked

_WORDS: Mapping[tuple[type[StrEnum], str], str] = {
    (Role, Role.VIEWER): marked("viewer"),
    (Role, Role.EDITOR): marked("editor"),
    (Role, Role.ADMINISTRATOR): marked("administrator"),
    (Role, Role.PRIVACY_OFFICER): marked("privacy officer"),
    (Permission, Permission.PHOTO_VIEW): marked("see photos and whether they may be used"),
    (Permission, Permission.PHOTO_IMPORT): marked("send photos"),
    (Permission, Permission.PHOTO_EDIT): marked("change what is told of photos"),
    (Permission, Permission.PERSON_VIEW): marked("see people by name"),
    (Permission, Permission.PERSON_EDIT): marked("add and change people"),
    (Permission, Permission.QUITCLAIM_VIEW): marked("see quitclaims"),
    (Permission, Permission.QUITCLAIM_EDIT): marked("withdraw quitclaims"),
    (Permission, Permission.WEBHOOK_EDIT): marked("say which programs are told what happens"),
    (Happening, Happening.PHOTO_READY): marked("a photo was examined"),
    (Happening, Happening.QUITCLAIM_SIGNED): marked("a form was signed"),
    (Happening, Happening.QUITCLAIM_WITHDRAWN): marked("a permission was withdrawn"),
    (Happening, Happening.PERSON_WITHDREW): marked("somebody withdrew on their own page"),
    (Happening, Happening.RECALL_OPENED): marked("a copy was called back"),
    (Happening, Happening.TRIED): marked("somebody tried it"),
    (DeliveryState, DeliveryState.WAITING): marked("waits"),
    (DeliveryState, DeliveryState.DELIVERED): marked("was told"),
    (DeliveryState, DeliveryState.GIVEN_UP): marked("given up"),
    (Permission, Permission.RELEASE_MAKE): marked("fetch copies that may be used"),
    (Permission, Permission.RELEASE_VIEW): marked("see which copies left"),
    (TokenState, TokenState.ACTIVE): marked("works"),
    (TokenState, TokenState.EXPIRED): marked("has ended"),
    (TokenState, TokenState.REVOKED): marked("revoked"),
    (Standing, Standing.NONE): marked("no standing wish"),
    (Standing, Standing.PHOTOGRAPH_NOT_PUBLISH): marked("may be photographed, not published"),
    (Standing, Standing.NEVER_PHOTOGRAPH): marked("never photograph"),
    (Cause, Cause.REQUEST): marked("asked by the person"),
    (Cause, Cause.RETENTION): marked("its time was over"),
    (Cause, Cause.DECISION): marked("decided by the organisation"),
    (Erased, Erased.PHOTO): marked("photo"),
    (Erased, Erased.PERSON): marked("person"),
    (Held, Held.PHOTO): marked("photo"),
    (Held, Held.PERSON): marked("person"),
    (Held, Held.SHOOT): marked("shoot"),
    (Then, Then.PURGE): marked("erased"),
    (Then, Then.ARCHIVE): marked("archived"),
    (Limit, Limit.NONE): marked("nothing limited"),
    (Limit, Limit.OBJECTED): marked("objected to use without permission"),
    (Limit, Limit.RESTRICTED): marked("restricted: kept and nothing else"),
    (PlaceRight, PlaceRight.SEE): marked("see"),
    (PlaceRight, PlaceRight.EDIT): marked("change"),
    (PlaceRight, PlaceRight.ADD): marked("add photos"),
    (PlaceRight, PlaceRight.DOWNLOAD): marked("make copies"),
    (PlaceRight, PlaceRight.CONSENT): marked("manage consent"),
    (PlaceRight, PlaceRight.SHARE): marked("share"),
    (PlaceRight, PlaceRight.ADMINISTER): marked("say who may do what"),
    (Preset, Preset.READ_ONLY): marked("looking only"),
    (Preset, Preset.COMMUNICATIONS): marked("communications"),
    (Preset, Preset.PHOTOGRAPHER): marked("photographer"),
    (Preset, Preset.HR): marked("human resources"),
    (Preset, Preset.HEALTHCARE): marked("healthcare"),
    (Preset, Preset.AGENCY_GUEST): marked("guest of an agency"),
    (Preset, Preset.ALL): marked("everything"),
    (ProposalStanding, ProposalStanding.WAITING): marked("waits for a second person"),
    (ProposalStanding, ProposalStanding.READY): marked("can be carried out"),
    (ProposalStanding, ProposalStanding.REFUSED): marked("refused"),
    (ProposalStanding, ProposalStanding.WITHDRAWN): marked("withdrawn"),
    (ProposalStanding, ProposalStanding.EXPIRED): marked("time is over"),
    (ProposalStanding, ProposalStanding.DONE): marked("carried out"),
    (After, After.KEEP): marked("let files stay"),
    (After, After.MOVE): marked("move files to a folder beside"),
    (Begin, Begin.AT_ONCE): marked("copy it at once"),
    (Begin, Begin.ASK): marked("ask for its shoot first"),
    (Stage, Stage.STORED): marked("waits to be examined"),
    (Stage, Stage.ANALYSED): marked("examined"),
    (Stage, Stage.SET_ASIDE): marked("set aside"),
    (MoveStage, MoveStage.COUNTING): marked("being counted"),
    (MoveStage, MoveStage.COUNTED): marked("counted"),
    (MoveStage, MoveStage.TRYING): marked("being tried"),
    (MoveStage, MoveStage.TRIED): marked("tried"),
    (MoveStage, MoveStage.MOVING): marked("being taken in"),
    (MoveStage, MoveStage.MOVED): marked("taken in"),
    (MoveStage, MoveStage.STOPPED): marked("stopped"),
    (Resolution, Resolution.OPEN): marked("open"),
    (Resolution, Resolution.NOT_RECOGNISABLE): marked("not recognisable"),
    (Resolution, Resolution.BLUR): marked("blurred in copies"),
    (Origin, Origin.MACHINE): marked("found by the box"),
    (Origin, Origin.HAND): marked("added by hand"),
    (Outcome, Outcome.DONE): marked("done"),
    (Outcome, Outcome.REFUSED): marked("refused"),
    (Scope, Scope.INVITED): marked("whoever was invited"),
    (Scope, Scope.AGREED): marked("everybody who agreed"),
    (Audience, Audience.EMPLOYEE): marked("employees"),
    (Audience, Audience.EVENT_VISITOR): marked("visitors of an event"),
    (Audience, Audience.PATIENT): marked("patients"),
    (Audience, Audience.MINOR): marked("children under 16"),
    (Audience, Audience.MODEL): marked("models"),
    (Channel, Channel.LINK): marked("link"),
    (Channel, Channel.EMAIL): marked("e-mail"),
    (Channel, Channel.POSTER): marked("poster"),
    (Channel, Channel.TABLET): marked("tablet"),
    (Channel, Channel.PAPER): marked("paper"),
    (RequestState, RequestState.OPEN): marked("not answered yet"),
    (RequestState, RequestState.ANSWERED): marked("answered"),
    (RequestState, RequestState.EXPIRED): marked("time is over"),
    (RequestState, RequestState.CANCELLED): marked("taken back"),
    (NoticeKind, NoticeKind.WITHDRAWN): marked("permission withdrawn"),
    (NoticeKind, NoticeKind.ANSWERED): marked("form signed"),
    (NoticeKind, NoticeKind.DECLINED): marked("form answered with no"),
    (ParcelState, ParcelState.OPEN): marked("open"),
    (ParcelState, ParcelState.USED_UP): marked("all copies taken"),
    (ParcelState, ParcelState.LOCKED): marked("locked after wrong passwords"),
    (ParcelState, ParcelState.EXPIRED): marked("time is over"),
    (ParcelState, ParcelState.REVOKED): marked("revoked"),
    (Known, Known.TITLE): marked("title"),
    (Known, Known.CAPTION): marked("caption"),
    (Known, Known.KEYWORDS): marked("keywords"),
    (Known, Known.CREATOR): marked("maker"),
    (Known, Known.CREDIT): marked("credit"),
    (Known, Known.COPYRIGHT): marked("copyright"),
    (Known, Known.SHOOT): marked("shoot"),
    (Known, Known.HEADS): marked("number of people"),
    (Known, Known.PEOPLE): marked("who is in it"),
    (NoticeKind, NoticeKind.COLLECTION): marked("collection changed"),
    (NoticeKind, NoticeKind.COMMENTED): marked("comment in a collection"),
    (NoticeKind, NoticeKind.MORE_RIGHTS): marked("more rights asked"),
    (MessageKind, MessageKind.PARCEL_CODE): marked("code for a share link"),
    (RecallState, RecallState.OPEN): marked("not answered yet"),
    (RecallState, RecallState.ACKNOWLEDGED): marked("will be removed"),
    (RecallState, RecallState.REMOVED): marked("removed"),
    (RecallState, RecallState.REFUSED): marked("refused"),
    (RecallState, RecallState.LIFTED): marked("permitted again"),
    (Why, Why.NO_QUITCLAIM): marked("no quitclaim"),
    (Why, Why.EXPIRED): marked("permission expired"),
    (Why, Why.REVOKED): marked("permission withdrawn"),
    (Why, Why.DECLINED): marked("no to this purpose"),
    (Why, Why.PHOTOGRAPH_NOT_PUBLISH): marked("may be photographed, not published"),
    (Why, Why.NEVER_PHOTOGRAPH): marked("never photograph"),
    (Size, Size.ORIGINAL): marked("as large as the photo"),
    (Size, Size.LARGE): marked("large, 2048 pixels"),
    (Size, Size.MEDIUM): marked("medium, 1600 pixels"),
    (Size, Size.SMALL): marked("small, 800 pixels"),
    (Size, Size.A3): marked("print on A3, 300 dpi"),
    (Size, Size.A4): marked("print on A4, 300 dpi"),
    (Size, Size.A5): marked("print on A5, 300 dpi"),
    (Crop, Crop.WHOLE): marked("the whole photo"),
    (Crop, Crop.SQUARE): marked("square"),
    (Crop, Crop.UPRIGHT): marked("upright, 4 : 5"),
    (Crop, Crop.WIDE): marked("wide, 16 : 9"),
    (Crop, Crop.BADGE): marked("staff card, 35 : 45"),
    (FileFormat, FileFormat.JPEG): marked("JPEG"),
    (FileFormat, FileFormat.PNG): marked("PNG"),
    (FileFormat, FileFormat.WEBP): marked("WebP"),
    (FileFormat, FileFormat.TIFF): marked("TIFF"),
    (ColourSpace, ColourSpace.SRGB): marked("sRGB, for screens"),
    (ColourSpace, ColourSpace.ADOBE_RGB): marked("Adobe RGB (1998), for printing houses"),
    (ColourSpace, ColourSpace.GREY): marked("shades of grey"),
    (ListState, ListState.OPEN): marked("not brought in yet"),
    (ListState, ListState.COMMITTED): marked("brought in"),
    (ListState, ListState.UNDONE): marked("taken back"),
    (Field, Field.NAME): marked("name"),
    (Field, Field.FIRST_NAME): marked("first name"),
    (Field, Field.NAME_PREFIX): marked("prefix of the last name"),
    (Field, Field.LAST_NAME): marked("last name"),
    (Field, Field.EMAIL): marked("e-mail address"),
    (Field, Field.DEPARTMENT): marked("department"),
    (Field, Field.BIRTH_DATE): marked("birth date"),
    (Field, Field.ANSWER): marked("yes or no"),
    (Field, Field.BEGIN): marked("first day, or day of signing"),
    (Field, Field.END): marked("last day"),
    (Field, Field.PHOTO): marked("photos"),
    (Field, Field.NOTE): marked("note"),
    (DateOrder, DateOrder.DAY_FIRST): marked("the day first: 31-12-2026"),
    (DateOrder, DateOrder.MONTH_FIRST): marked("the month first: 12/31/2026"),
    (Security, Security.STARTTLS): marked("STARTTLS (port 587)"),
    (Security, Security.TLS): marked("TLS (port 465)"),
    (Security, Security.NONE): marked("none, to this machine only"),
    (MessageKind, MessageKind.REQUEST): marked("form to sign"),
    (MessageKind, MessageKind.SIXTEEN): marked("own consent at sixteen"),
    (MessageKind, MessageKind.CODE): marked("confirmation code"),
    (MessageKind, MessageKind.SIGNED): marked("copy of what was signed"),
    (MessageKind, MessageKind.ALERT): marked("what ends soon"),
    (MessageKind, MessageKind.MACHINE): marked("the box needs somebody"),
    (MessageKind, MessageKind.RENEWAL): marked("asked again"),
    (MessageKind, MessageKind.WITHDRAWN): marked("withdrawal confirmed"),
    (MessageKind, MessageKind.AFFECTED): marked("a photo that was used"),
    (MessageKind, MessageKind.DIGEST): marked("what happened in the safe"),
    (Every, Every.DAILY): marked("each day"),
    (Every, Every.WEEKLY): marked("each week"),
    (About, About.ANSWERS): marked("answers to the forms that I sent"),
    (About, About.WITHDRAWALS): marked("withdrawn permissions for photos that I released"),
    (About, About.LINKS): marked("recipients of my share links who ask for more"),
    (About, About.COLLECTIONS): marked("changes and comments in collections that I take part in"),
    (About, About.PHOTOS): marked("new photos"),
    (About, About.SAFETY): marked("the safety of the accounts"),
    (MessageKind, MessageKind.ALARM): marked("alarm of the box"),
    (MessageKind, MessageKind.AUDIT_HEAD): marked("head of the audit log"),
    (MessageKind, MessageKind.RECALL): marked("copy called back"),
    (MessageKind, MessageKind.TEST): marked("test"),
    (Concern, Concern.CERTIFICATE_ENDED): marked(
        "The certificate has ended, so browsers warn. Put a new one in its place."
    ),
    (Concern, Concern.CERTIFICATE): marked(
        "The certificate ends within three weeks. Put a new one in its place."
    ),
    (Concern, Concern.FILE_SYSTEM): marked(
        "The file system of the disk has errors. Have it checked, and the disk too."
    ),
    (Concern, Concern.DISK): marked("The disk is nearly full."),
    (Concern, Concern.TEMPERATURE): marked("The processor is too hot. Give the box air."),
    (Concern, Concern.CLOCK): marked(
        "The clock was not set since the box started. What is allowed depends on the day."
    ),
    (Concern, Concern.UPDATES): marked("Nothing has looked for updates for two weeks."),
    (Concern, Concern.RESTART): marked("An update waits for a restart of the box."),
    (Concern, Concern.SET_ASIDE): marked(
        "Some photos could not be examined. Look at those that were set aside."
    ),
    (MessageState, MessageState.QUEUED): marked("waits"),
    (MessageState, MessageState.SENT): marked("sent"),
    (MessageState, MessageState.FAILED): marked("failed"),
}

# The names of purposes where there is room for one short word.
_SHORT: Mapping[Purpose, str] = {
    Purpose.WEB: marked("Web"),
    Purpose.SOCIAL_MEDIA: marked("Social"),
    Purpose.PRINT: marked("Print"),
    Purpose.PRESS: marked("Press"),
    Purpose.INTRANET: marked("Intra"),
}

_EXPLAINED: Mapping[tuple[type[StrEnum], str], str] = {
    (Role, Role.VIEWER): marked("Looks at photos, people and quitclaims."),
    (Role, Role.EDITOR): marked("Also imports, names faces, records quitclaims and releases copies."),
    (Role, Role.ADMINISTRATOR): marked("Also manages users, settings and the audit log."),
    (Role, Role.PRIVACY_OFFICER): marked(
        "Sees everything and approves recognition, but does not work with the photos."
    ),
    (Right, Right.ACCESS): marked("See everything that is known of them."),
    (Right, Right.PORTABILITY): marked("Take their data along, for other programs."),
    (Right, Right.RECTIFICATION): marked("Have something wrong put right."),
    (Right, Right.RESTRICTION): marked("Have photos kept, and nothing else done with them."),
    (Right, Right.OBJECTION): marked("Object to use that rests on an interest or a task of yours."),
    (Right, Right.ERASURE): marked("Be forgotten."),
    (Together, Together.ERASE): marked("Erase these photos too."),
    (Together, Together.BLUR): marked("Keep these photos, with this face blurred for good."),
    (PlaceRight, PlaceRight.SEE): marked("Photos and people, in lists, searches and counts."),
    (PlaceRight, PlaceRight.EDIT): marked("Names, faces, descriptions and collections."),
    (PlaceRight, PlaceRight.ADD): marked("Take photos in."),
    (PlaceRight, PlaceRight.DOWNLOAD): marked("Copies for a purpose, and answers to recalls."),
    (PlaceRight, PlaceRight.CONSENT): marked("Quitclaims, and asking people to sign."),
    (PlaceRight, PlaceRight.SHARE): marked("Share links for people outside."),
    (PlaceRight, PlaceRight.ADMINISTER): marked("Rules like these, for this place."),
    (RecallState, RecallState.ACKNOWLEDGED): marked("It is known, and will be done."),
    (RecallState, RecallState.REMOVED): marked("It is gone everywhere it was used or kept."),
    (RecallState, RecallState.REFUSED): marked("It stays. Say why, or call us."),
    (Channel, Channel.LINK): marked("A personal link with its QR code, to hand over yourself."),
    (Channel, Channel.EMAIL): marked("The same link, sent by e-mail by the box."),
    (Channel, Channel.POSTER): marked(
        "One QR code for many visitors, who fill in their own name. It works for two days."
    ),
    (Channel, Channel.TABLET): marked(
        "A tablet that is handed around, with somebody of yours beside it. It works for twelve hours."
    ),
    (Channel, Channel.PAPER): marked("A form to print and to sign with a pen."),
    (Basis, Basis.CONSENT): marked("The person agrees freely and may withdraw at any time."),
    (Basis, Basis.AGREEMENT): marked("A contract says so, for example with a paid model."),
    (Basis, Basis.LEGITIMATE_INTEREST): marked(
        "Our interest outweighs theirs. Write down why: the text is required."
    ),
    (Basis, Basis.PUBLIC_TASK): marked("A law gives us the task for which we need the photo."),
    (Basis, Basis.EMPLOYMENT_DUTY): marked("The job requires it, for example a photo on a staff card."),
    (Purpose, Purpose.WEB): marked("Our own public website."),
    (Purpose, Purpose.SOCIAL_MEDIA): marked("Our accounts on social media, which keep copies."),
    (Purpose, Purpose.PRINT): marked("Brochures, posters and the annual report."),
    (Purpose, Purpose.PRESS): marked("Newspapers and broadcasters who ask for a picture."),
    (Purpose, Purpose.INTRANET): marked("Colleagues only, behind a sign-in."),
}

# Why a photo was set aside: the key of the error that did it.
SET_ASIDE: Mapping[str, str] = {
    "photo:erased": marked("This photo was erased. Its number stays, because a copy of it left."),
    "photo:damaged": marked("The file is damaged, or it is no photo. Copy it from the camera again."),
    "photo:too_large": marked("The photo is larger than is allowed. Make it smaller first."),
    "photo:too_demanding": marked(
        "The photo took more time or memory than is allowed. Open it in a photo program, save it anew and"
        " import that."
    ),
    "photo:empty": marked("The file is empty. Copy it from the camera again."),
    "photo:unreadable": marked("The file could not be read from the card. Copy it by hand, if you can."),
    "photo:not_examined": marked(
        "Something went wrong while it was examined. Tell whoever looks after the box."
    ),
}

# What broke an import off, or keeps a card or share from being read: the key of the error.
BROKEN_OFF: Mapping[str, str] = {
    "card:gone": marked(
        "It was pulled out before everything was copied. Put it back and the box copies the rest."
    ),
    "card:absent": marked("It was out before it could be copied. Put it back and the box copies it."),
    "card:busy": marked("It is being read already. Wait until that is done."),
    "card:damaged": marked("Its file system is damaged. The box changed nothing on it and repairs nothing."),
    "card:no_file_system": marked(
        "There is no file system on it that the box reads. It may be damaged. The box changed nothing on it."
    ),
    "card:no_driver": marked("The box has no driver for its file system. Ask your IT."),
    "card:not_harmless": marked("It could not be mounted in a way that leaves it unchanged. Ask your IT."),
    "card:unreadable": marked("The folder cannot be read. Ask your IT to check its rights."),
    "card:no_service": marked("The card service stopped. Ask your IT."),
    "share:gone": marked("It does not answer. It is tried again by itself."),
    "share:refused": marked("The file server does not let the box in: check user name, password and share."),
    "share:no_folder": marked("There is no such folder on the share, or it cannot be read."),
    "share:not_moved": marked("Files that are in the safe could not be moved: the box may not write there."),
    "store:disk": marked("The disk of the box is full or broken. Make room, then import again."),
    "store:swept": marked("A file went before it was noted. Import again."),
    "import:broken": marked(
        "Something went wrong in the box. Import again; tell whoever looks after the box."
    ),
}

# What a USB device says it is, as `appliance.cards.usb` tells it.
USB_KINDS: Mapping[str, str] = {
    "audio": marked("sound"),
    "network": marked("network"),
    "keyboard or mouse": marked("keyboard or mouse"),
    "camera": marked("camera"),
    "printer": marked("printer"),
    "storage": marked("storage"),
    "hub": marked("hub"),
    "smart card": marked("smart card"),
    "video": marked("video"),
    "wireless": marked("wireless"),
    "unknown": marked("unknown device"),
}

# What can be wrong with the audit log, as `domain.audit` tells it.
BROKEN_LOG = (
    marked("an entry is missing"),
    marked("entries are missing at the end"),
    marked("does not continue the entry before it"),
    marked("was changed after it was written"),
    marked("differs from the head that was kept elsewhere"),
    marked("differs from a head that was signed"),
)

# Euclidean distances between embeddings; a suggestion is made up to the pack's own threshold.
_ALIKE = ((0.27, marked("looks very much alike")), (0.30, marked("looks alike")))


def words(value: StrEnum) -> str:
    """The word for a member of a closed set: from the domain's own, else from the catalogue."""
    known = _WORDS.get((type(value), value))
    return gettext(known) if known else word(value, language())


def words_in(value: StrEnum, spoken: Language) -> str:
    """A word of the domain in a given language, whatever the page speaks."""
    return word(value, spoken)


def short(purpose: Purpose) -> str:
    """The word for a purpose where there is little room."""
    return gettext(_SHORT[purpose])


def explained(value: StrEnum) -> str:
    """One sentence about a role, basis or purpose."""
    return gettext(_EXPLAINED[type(value), value])


def set_aside_reason(key: str) -> str:
    """Why a photo was set aside, and what to do."""
    known = SET_ASIDE.get(key)
    return gettext(known) if known else key


def broken_off_reason(key: str) -> str:
    """Why an import was broken off or a card is not read, and what to do."""
    return gettext(BROKEN_OFF.get(key, BROKEN_OFF["import:broken"]))


def usb_kind(kind: str) -> str:
    """What a USB device says it is."""
    return gettext(USB_KINDS.get(kind, USB_KINDS["unknown"]))


def likeness(distance: float) -> str:
    """How alike two faces are, in words."""
    found = next((text for most, text in _ALIKE if distance <= most), marked("looks somewhat alike"))
    return gettext(found)


def problem_words(problem: Problem) -> str:
    """What is wrong with a row of a list."""
    return explain(problem, language())


def message(problem: KluisError) -> str:
    """What happened, in the language of the page."""
    return _filled(problem.forms[0], problem.values)


def hint(problem: KluisError) -> str:
    """What to do about it, in the language of the page."""
    return _filled(problem.forms[1], problem.values)


def _filled(form: str, values: Mapping[str, object]) -> str:
    if not form or not values:
        return gettext(form)
    told = {key: words(value) if isinstance(value, StrEnum) else value for key, value in values.items()}
    return gettext(form).format_map(told)
