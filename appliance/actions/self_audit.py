"""The self-audit: looking at the box, keeping a signed report, following what was found until it is fixed."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from appliance import __version__
from appliance.actions.audit import walk
from appliance.actions.bell import Bell
from appliance.actions.duties import due_of
from appliance.actions.evidence import Sealing
from appliance.actions.lights import decide_all
from appliance.actions.mailing import Office, can_mail, queue
from appliance.actions.sign_in_rules import rules_of
from appliance.domain.access import WORKER, Actor, Permission, UserId
from appliance.domain.audit import Event
from appliance.domain.consent import Light, Purpose
from appliance.domain.duties import Duty
from appliance.domain.errors import Mistake, Tampered
from appliance.domain.photos import PhotoId
from appliance.domain.recalls import RecallState
from appliance.domain.release import Release
from appliance.domain.self_audit import (
    SAMPLE,
    STALE_AFTER,
    Account,
    Facts,
    Finding,
    Followed,
    Grade,
    Machine,
    Problem,
    Token,
    TokenKind,
    findings,
    follow,
)
from appliance.domain.self_audit_words import Name, said
from appliance.domain.sign_in import SESSION_IDLE
from appliance.domain.wording import Language, day_in_words, word
from appliance.evidence.records import canonical
from appliance.mail.messages import Reader, findings_overdue
from appliance.store.database import View
from appliance.store.ids import new_id
from appliance.store.safe import Safe
from appliance.store.self_audits import Looked, SignedReport, finding_row, to_finding
from appliance.store.signatures import fits, public_key, signature

__all__ = ["Finding", "Followed", "Grade", "Looked", "SignedReport"]

FORMAT = "portretkluis-self-audit-1"
ALGORITHM = "ed25519"
_REPORTS = 40  # ten years of quarters
_BATCH = 1000
_ADDED, _UNLOCKED = "user:add", "parcel:unlock"


@dataclass(frozen=True, slots=True)
class Around:
    """What the box tells beside its database. door_plain: whether links for subjects go without TLS."""

    machine: Machine
    door_plain: bool
    head_addresses: Sequence[str]


@dataclass(frozen=True, slots=True)
class Report:
    """A report whose signature fits. followed: what is open; the rest of `findings` is green or not seen."""

    id: str
    made_at: datetime
    findings: tuple[Finding, ...]
    followed: tuple[Followed, ...]
    sample: tuple[PhotoId, ...]
    public_key: str
    signature: str

    def count(self, grade: Grade, day: date) -> int:
        """How many findings have a light on a day."""
        open_ones = sum(one.grade(day) is grade for one in self.followed)
        return open_ones + sum(one.grade is grade for one in self.findings if not one.open)


# --- looking ----------------------------------------------------------------------------------------------


def audit_box(safe: Safe, around: Around, *, by: Actor, now: datetime, day: date) -> Report:
    """Look at everything, draw a sample of photos, and keep the signed report."""
    with safe.store.look(by=by, to=Permission.DUTY_RUN, now=now) as view:  # long, so it locks nobody out
        broken_at = walk(safe, view).broken_at
        found = findings(_facts(view, around, broken_at, now, day))
    report_id = new_id()
    with safe.store.begin(by=by, to=Permission.DUTY_RUN, now=now, on=report_id) as tx:
        followed = follow(tx.self_audits.open(), found, now, day)
        tx.self_audits.follow(followed)
        sample = tx.self_audits.draw(SAMPLE)
        still = [one for one in followed if one.fixed_at is None]
        signed = _signed(safe, report_id, now, found, still, sample)
        tx.self_audits.add(signed, sample)
        counts = Counter(one.grade(day) for one in still)
        told = f"red={counts[Grade.RED]} amber={counts[Grade.AMBER]} fixed={len(followed) - len(still)}"
        tx.record(Event("selfaudit:make", report_id, detail=told))
    return _read(safe, signed)


def _facts(view: View, around: Around, broken_at: int | None, now: datetime, day: date) -> Facts:
    not_permitted, unclear = _copies(view, day)
    heads = view.audit.signed()
    # This audit itself and what is told of backups by a line of its own need no line as a duty.
    duties = [one for one in due_of(view, now) if one.duty is not Duty.SELF_AUDIT]
    return Facts(
        now=now,
        accounts=_accounts(view, now),
        tokens=[*_sessions(view), *_links(view), *_of_programs(view)],
        not_permitted=not_permitted,
        unclear=unclear,
        sample=view.self_audits.sample(),
        machine=around.machine,
        door_plain=around.door_plain,
        has_backups=bool(view.backups.all()),
        duties=duties,
        requests_overdue=sum(one.overdue(day) for one in view.rights.all()),
        log_broken_at=broken_at,
        head_addresses=len(around.head_addresses),
        head_at=datetime.fromisoformat(heads[-1].at) if heads else None,
        can_mail=can_mail(view),
    )


def _accounts(view: View, now: datetime) -> list[Account]:
    rules, openid, seen = rules_of(view), view.access.with_openid(), view.access.last_seen()
    return [
        Account(
            id=user.id,
            role=user.role,
            added_at=view.audit.first_at(user.id, _ADDED) or now,
            seen_at=seen.get(user.id),
            second_step=user.id in openid or view.second_steps.of(user.id).any,
            must_have=rules.needs_second(user.role),
            actions=view.audit.actions_of(user.id, now - STALE_AFTER),
            emergency=user.emergency,
        )
        for user in view.access.all()
        if user.active
    ]


def _sessions(view: View) -> list[Token]:
    found = (one for user in view.access.all() for one in view.access.sessions(user.id).values())
    return [
        Token(TokenKind.SESSION, "", one.begun_at, one.seen_at + SESSION_IDLE, used=True) for one in found
    ]


def _links(view: View) -> list[Token]:
    used = view.audit.things_of(_UNLOCKED)
    return [
        Token(TokenKind.SHARE_LINK, one.id, one.created_at, one.expires_at, used=one.id in used)
        for one in view.parcels.recent(_BATCH)
        if one.revoked_at is None
    ]


def _of_programs(view: View) -> list[Token]:
    return [
        Token(TokenKind.PROGRAM, one.id, one.made_at, one.expires_at, used=one.used_at is not None)
        for one in view.tokens.all()
        if one.revoked_at is None
    ]


def _copies(view: View, day: date) -> tuple[int, int]:
    """How many copies that left are red today, and how many amber, but for those that were removed."""
    lights: Counter[Light] = Counter()
    after = None
    while batch := view.releases.recent(_BATCH, after):
        after = batch[-1].id
        recalls = view.recalls.of_releases([one.id for one in batch])
        removed = {release_id for release_id, one in recalls.items() if one.state is RecallState.REMOVED}
        lights.update(_lights_of(view, [one for one in batch if one.id not in removed], day))
    return lights[Light.RED], lights[Light.AMBER]


def _lights_of(view: View, releases: Sequence[Release], day: date) -> Iterable[Light]:
    photos = list(dict.fromkeys(one.photo_id for one in releases))
    known: dict[tuple[PhotoId, Purpose], Light] = {
        (facts.photo.id, purpose): verdict.light
        for facts, decided in decide_all(view, photos, day)
        for purpose, verdict in decided.items()
    }
    asked = ((one.photo_id, one.purpose) for one in releases)
    return [known[one] for one in asked if one in known]


def _signed(
    safe: Safe,
    report_id: str,
    now: datetime,
    found: Sequence[Finding],
    still: Sequence[Followed],
    sample: Sequence[PhotoId],
) -> SignedReport:
    record = {
        "format": FORMAT,
        "id": report_id,
        "made_at": now,
        "version": __version__,
        "findings": [finding_row(one) for one in found if not one.open],
        "open": [
            finding_row(one.finding) | {"found_at": one.found_at, "due_on": one.due_on} for one in still
        ],
        "sample": list(sample),
    }
    data = canonical(record)
    return SignedReport(report_id, now, data, ALGORITHM, public_key(safe.ring), signature(safe.ring, data))


def _read(safe: Safe, kept: SignedReport) -> Report:
    """A report whose signature was checked.

    Raises:
        Tampered: when it does not fit, or is not this box's.
    """
    ours = kept.public_key == public_key(safe.ring)
    if not ours or not fits(kept.public_key, kept.signature, kept.signed):
        raise Tampered(
            "selfaudit:forged", "That report is not what this box signed.", "Take another copy of it."
        )
    record = json.loads(kept.signed)
    followed = tuple(
        Followed(to_finding(row), datetime.fromisoformat(row["found_at"]), date.fromisoformat(row["due_on"]))
        for row in record["open"]
    )
    green = tuple(to_finding(row) for row in record["findings"])
    return Report(
        kept.id,
        datetime.fromisoformat(record["made_at"]),
        (*green, *(one.finding for one in followed)),
        followed,
        tuple(PhotoId(one) for one in record["sample"]),
        kept.public_key,
        kept.signature,
    )


# --- reading ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Overview:
    """What the page shows. newest: None before the first audit. open: what is not fixed today."""

    newest: Report | None
    open: tuple[Followed, ...]
    sample: tuple[Looked, ...]
    reports: tuple[Report, ...]


def overview(safe: Safe, *, by: Actor, now: datetime) -> Overview:
    """Every report that is kept, and what is still open."""
    with safe.store.begin(by=by, to=Permission.AUDIT_VIEW, now=now, durable=False) as tx:
        reports = tuple(_read(safe, one) for one in tx.self_audits.recent(_REPORTS))
        newest = reports[0] if reports else None
        open_ones = tuple(tx.self_audits.open())
        sample = tuple(tx.self_audits.sample_of(newest.id)) if newest else ()
        tx.record(Event("selfaudit:view"))
    return Overview(newest, open_ones, sample, reports)


def report_json(safe: Safe, report_id: str, *, by: Actor, now: datetime) -> bytes:
    """A report with its signature, for programs. The signature is over the canonical form of `report`."""
    with safe.store.begin(by=by, to=Permission.AUDIT_VIEW, now=now, on=report_id, durable=False) as tx:
        kept = tx.self_audits.get(report_id)
        _read(safe, kept)
        tx.record(Event("selfaudit:view", report_id))
    seal = {"algorithm": kept.algorithm, "public_key": kept.public_key, "signature": kept.signature}
    return canonical({"report": json.loads(kept.signed), "seal": seal})


def check_report(safe: Safe, data: bytes, *, by: Actor, now: datetime) -> Report:
    """A report from a file, once its signature was checked.

    Raises:
        Mistake: when it is none.
        Tampered: when this box did not sign it, or it was changed.
    """
    with safe.store.look(by=by, to=Permission.AUDIT_VIEW, now=now):
        pass
    try:
        whole = json.loads(data)
        record, seal = whole["report"], whole["seal"]
        made_at = datetime.fromisoformat(record["made_at"])
        kept = SignedReport(
            record["id"], made_at, canonical(record), seal["algorithm"], seal["public_key"], seal["signature"]
        )
    except (ValueError, LookupError, TypeError, RecursionError) as problem:
        raise Mistake(
            "selfaudit:bad_report", "That is not a report of a self-audit.", "Give the JSON file as it came."
        ) from problem
    return _read(safe, kept)


_TITLE = {Language.DUTCH: "Zelfcontrole van de fotokluis", Language.ENGLISH: "Self-audit of the photo safe"}


def report_pdf(
    safe: Safe, sealing: Sealing, report_id: str, *, language: Language, by: Actor, now: datetime
) -> bytes:
    """A report to print: sealed, with what to do and until when."""
    with safe.store.begin(by=by, to=Permission.AUDIT_VIEW, now=now, on=report_id, durable=False) as tx:
        report = _read(safe, tx.self_audits.get(report_id))
        names = {str(user.id): user.name for user in tx.access.all()}
        tx.record(Event("selfaudit:view", report_id))
    dutch = language is Language.DUTCH
    made = report.made_at.date()
    counts = [f"{report.count(grade, made)} {word(grade, language)}" for grade in Grade]
    introduction = (
        f"Het kastje heeft zichzelf nagekeken: {', '.join(counts)}. Los op wat open staat, binnen 30 dagen."
        if dutch
        else f"The box has looked at itself: {', '.join(counts)}. What is open has to be fixed in 30 days."
    )
    rows = [
        ("Nummer" if dutch else "Number", report.id),
        *_rows(report, language, lambda thing: names.get(thing, thing), made),
        ("Handtekening (Ed25519)" if dutch else "Signature (Ed25519)", report.signature),
        ("Sleutel" if dutch else "Key", report.public_key),
    ]
    notes = [_sample_note(report.sample, dutch=dutch)] if report.sample else []
    return sealing.certify(
        _TITLE[language], introduction, rows, notes, language=language, made_at=report.made_at
    )


def _rows(report: Report, language: Language, name: Name, day: date) -> list[tuple[str, str]]:
    due = {one.finding.key: one for one in report.followed}
    rows = []
    for finding in sorted(report.findings, key=lambda one: list(_GRAVITY).index(one.grade)):
        found, cure = said(finding, language, name)
        followed = due.get(finding.key)
        grade = followed.grade(day) if followed else finding.grade
        until = _until(followed, language) if followed else ""
        told = " ".join(part for part in (found, cure, until) if part)
        rows.append((word(finding.topic, language), f"{word(grade, language)}: {told}"))
    return rows


_GRAVITY = (Grade.RED, Grade.AMBER, Grade.NOT_HERE, Grade.GREEN)


def _until(one: Followed, language: Language) -> str:
    since, until = day_in_words(one.found_at.date(), language), day_in_words(one.due_on, language)
    return (
        f"Gevonden op {since}; klaar voor {until}."
        if language is Language.DUTCH
        else f"Found on {since}; to be fixed by {until}."
    )


def _sample_note(sample: Sequence[PhotoId], *, dutch: bool) -> str:
    listed = ", ".join(sample)
    return (
        f"Deze foto's zijn door loting gekozen om met de hand na te kijken: {listed}"
        if dutch
        else f"These photos were drawn by lot, to be looked at by hand: {listed}"
    )


# --- doing something about it -----------------------------------------------------------------------------


def judge_photo(safe: Safe, photo_id: PhotoId, *, right: bool, by: Actor, now: datetime) -> None:
    """Say of a photo of a sample whether its names and permissions are right.

    Raises:
        Mistake: when it is in no sample.
    """
    with safe.store.begin(by=by, to=Permission.AUDIT_REVIEW, now=now, on=photo_id) as tx:
        if not tx.self_audits.judge(photo_id, right=right, by=by.id, now=now):
            raise Mistake("selfaudit:no_sample", "That photo is in no sample.", "Choose one from the list.")
        if right:
            tx.self_audits.follow(_fixed(tx.self_audits.open(), photo_id, now))
        tx.record(Event("selfaudit:judge", photo_id, detail="right" if right else "wrong"))


def _fixed(known: Iterable[Followed], photo_id: PhotoId, now: datetime) -> list[Followed]:
    return [
        replace(one, fixed_at=now)
        for one in known
        if one.finding.problem is Problem.SAMPLE_WRONG and one.finding.thing == photo_id
    ]


def tell_overdue(
    safe: Safe,
    office: Office,
    addresses: Sequence[str],
    language: Language,
    *,
    now: datetime,
    day: date,
    bell: Bell,
) -> int:
    """Mail what was not fixed in time, once each. Returns how many are newly overdue.

    Without an address or a mail server nothing is noted, so that it is told when there is one.
    """
    with safe.store.begin(by=WORKER, to=Permission.DUTY_RUN, now=now) as tx:
        late = [one for one in tx.self_audits.open() if one.overdue(day) and one.told_at is None]
        can = bool(addresses) and can_mail(tx)
        if late and can:
            for address in addresses:
                to = Reader(address, language, office.organisation)
                topics = list(dict.fromkeys(one.finding.topic for one in late))
                words = [word(topic, language) for topic in topics]
                queue(tx, findings_overdue(to, words, f"{office.pages.rstrip('/')}/self-audit"))
            tx.self_audits.follow([replace(one, told_at=now) for one in late])
        tx.record(Event("selfaudit:tell", detail=f"overdue={len(late)} told={can}"))
    if late and can:
        bell.deliver()
    return len(late) if can else 0


def last_seen(safe: Safe, *, by: Actor, now: datetime) -> Mapping[UserId, datetime]:
    """When each user was last there; who never was is not in it."""
    with safe.store.look(by=by, to=Permission.USER_VIEW, now=now) as view:
        return view.access.last_seen()


def forget_sessions(safe: Safe, *, now: datetime) -> int:
    """Delete the sessions that ended; they open nothing any more. Returns how many."""
    with safe.store.begin(by=WORKER, to=Permission.DUTY_RUN, now=now) as tx:
        gone = tx.access.close_sessions_unseen(now - SESSION_IDLE - timedelta(minutes=1))
        tx.record(Event("session:forget", detail=f"sessions={gone}"))
    return gone
