"""Paper forms that come back: scanned, found by the code on them, read by a person, and kept as evidence.

A scan is as hostile as a photo: its bytes are decoded in the decoder's own process, the code on it is read
there too, and of the file only a new JPEG is kept. A machine never reads what was ticked: a person does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from appliance.actions.asking import RequestView, request_view
from appliance.actions.bell import Bell
from appliance.actions.evidence import Sealing
from appliance.actions.mailing import Office
from appliance.actions.signing import Filled, FormView, Signed, Taking, form_view, take
from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.errors import Mistake
from appliance.domain.signing import IdentityCheck, Request, RequestId, RequestState, ScanId
from appliance.imaging.copies import page
from appliance.imaging.decode import Decoder
from appliance.store.database import View
from appliance.store.ids import new_id
from appliance.store.passwords import token_hash
from appliance.store.safe import Safe
from appliance.store.scans import KeptScan

MOST_PAGES = 10
_ENOUGH = 2600  # pixels of the long side, to read a code and handwriting
_FORM = "/f/"  # stands before the token in the address that the code holds


@dataclass(frozen=True, slots=True)
class PaperView:
    """A form that came back, with its pages, for a person to read."""

    form: FormView
    scans: tuple[KeptScan, ...]


def take_scans(
    safe: Safe,
    decoder: Decoder,
    files: Sequence[bytes],
    *,
    by: Actor,
    now: datetime,
    request_id: RequestId | None = None,
) -> RequestId:
    """Keep the pages of one paper form, encrypted, behind those that are there already.

    request_id: which form it is; None lets the code on it tell.

    Raises:
        Unreadable: when a file is no picture, or takes more than the limits allow.
        Mistake: when no code of a form is found, or more than one, or the form was answered already.
    """
    if not 0 < len(files) <= MOST_PAGES:
        raise Mistake("scan:pages", "No page was sent, or too many.", "Send the pages of one form.")
    with safe.store.look(by=by, to=Permission.REQUEST_MAKE, now=now):
        pass  # whoever may not, has nothing decoded
    decoded = [decoder.decode(data, at_least=_ENOUGH, codes=True) for data in files]
    with safe.store.look(by=by, to=Permission.REQUEST_MAKE, now=now) as view:
        found = request_id or _told_by(view, [code for one in decoded for code in one.codes])
        _still_open(view, found, now)
        first = len(view.scans.of_request(found)) + 1
    kept = [_keep(safe, page(one.pixels), found, first + i, by, now) for i, one in enumerate(decoded)]
    try:
        with safe.store.begin(by=by, to=Permission.REQUEST_MAKE, now=now, on=found) as tx:
            _still_open(tx, found, now)
            for scan, wrapped in kept:
                tx.scans.add(scan, wrapped)
            tx.record(Event("scan:take", found, detail=f"pages={len(kept)}"))
    except BaseException:
        for scan, _ in kept:
            safe.blobs.delete(scan.place)
        raise
    return found


def _told_by(view: View, codes: Sequence[str]) -> RequestId:
    tokens = {code.rpartition(_FORM)[2] for code in codes if _FORM in code}
    found = {request.id for token in tokens if (request := view.requests.by_token(token_hash(token)))}
    if not found:
        raise Mistake(
            "scan:no_code",
            "No code of a form of this box is found on it.",
            "Photograph the whole page from above, sharp and without shadow; or choose whose form it is.",
        )
    if len(found) > 1:
        raise Mistake("scan:two_forms", "These pages are of several forms.", "Send one form at a time.")
    return found.pop()


def _still_open(view: View, request_id: RequestId, now: datetime) -> Request:
    """A paper form may come back when its link is over, but not twice, and not when it was taken back."""
    request = view.requests.get(request_id)
    if request.state(now) not in (RequestState.OPEN, RequestState.EXPIRED):
        raise Mistake("scan:closed", "This form was answered or taken back already.", "Look at its state.")
    return request


def _keep(
    safe: Safe, data: bytes, request_id: RequestId, number: int, by: Actor, now: datetime
) -> tuple[KeptScan, bytes]:
    scan_id = ScanId(new_id())
    key = safe.ring.new_data_key(scan_id)
    blob = safe.blobs.write([data], key=key.plain, about=_about(scan_id))
    scan = KeptScan(scan_id, number, request_id, now, by.id, blob.place, blob.bytes, blob.sha256)
    return scan, key.wrapped


def _about(scan_id: ScanId) -> str:
    return f"{scan_id}/scan"


def waiting_papers(safe: Safe, *, by: Actor, now: datetime) -> tuple[RequestView, ...]:
    """The forms that came back and wait to be read, the oldest first."""
    with safe.store.look(by=by, to=Permission.REQUEST_MAKE, now=now) as view:
        ids = dict.fromkeys(scan.request_id for scan in view.scans.all())
        return tuple(request_view(view, view.requests.get(one), now) for one in ids)


def paper_view(safe: Safe, request_id: RequestId, *, by: Actor, now: datetime) -> PaperView:
    """A form that came back.

    Raises:
        Mistake: when no page of it waits.
    """
    with safe.store.look(by=by, to=Permission.REQUEST_MAKE, now=now, on=request_id) as view:
        scans = tuple(view.scans.of_request(request_id))
        if not scans:
            raise Mistake("scan:unknown", "There is no such scan.", "It may have been confirmed already.")
        return PaperView(form_view(view, view.requests.get(request_id)), scans)


def scan_picture(safe: Safe, scan_id: ScanId, *, by: Actor, now: datetime) -> bytes:
    """One page, as JPEG."""
    with safe.store.begin(by=by, to=Permission.REQUEST_MAKE, now=now, on=scan_id, durable=False) as tx:
        scan, wrapped = tx.scans.get(scan_id)
        data = _read(safe, scan, wrapped)
        tx.record(Event("scan:view", scan_id))
    return data


def _read(safe: Safe, scan: KeptScan, wrapped: bytes) -> bytes:
    return safe.blobs.read(scan.place, key=safe.ring.unwrap(wrapped, scan.id), about=_about(scan.id))


def discard_scans(safe: Safe, request_id: RequestId, *, by: Actor, now: datetime) -> None:
    """Throw the pages of a form away: they could not be read, or are of another form."""
    with safe.store.begin(by=by, to=Permission.REQUEST_MAKE, now=now, on=request_id) as tx:
        places = tx.scans.delete(request_id)
        tx.record(Event("scan:discard", request_id, detail=f"pages={len(places)}"))
    for place in places:
        safe.blobs.delete(place)


def confirm_paper(
    safe: Safe,
    sealing: Sealing,
    request_id: RequestId,
    filled: Filled,
    office: Office,
    *,
    paper_day: date,
    by: Actor,
    now: datetime,
    day: date,
    bell: Bell,
) -> Signed:
    """Record what a person read on a form: the sealed document holds its scans, and the quitclaim begins.

    paper_day: the date on the paper; the months of a yes are counted from it.

    Raises:
        Mistake: when no page waits, the date has not come yet, or something is missing.
    """
    if paper_day > day:
        raise Mistake("scan:bad_day", "The date on the paper has not come yet.", "Correct the date.")
    with safe.store.look(by=by, to=Permission.QUITCLAIM_EDIT, now=now, on=request_id) as view:
        kept = [view.scans.get(scan.id) for scan in view.scans.of_request(request_id)]
        spoken = view.requests.get(request_id).language  # the paper speaks it, whatever the page does
    if not kept:
        raise Mistake("scan:unknown", "There is no such scan.", "It may have been confirmed already.")
    taking = Taking(
        by=by,
        to=Permission.QUITCLAIM_EDIT,
        identity=IdentityCheck.IN_PERSON,
        still_open=lambda view: _still_open(view, request_id, now),
        scans=tuple(_read(safe, scan, wrapped) for scan, wrapped in kept),
        paper_day=paper_day,
    )
    read = replace(filled, language=spoken)
    signed = take(safe, sealing, taking, read, office, now=now, day=day)
    bell.deliver()
    return signed
