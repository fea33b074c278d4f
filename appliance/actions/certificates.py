"""Certificates in words: of a restore drill, and of an erasure."""

from datetime import date, datetime

from appliance.actions.erasure import erasure_of
from appliance.actions.evidence import Sealing
from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.duties import Duty, Run
from appliance.domain.erasure import Cause, Erased, Erasure, ErasureId
from appliance.domain.errors import Mistake
from appliance.domain.wording import Language, day_in_words, word
from appliance.store.safe import Safe

Rows = list[tuple[str, str]]

_FINDINGS = {
    "snapshot": ("Back-up", "Backup"),
    "made_at": ("Gemaakt op", "Made at"),
    "photos": ("Foto's gecontroleerd", "Photos checked"),
    "files": ("Bestanden vergeleken met hun hash", "Files compared with their hash"),
    "quitclaims": ("Quitclaims geopend", "Quitclaims opened"),
    "documents": ("Getekende formulieren geopend", "Signed forms opened"),
    "audit_entries": ("Regels van het auditlog nagerekend", "Entries of the audit log walked"),
    "erased_again": ("Wissingen opnieuw toegepast", "Erasures applied again"),
    "pages": ("Pagina's gestart, foto opgehaald", "Pages started, photo fetched"),
    "database": ("Database", "Database"),
    "damaged": ("Beschadigd", "Damaged"),
    "problem": ("Probleem", "Problem"),
}
_CAUSES = {
    Cause.REQUEST: (
        "op verzoek van de betrokkene (AVG, artikel 17)",
        "asked by the subject (GDPR, article 17)",
    ),
    Cause.RETENTION: ("de bewaartermijn was voorbij", "its time was over"),
    Cause.DECISION: ("besluit van de organisatie", "decision of the organisation"),
}
_KINDS = {Erased.PHOTO: ("foto", "photo"), Erased.PERSON: ("persoon", "person")}
_COUNTS = {
    "photos": ("Foto's gewist", "Photos erased"),
    "photos_blurred": (
        "Groepsfoto's waarin het gezicht onherkenbaar is",
        "Group photos with the face blurred",
    ),
    "templates": ("Gezichtssjablonen gewist", "Face templates erased"),
    "requests": ("Verzoeken gewist", "Requests erased"),
    "documents": ("Getekende formulieren gewist", "Signed forms erased"),
    "files": ("Versleutelde bestanden gewist", "Encrypted files erased"),
}


def drill_certificate(
    safe: Safe, sealing: Sealing, run_id: str, *, language: Language, by: Actor, now: datetime
) -> bytes:
    """The certificate of a restore drill.

    Raises:
        Mistake: when the run is of another duty.
    """
    with safe.store.look(by=by, to=Permission.HEALTH_VIEW, now=now, on=run_id) as view:
        run = view.duties.get(run_id)
    if run.duty not in (Duty.DRILL_SAMPLE, Duty.DRILL_FULL):
        raise Mistake("drill:other_duty", "That was no restore drill.", "Choose a drill from the list.")
    dutch = language is Language.DUTCH
    return sealing.certify(
        "Proef met terugzetten" if dutch else "Restore drill",
        _drill_words(run, dutch=dutch),
        _drill_rows(run, language),
        [],
        language=language,
        made_at=run.finished_at,
    )


def _drill_words(run: Run, *, dutch: bool) -> str:
    if run.passed:
        return (
            "Een back-up is op een aparte plek teruggezet en gecontroleerd. Alles klopte."
            if dutch
            else "A backup was put back in a place of its own and checked. Everything was right."
        )
    return (
        "Een back-up is op een aparte plek teruggezet en gecontroleerd. Niet alles klopte: zie hieronder."
        if dutch
        else "A backup was put back in a place of its own and checked. Not everything was right: see below."
    )


def _drill_rows(run: Run, language: Language) -> Rows:
    dutch = language is Language.DUTCH
    pick = 0 if dutch else 1
    passed = ("geslaagd", "passed") if run.passed else ("niet geslaagd", "failed")
    rows: Rows = [
        ("Proef" if dutch else "Drill", word(run.duty, language)),
        ("Uitslag" if dutch else "Result", passed[pick]),
        ("Doel" if dutch else "Target", run.target),
        ("Begonnen" if dutch else "Begun", run.started_at.isoformat(timespec="seconds")),
        ("Klaar" if dutch else "Finished", run.finished_at.isoformat(timespec="seconds")),
    ]
    for key, value in run.findings.items():
        label = _FINDINGS.get(key, (key, key))[pick]
        told = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        rows.append((label, told or ("niets" if dutch else "nothing")))
    return rows


def erasure_certificate(
    safe: Safe, sealing: Sealing, erasure_id: ErasureId, *, language: Language, by: Actor, now: datetime
) -> bytes:
    """The certificate of an erasure, with the time that what was erased may still lie in backups."""
    found = erasure_of(safe, erasure_id, by=by, now=now)
    erasure = found.erasure
    with safe.store.begin(by=by, to=Permission.ERASURE_VIEW, now=now, on=erasure_id) as tx:
        tx.record(Event("erasure:certificate", erasure_id))
    dutch = language is Language.DUTCH
    return sealing.certify(
        "Bewijs van wissing" if dutch else "Certificate of erasure",
        "De sleutels zijn vernietigd en de bestanden verwijderd; niemand kan ze nog lezen."
        if dutch
        else "The keys were destroyed and the files removed; nobody can read them any more.",
        _erasure_rows(erasure, language),
        _erasure_notes(erasure, found.residual, language),
        language=language,
        made_at=erasure.at,
    )


def _erasure_rows(erasure: Erasure, language: Language) -> Rows:
    dutch = language is Language.DUTCH
    pick = 0 if dutch else 1
    rows: Rows = [
        ("Nummer" if dutch else "Number", erasure.id),
        ("Gewist" if dutch else "Erased", f"{_KINDS[erasure.kind][pick]} {erasure.thing}"),
        ("Waarom" if dutch else "Why", _CAUSES[erasure.cause][pick]),
        ("Wanneer" if dutch else "When", erasure.at.isoformat(timespec="seconds")),
        ("Door" if dutch else "By", erasure.by),
    ]
    return rows + [(_COUNTS[key][pick], str(value)) for key, value in erasure.counts.items()]


def _erasure_notes(erasure: Erasure, residual: date | None, language: Language) -> list[str]:
    dutch = language is Language.DUTCH
    if residual is None:
        notes = ["Er zijn geen back-ups." if dutch else "There are no backups."]
    else:
        until = day_in_words(residual, language)
        notes = [
            f"In versleutelde back-ups kan het nog liggen tot en met {until}. Wordt een back-up teruggezet,"
            " dan wist de kluis dit opnieuw voordat er iets te zien is."
            if dutch
            else f"It may lie in encrypted backups until {until}. When a backup is put back, the safe erases"
            " this again before anything is shown."
        ]
    if erasure.proof_until is not None:
        until = day_in_words(erasure.proof_until, language)
        notes.append(
            f"Wat bewijst wat mocht blijft, zonder naam, tot {until} (AVG, artikel 17, lid 3, onder e)."
            if dutch
            else f"What proves the permission stays, under no name, until {until} (GDPR, article 17(3)(e))."
        )
    return notes
