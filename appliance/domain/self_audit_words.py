"""The words of the self-audit, in plain Dutch and English: what was found, and what to do."""

from collections.abc import Callable, Mapping

from appliance.domain.access import Role
from appliance.domain.duties import Duty
from appliance.domain.self_audit import Finding, Problem, TokenKind
from appliance.domain.wording import Language, word

Both = tuple[str, str]  # Dutch, English
Name = Callable[[str], str]

_ROLES: Mapping[Role, Both] = {
    Role.VIEWER: ("kijker", "viewer"),
    Role.EDITOR: ("redacteur", "editor"),
    Role.ADMINISTRATOR: ("beheerder", "administrator"),
    Role.PRIVACY_OFFICER: ("privacyfunctionaris", "privacy officer"),
}
_KINDS: Mapping[TokenKind, Both] = {
    TokenKind.SESSION: ("Een sessie", "A session"),
    TokenKind.SHARE_LINK: ("Een deellink", "A share link"),
    TokenKind.PROGRAM: ("Een token van een programma", "A token of a program"),
}

# What was found, then what to do about it.
_SENTENCES: Mapping[Problem, tuple[Both, Both]] = {
    Problem.NONE: (("Niets gevonden.", "Nothing found."), ("", "")),
    Problem.NOT_LOOKED: (
        ("Dit apparaat laat dit niet zien.", "This machine does not tell."),
        ("Draai de controle op het kastje zelf.", "Run the audit on the box itself."),
    ),
    Problem.SECOND_STEP_MISSING: (
        ("{thing} logt in met alleen een wachtwoord.", "{thing} signs in with a password alone."),
        ("Laat een app of passkey instellen.", "Have an app or passkey set up."),
    ),
    Problem.SECOND_STEP_ADVISED: (
        (
            "Accounts die met alleen een wachtwoord inloggen, en dat mogen: {count}.",
            "Accounts that sign in with a password alone, and may: {count}.",
        ),
        (
            "Vraag de tweede stap ook van die rollen, op de pagina Gebruikers.",
            "Ask the second step of those roles too, on the page of users.",
        ),
    ),
    Problem.ACCOUNT_STALE: (
        ("{thing} heeft {days} dagen niet ingelogd.", "{thing} has not signed in for {days} days."),
        ("Zet het account uit als het niet nodig is.", "Switch the account off when it is not needed."),
    ),
    Problem.ACCOUNT_NEVER_USED: (
        (
            "{thing} heeft nog nooit ingelogd, {days} dagen lang.",
            "{thing} has never signed in, in {days} days.",
        ),
        ("Zet het account uit.", "Switch the account off."),
    ),
    Problem.TOKENS_EXPIRED: (
        (
            "Verlopen sessies die nog worden bewaard: {count}. Ze openen niets meer.",
            "Sessions that ended and are still kept: {count}. They open nothing any more.",
        ),
        ("Kijk of de werker loopt: die ruimt ze op.", "See whether the worker runs: it clears them away."),
    ),
    Problem.TOKEN_NEVER_USED: (
        (
            "{kind} ({thing}) werkt al {days} dagen en is nooit gebruikt.",
            "{kind} ({thing}) has worked for {days} days and was never used.",
        ),
        ("Trek in wat niet nodig is.", "End what is not needed."),
    ),
    Problem.RIGHTS_UNUSED: (
        (
            "{thing} is {role}, maar deed 90 dagen niets waarvoor {least} niet genoeg is.",
            "{thing} is {role}, but in 90 days did nothing that {least} would not do for.",
        ),
        ("Geef de kleinere rol.", "Give the smaller role."),
    ),
    Problem.COPIES_NOT_PERMITTED: (
        (
            "Kopieën buiten die vandaag niet meer gebruikt mogen worden: {count}.",
            "Copies outside that may no longer be used today: {count}.",
        ),
        (
            "Ga na bij de ontvangers of ze weg zijn, op de pagina Teruggeroepen.",
            "Find out from the recipients whether they are gone, on the page of recalls.",
        ),
    ),
    Problem.COPIES_UNCLEAR: (
        (
            "Kopieën buiten waarvan vandaag niet zeker is of ze gebruikt mogen worden: {count}.",
            "Copies outside of which it is not certain today whether they may be used: {count}.",
        ),
        ("Kijk naar de redenen bij die foto's.", "Look at the reasons with those photos."),
    ),
    Problem.SAMPLE_WAITS: (
        (
            "Foto's van de vorige steekproef die nog niemand bekeek: {count}.",
            "Photos of the last sample that nobody has looked at: {count}.",
        ),
        ("Bekijk ze op de pagina Zelfcontrole.", "Look at them on the page of the self-audit."),
    ),
    Problem.SAMPLE_WRONG: (
        (
            "Foto {thing} uit de steekproef klopte niet.",
            "Photo {thing} of the sample was not right.",
        ),
        (
            "Verbeter de foto en zeg dan op deze pagina dat hij klopt.",
            "Put the photo right, and then say on this page that it is.",
        ),
    ),
    Problem.CERTIFICATE_ENDED: (
        ("Het certificaat van het kastje is verlopen.", "The certificate of the box has ended."),
        ("Maak een nieuw: kluis certificate new.", "Make a new one: kluis certificate new."),
    ),
    Problem.CERTIFICATE_ENDS: (
        ("Het certificaat verloopt over {days} dagen.", "The certificate ends in {days} days."),
        ("Maak een nieuw: kluis certificate new.", "Make a new one: kluis certificate new."),
    ),
    Problem.CERTIFICATE_WEAK: (
        (
            "De sleutel of handtekening van het certificaat is te zwak.",
            "The key or signature of the certificate is too weak.",
        ),
        (
            "Vraag een certificaat met een P-256-sleutel en SHA-256.",
            "Get a certificate with a P-256 key and SHA-256.",
        ),
    ),
    Problem.CERTIFICATE_OTHER_NAME: (
        ("Het certificaat noemt {thing} niet.", "The certificate does not name {thing}."),
        (
            "Haal de naam uit de instellingen, of maak een nieuw certificaat.",
            "Take the name out of the settings, or make a new certificate.",
        ),
    ),
    Problem.DOOR_PLAIN: (
        ("Links voor betrokkenen gaan zonder TLS.", "Links for subjects go without TLS."),
        ("Zet https:// in door_address.", "Put https:// in door_address."),
    ),
    Problem.FILES_OPEN: (
        (
            "Bestanden en mappen van de kluis die anderen kunnen lezen: {count}, zoals {first}.",
            "Files and folders of the safe that others can read: {count}, such as {first}.",
        ),
        ("chmod -R go= op de datamap.", "chmod -R go= on the data directory."),
    ),
    Problem.UNIT_EXPOSED: (
        (
            "{thing} is weinig afgeschermd: {exposure} van 10.",
            "{thing} is little sandboxed: {exposure} of 10.",
        ),
        (
            "Zet de units van het pakket terug: er is iets aan veranderd.",
            "Put the units of the package back: something was changed.",
        ),
    ),
    Problem.UPDATES_WAIT: (
        ("Wachtende beveiligingsupdates: {count}.", "Security updates that wait: {count}."),
        ("Werk het systeem bij en start het opnieuw.", "Update the system, and restart it."),
    ),
    Problem.UPDATES_NOT_ASKED: (
        ("Al {days} dagen is niet naar updates gevraagd.", "Nobody asked for updates for {days} days."),
        ("Kijk waarom de automatische updates stilstaan.", "See why automatic updates stand still."),
    ),
    Problem.NO_BACKUPS: (
        ("Er worden geen back-ups gemaakt.", "No backups are made."),
        ("Voeg een doel toe: kluis backup add.", "Add a target: kluis backup add."),
    ),
    Problem.DUTY_FAILED: (
        ("Mislukt: {duty}{target}.", "Failed: {duty}{target}."),
        ("Kijk op de pagina Bewaren wat er mis is.", "See on the page of keeping what is wrong."),
    ),
    Problem.DUTY_OVERDUE: (
        ("Te laat: {duty}{target}.", "Overdue: {duty}{target}."),
        ("Kijk of de timer loopt.", "See whether its timer runs."),
    ),
    Problem.DUTY_NEVER: (
        ("Nog nooit gedaan: {duty}{target}.", "Never done: {duty}{target}."),
        ("Doe het een keer, en zet de timer aan.", "Do it once, and switch its timer on."),
    ),
    Problem.REQUESTS_OVERDUE: (
        (
            "Verzoeken van betrokkenen die te laat zijn (AVG, artikel 12): {count}.",
            "Requests of subjects that are overdue (GDPR, article 12): {count}.",
        ),
        ("Beantwoord ze vandaag.", "Answer them today."),
    ),
    Problem.LOG_BROKEN: (
        ("Het auditlog klopt niet vanaf regel {number}.", "The audit log is broken at entry {number}."),
        (
            "Waarschuw de privacyfunctionaris, en vergelijk met een back-up.",
            "Tell the privacy officer, and compare with a backup.",
        ),
    ),
    Problem.HEAD_TO_NOBODY: (
        (
            "De kop van het auditlog gaat naar niemand buiten het kastje.",
            "The head of the audit log goes to nobody outside the box.",
        ),
        (
            "Vul audit_addresses in, en stel e-mail in.",
            "Fill in audit_addresses, and set e-mail up.",
        ),
    ),
    Problem.HEAD_NOT_SENT: (
        (
            "De kop van het auditlog is al twee dagen niet verstuurd.",
            "The head of the audit log was not sent for two days.",
        ),
        ("Kijk of de werker loopt.", "See whether the worker runs."),
    ),
}


def said(finding: Finding, language: Language, name: Name = str) -> tuple[str, str]:
    """What was found, and what to do, each as a sentence. name: of a user, where the reader may know it."""
    pick = 0 if language is Language.DUTCH else 1
    values: dict[str, object] = {**finding.values, "thing": name(finding.thing)}
    if "role" in finding.values:
        values |= {key: _ROLES[Role(str(finding.values[key]))][pick] for key in ("role", "least")}
    if "kind" in finding.values:
        values["kind"] = _KINDS[TokenKind(str(finding.values["kind"]))][pick]
    if "duty" in finding.values:
        values["duty"] = word(Duty(str(finding.values["duty"])), language)
        values["target"] = f" ({finding.values['target']})" if finding.values["target"] else ""
    found, cure = _SENTENCES[finding.problem]
    return found[pick].format_map(values), cure[pick]
