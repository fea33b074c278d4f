"""What a share link opens for somebody outside: previews, copies, and asking for more.

Every request asks anew: is the link open, was the password given, was the code, and may this photo be used
for this purpose today? What the answer was a moment ago counts for nothing (P12, S24, S26).
"""

import hmac
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from appliance.actions.bell import Bell
from appliance.actions.evidence import Sealing
from appliance.actions.mailing import Office, can_mail, queue
from appliance.actions.packing import packed
from appliance.actions.recalls import recipient
from appliance.actions.release import By, Copy, release
from appliance.actions.watermarks import mark_key, marking
from appliance.domain.access import Permission, UserId
from appliance.domain.audit import Event, Outcome
from appliance.domain.consent import PUBLICATION, Light, PhotoFacts, Purpose, Verdict, verdict
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.notices import Notice, NoticeId, NoticeKind
from appliance.domain.parcels import LONGEST_WISH, Parcel, Wish, require_opens
from appliance.domain.photos import PhotoId
from appliance.domain.release import Order, Size, shared_shape
from appliance.domain.signing import CODE_LASTS, MOST_CODES
from appliance.imaging.copies import blurred, proxy
from appliance.imaging.decode import Decoder
from appliance.imaging.invisible import has_room, marked
from appliance.imaging.scaling import within
from appliance.imaging.watermark import watermarked
from appliance.mail.messages import Reader, parcel_code
from appliance.store.database import Transaction, View
from appliance.store.ids import new_id
from appliance.store.parcels import Chosen
from appliance.store.passwords import password_fits, token_hash
from appliance.store.photos import BlobKind
from appliance.store.safe import Safe

Clock = Callable[[], tuple[datetime, date]]

_CODE_DIGITS = 6
_SEEN = 1024  # pixels of a preview's long side: enough to choose by, too few to print


@dataclass(frozen=True, slots=True)
class Key:
    """What a browser brings: the link's token, and that of its visit; empty before the password."""

    token: str
    visit: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A photo that the link shows today, under its name within the link."""

    ref: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Opened:
    """What is behind a link. Before the password there is nothing but that: no title, no count."""

    unlocked: bool
    parcel: Parcel | None = None
    verified: bool = False
    items: tuple[Item, ...] = ()
    left: int = 0  # copies that may still leave
    can_verify: bool = False  # whether a code can be sent
    marked: bool = False  # whether previews and copies carry an invisible mark that names the link


def open_parcel(safe: Safe, key: Key, *, now: datetime, day: date) -> Opened:
    """What a browser sees behind a link.

    Raises:
        NotAllowed: when the link opens nothing.
    """
    with safe.store.begin(by=recipient("parcel"), to=Permission.PARCEL_USE, now=now, durable=False) as tx:
        parcel = _share(tx, key, now)
        found = _opened(tx, parcel, key, now, day)
        tx.record(Event("parcel:open", parcel.id, detail=f"photos={len(found.items)}"))
    return found


def _share(view: View, key: Key, now: datetime) -> Parcel:
    found = view.parcels.by_token(token_hash(key.token))
    taken = view.releases.count_of_parcel(found.id) if found else 0
    return require_opens(found, now, taken)


def _opened(view: View, parcel: Parcel, key: Key, now: datetime, day: date) -> Opened:
    unlocked, verified = _stands(view, parcel, key, now)
    if not unlocked:
        return Opened(False)
    items = tuple(
        Item(one.ref, facts.photo.width, facts.photo.height) for one, facts, _ in _allowed(view, parcel, day)
    )
    left = max(0, parcel.downloads - view.releases.count_of_parcel(parcel.id))
    return Opened(True, parcel, verified, items, left, can_mail(view), marking(view, "").unseen_links)


def _stands(view: View, parcel: Parcel, key: Key, now: datetime) -> tuple[bool, bool]:
    """Whether this browser gave the password, and the code."""
    visit = view.parcels.visit(token_hash(key.visit)) if key.visit else None
    if visit is None or visit.parcel_id != parcel.id or not visit.alive(now):
        return False, False
    return True, visit.verified_at is not None


def _allowed(view: View, parcel: Parcel, day: date) -> Iterator[tuple[Chosen, PhotoFacts, Verdict]]:
    """The chosen photos that may be used for the link's purpose on this day, in order."""
    chosen = view.parcels.chosen(parcel.id)
    facts = view.photos.facts([one.photo_id for one in chosen])
    for one in chosen:
        known = facts.get(one.photo_id)
        decided = verdict(known, parcel.purpose, day) if known else None
        if known is not None and decided is not None and decided.light is Light.GREEN:
            yield one, known, decided


def unlock(safe: Safe, token: str, password: str, *, now: datetime) -> str:
    """Give the password. Returns the token of this browser's visit.

    Raises:
        NotAllowed: when it is wrong, or the link opens nothing; after some wrong ones it is locked.
    """
    visit = secrets.token_urlsafe(32)
    with safe.store.look(by=recipient("parcel"), to=Permission.PARCEL_USE, now=now) as view:
        parcel = _share(view, Key(token), now)
        kept = view.parcels.password_hash(parcel.id)
    fits = password_fits(password, kept)  # outside a transaction: stretching takes long
    with safe.store.begin(by=recipient(parcel.id), to=Permission.PARCEL_USE, now=now, on=parcel.id) as tx:
        latest = _share(tx, Key(token), now)
        tx.parcels.count_failure(parcel.id, 0 if fits else latest.failures + 1)
        if fits:
            tx.parcels.begin_visit(token_hash(visit), parcel.id, now)
        tx.record(Event("parcel:unlock", parcel.id, Outcome.DONE if fits else Outcome.REFUSED))
    if not fits:
        raise NotAllowed("parcel:wrong_password", "That is not the password.", "Ask whoever sent the link.")
    return visit


def send_parcel_code(safe: Safe, key: Key, office: Office, *, now: datetime, bell: Bell) -> None:
    """Mail a fresh code to the recipient; earlier ones end.

    Raises:
        NotAllowed: before the password.
        Mistake: when no mail server is set.
    """
    code = "".join(secrets.choice("0123456789") for _ in range(_CODE_DIGITS))
    with safe.store.begin(by=recipient("parcel"), to=Permission.PARCEL_USE, now=now) as tx:
        parcel = _unlocked(tx, key, now)
        if not can_mail(tx):
            raise Mistake("mail:not_set", "No mail server is set.", "Fill in the mail settings first.")
        tx.requests.put_code(token_hash(key.token), _code_hash(safe, parcel, code), now)
        to = Reader(parcel.recipient.email, parcel.language, office.organisation, parcel.recipient.name)
        queue(tx, parcel_code(to, code, int(CODE_LASTS.total_seconds() // 60)))
        tx.record(Event("parcel:code", parcel.id))
    bell.deliver()


def require_unlocked(safe: Safe, key: Key, *, now: datetime) -> None:
    """Require a browser that gave the password.

    Raises:
        NotAllowed: when it did not, or the link opens nothing.
    """
    with safe.store.look(by=recipient("parcel"), to=Permission.PARCEL_USE, now=now) as view:
        _unlocked(view, key, now)


def _unlocked(view: View, key: Key, now: datetime) -> Parcel:
    parcel = _share(view, key, now)
    if not _stands(view, parcel, key, now)[0]:
        raise NotAllowed("parcel:locked", "The password is needed first.", "Open the link again.")
    return parcel


def _code_hash(safe: Safe, parcel: Parcel, code: str) -> str:
    return safe.ring.pseudonym(f"parcel-code:{parcel.id}:{code}")


def verify_parcel_code(safe: Safe, key: Key, code: str, *, now: datetime) -> None:
    """Give the code from the e-mail: whoever has it is the named recipient.

    Raises:
        NotAllowed: when it is wrong, too old, or was tried too often; the try is counted.
    """
    with safe.store.begin(by=recipient("parcel"), to=Permission.PARCEL_USE, now=now) as tx:
        parcel = _unlocked(tx, key, now)
        fits = _code_fits(safe, tx, parcel, key, code, now)
        if fits:
            tx.requests.forget_code(token_hash(key.token))
            tx.parcels.verify_visit(token_hash(key.visit), now)
        tx.record(Event("parcel:verify", parcel.id, Outcome.DONE if fits else Outcome.REFUSED))
    if not fits:
        raise NotAllowed(
            "signing:wrong_code", "That is not the code that was sent.", "Check it, or have a new one sent."
        )


def _code_fits(safe: Safe, tx: Transaction, parcel: Parcel, key: Key, code: str, now: datetime) -> bool:
    kept = tx.requests.code(token_hash(key.token))
    if kept is None:
        return False
    expected, made_at, tries = kept
    tx.requests.note_try(token_hash(key.token))
    fits = hmac.compare_digest(expected, _code_hash(safe, parcel, code.strip()))
    return fits and tries < MOST_CODES and now - made_at <= CODE_LASTS


def shared_preview(
    safe: Safe, decoder: Decoder, organisation: str, key: Key, ref: str, *, now: datetime, day: date
) -> bytes:
    """A small picture to choose by, as JPEG: with the watermark until the recipient is verified.

    Raises:
        NotAllowed: when the link does not show this photo, today, to this browser.
    """
    with safe.store.begin(by=recipient("parcel"), to=Permission.PARCEL_USE, now=now, durable=False) as tx:
        parcel = _unlocked(tx, key, now)
        verified = _stands(tx, parcel, key, now)[1]
        one, facts, decided = _one(tx, parcel, ref, day)
        blur = [f.box for f in facts.faces if f.id in decided.blur and f.box is not None]
        data = safe.read(tx, one.photo_id, BlobKind.PROXY)
        wanted = marking(tx, organisation)
        tx.record(Event("parcel:preview", parcel.id, detail=f"photo={one.photo_id} marked={not verified}"))
    pixels = decoder.decode(data, at_least=_SEEN).pixels
    pixels = blurred(pixels, blur) if blur else pixels
    pixels = within(pixels if verified else watermarked(pixels, wanted.style), _SEEN)
    if wanted.unseen_links and has_room(pixels):
        pixels = marked(pixels, mark_key(safe), parcel.id)
    return proxy(pixels, side=_SEEN)


def _one(view: View, parcel: Parcel, ref: str, day: date) -> tuple[Chosen, PhotoFacts, Verdict]:
    found = next((item for item in _allowed(view, parcel, day) if item[0].ref == ref), None)
    if found is None:
        raise _gone()
    return found


def _gone() -> NotAllowed:
    return NotAllowed("parcel:gone", "This photo is not shared any more.", "Look at the page again.")


def shared_copy(
    safe: Safe,
    decoder: Decoder,
    sealing: Sealing,
    key: Key,
    ref: str,
    credit: str,
    *,
    now: datetime,
    day: date,
    size: Size | None = None,
) -> Copy:
    """A copy for the recipient, with its receipt; it is a release like any other, and counts.

    size: one of those that the purpose needs, as the recipient chose; None for the usual one.

    That the link is open, this browser verified and a copy left to take is asked again in the transaction
    that records the release, one request at a time: parallel requests cannot take more than there are.

    Raises:
        NotAllowed: when any of it does not hold, or the photo may not be used any more.
    """
    with safe.store.look(by=recipient("parcel"), to=Permission.PARCEL_USE, now=now) as view:
        parcel = _takes(view, key, now)
        chosen, _, _ = _one(view, parcel, ref, day)

    def guard(tx: Transaction) -> None:
        _takes(tx, key, now)
        tx.record(Event("parcel:download", parcel.id, detail=f"photo={chosen.photo_id}"))

    by = By(recipient(parcel.id), Permission.PARCEL_USE, parcel.id, parcel.created_by, guard)
    shape = shared_shape(parcel.purpose, size)
    order = Order(parcel.purpose, shape, parcel.recipient, parcel.title)
    try:
        return release(safe, decoder, sealing, chosen.photo_id, order, by=by, now=now, day=day, credit=credit)
    except NotAllowed as refused:
        # The reasons of a light name people, and are not for outside.
        raise (_gone() if refused.key == "release:not_green" else refused) from None


def _takes(view: View, key: Key, now: datetime) -> Parcel:
    """The link, when this browser may take a copy."""
    parcel = _unlocked(view, key, now)
    if not _stands(view, parcel, key, now)[1]:
        raise NotAllowed(
            "parcel:not_verified",
            "Copies are for the named recipient.",
            "Fill in the code from the e-mail first.",
        )
    if view.releases.count_of_parcel(parcel.id) >= parcel.downloads:
        raise NotAllowed(
            "parcel:used_up", "All copies of this link were taken.", "Ask whoever sent you the link for more."
        )
    return parcel


def shared_zip(
    safe: Safe,
    decoder: Decoder,
    sealing: Sealing,
    key: Key,
    credit: str,
    *,
    clock: Clock,
    size: Size | None = None,
) -> Iterator[bytes]:
    """Every photo of a link as a ZIP, made while it is sent; each is asked about when its turn comes.

    clock: the instant and the day, asked for each photo.

    Raises:
        NotAllowed: when this browser may take none.
    """
    now, day = clock()
    with safe.store.look(by=recipient("parcel"), to=Permission.PARCEL_USE, now=now) as view:
        parcel = _takes(view, key, now)
        refs = {one.photo_id: one.ref for one, _, _ in _allowed(view, parcel, day)}
        shared_shape(parcel.purpose, size)  # first: a ZIP has no place for a mistake

    def copy(photo_id: PhotoId) -> Copy:
        moment, today = clock()
        ref = refs[photo_id]
        return shared_copy(safe, decoder, sealing, key, ref, credit, now=moment, day=today, size=size)

    return packed(list(refs), copy, sealing.certificate, now=now)


def ask_for_more(safe: Safe, key: Key, purpose: Purpose, text: str, *, now: datetime) -> None:
    """Ask the owner of the link for more: another purpose, more copies, more days. They get a notice.

    Raises:
        NotAllowed: before the password.
        Mistake: when nothing is asked.
    """
    plain = " ".join(text.split())
    if not plain or len(plain) > LONGEST_WISH or not plain.isprintable() or purpose not in PUBLICATION:
        raise Mistake(
            "parcel:no_wish",
            "Say what you need.",
            "Use at most {most} letters.",
            values={"most": LONGEST_WISH},
        )
    with safe.store.begin(by=recipient("parcel"), to=Permission.PARCEL_USE, now=now) as tx:
        parcel = _unlocked(tx, key, now)
        tx.parcels.add_wish(Wish(new_id(), parcel.id, now, purpose, plain))
        owner = UserId(parcel.created_by)
        notice = Notice(
            NoticeId(new_id()), owner, NoticeKind.MORE_RIGHTS, now, purpose=purpose, parcel_id=parcel.id
        )
        tx.notices.add(notice)
        tx.record(Event("parcel:wish", parcel.id, detail=f"purpose={purpose}"))
