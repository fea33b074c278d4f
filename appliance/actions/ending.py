"""The end of the safe: keys first, so that nothing opens any more, then files; and a certificate of it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from appliance.actions.evidence import Sealing
from appliance.actions.proposals import require_approval
from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Event, Head
from appliance.domain.backup import Target
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.proposals import Act, Wanted
from appliance.domain.wording import Language, day_in_words
from appliance.store.database import Transaction
from appliance.store.ending import Grave, destroy_keys, remove_rest
from appliance.store.rekey import unused
from appliance.store.safe import Safe


@dataclass(frozen=True, slots=True)
class _Life:
    """What the safe held, as the certificate tells it."""

    photos: int
    people: int
    quitclaims: int
    head: Head
    targets: tuple[Target, ...]
    approved_by: str
    cold: int  # originals on a disk that is not connected


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What was done. left: keys outside the data directory that could not be removed; they open nothing."""

    photos: int
    files: int
    left: tuple[Path, ...]


def require_name(typed: str, organisation: str) -> None:
    """That somebody means this safe.

    Raises:
        Mistake: when another name was typed.
    """
    if " ".join(typed.split()) != " ".join(organisation.split()):
        raise Mistake(
            "ending:name",
            "That is not the name of this safe.",
            "Type it as it stands in the settings.",
        )


def destroy(
    safe: Safe,
    sealing: Sealing,
    grave: Grave,
    database: Path,
    certificate: Path,
    *,
    despite_holds: bool = False,
    despite_recalls: bool = False,
    language: Language,
    by: Actor,
    now: datetime,
    day: date,
) -> Destroyed:
    """Destroy the safe. It takes two people, and cannot be taken back.

    certificate: where the sealed certificate (PDF) is written, outside the data directory; the certificate of
    the seal goes beside it, as `.pem`. The safe's store is closed afterwards, and opens no more.

    Raises:
        NotAllowed: under a legal hold, or while recalls are open, unless told.
        Mistake: when the certificate would go with the safe.
        SecondNeeded: until somebody else approved it.
        Fault: when the safe is in use, or its keys cannot be removed.
    """
    with safe.store.begin(by=by, to=Permission.SAFE_DESTROY, now=now) as tx:
        _require_free(tx, despite_holds=despite_holds, despite_recalls=despite_recalls)
        _require_place(certificate, grave.home)
        require_approval(tx, Wanted(Act.DESTROY))
        tx.record(Event("safe:destroy", detail=f"holds={despite_holds} recalls={despite_recalls}"))
        life = _life_of(tx, connected=safe.blobs.cold_is_there())
    data = sealing.certify(
        "Bewijs van vernietiging" if language is Language.DUTCH else "Certificate of destruction",
        *_words(life, by, now, day, language),
        language=language,
        made_at=now,
    )
    certificate.with_suffix(".pem").write_bytes(sealing.certificate)
    _draft(certificate).write_bytes(data)  # it gets its name once it is true
    safe.store.close()
    with unused(database, safe.ring):
        left = destroy_keys(grave, str(certificate.resolve()))
    return Destroyed(life.photos, _bury(grave, certificate), left)


def _bury(grave: Grave, certificate: Path) -> int:
    if _draft(certificate).exists():
        _draft(certificate).replace(certificate)
    return remove_rest(grave)


def _draft(certificate: Path) -> Path:
    return certificate.with_name(f"{certificate.name}.partial")


def finish(grave: Grave) -> int:
    """Finish what was begun and broken off, when nothing opens any more. Returns how many files went."""
    certificate = grave.begun_for
    destroy_keys(grave, certificate)
    return _bury(grave, Path(certificate))


def _require_free(tx: Transaction, *, despite_holds: bool, despite_recalls: bool) -> None:
    holds = [one for one in tx.erasures.holds() if one.in_force]
    if holds and not despite_holds:
        raise NotAllowed(
            "ending:held",
            "A legal hold blocks this.",
            "Ask its owner; or say --despite-holds.",
            tuple(f"{one.reason} ({one.owner}, {one.review_on.isoformat()})" for one in holds),
        )
    recalls = tx.recalls.unanswered()
    if recalls and not despite_recalls:
        raise NotAllowed(
            "ending:recalls",
            "Recipients still have to answer recalls: {recalls}.",
            "Close them first; or say --despite-recalls.",
            values={"recalls": recalls},
        )


def _require_place(certificate: Path, home: Path) -> None:
    if certificate.resolve().is_relative_to(home.resolve()) or certificate.exists():
        raise Mistake(
            "ending:certificate",
            "The certificate cannot be written there.",
            "Name a new file outside the data directory.",
        )
    try:
        certificate.touch()
    except OSError as problem:
        raise Mistake(
            "ending:certificate",
            "The certificate cannot be written there.",
            "Name a new file outside the data directory.",
        ) from problem
    certificate.unlink()


def _life_of(tx: Transaction, *, connected: bool) -> _Life:
    approved = next(
        one for one in tx.proposals.recent(50) if one.wanted.act is Act.DESTROY and one.done_at == tx.now
    )
    cold = 0 if connected else tx.photos.cold()[0]
    return _Life(
        tx.tables.count("photos"),
        tx.people.count(),
        tx.consent.count(),
        tx.audit.head(),
        tuple(tx.backups.all()),
        approved.answered_by,
        cold,
    )


def _words(
    life: _Life, by: Actor, now: datetime, day: date, language: Language
) -> tuple[str, list[tuple[str, str]], list[str]]:
    dutch = language is Language.DUTCH

    def say(in_dutch: str, in_english: str) -> str:
        return in_dutch if dutch else in_english

    rows = [
        (say("Vernietigd op", "Destroyed at"), now.isoformat(timespec="seconds")),
        (say("Door", "By"), by.id),
        (say("Goedgekeurd door", "Approved by"), life.approved_by or say("niemand anders", "nobody else")),
        (say("Foto's", "Photos"), str(life.photos)),
        (say("Personen", "People"), str(life.people)),
        (say("Quitclaims", "Quitclaims"), str(life.quitclaims)),
        (say("Laatste regel van het auditlog", "Last entry of the audit log"), str(life.head.number)),
        (say("Zegel van die regel", "Seal of that entry"), life.head.seal),
    ]
    notes = [_backup_note(one, day, language) for one in life.targets] or [
        say("Er waren geen back-ups ingesteld.", "No backups were set up.")
    ]
    if life.targets:
        notes.append(
            say(
                "Een back-up opent alleen met de herstelkit. Vernietig de kit als de laatste back-up weg is.",
                "A backup opens with the recovery kit alone. Destroy the kit when the last backup is gone.",
            )
        )
    notes.append(
        say(
            "Wat eerder is geëxporteerd of vrijgegeven, is niet vernietigd.",
            "What was exported or released before was not destroyed.",
        )
    )
    notes.append(
        say(
            "Een schijf met flash kan oude blokken bewaren. Wis daarom ook de sleutel van de schijf.",
            "A disk of flash may keep old blocks. So wipe the key of the disk, too.",
        )
    )
    if life.cold:
        notes.append(
            say(
                f"Op een schijf die er niet aan zat: {life.cold} originelen, versleuteld, zonder sleutel.",
                f"On a disk that is not connected: {life.cold} originals, encrypted, with no key left.",
            )
        )
    introduction = say(
        "De sleutels van deze portretkluis zijn vernietigd, en toen de bestanden. Niemand kan ze nog lezen.",
        "The keys of this portrait safe were destroyed, and then its files. Nobody can read them any more.",
    )
    return introduction, rows, notes


def _backup_note(target: Target, day: date, language: Language) -> str:
    until = day_in_words(day + timedelta(days=target.days), language)
    if language is Language.DUTCH:
        return (
            f"Back-up “{target.name}” ({target.country}): blijft versleuteld liggen, uiterlijk tot {until}."
        )
    return f"Backup “{target.name}” ({target.country}): stays there, encrypted, until {until} at the latest."
