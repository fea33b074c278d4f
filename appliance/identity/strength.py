"""How hard a password is to guess, by zxcvbn (Wheeler, USENIX Security 2016), which knows leaked ones."""

from collections.abc import Iterable

from zxcvbn import zxcvbn

STRONG_ENOUGH = 3  # of 4: more than 10^8 guesses; the next try waits, and Argon2id makes each one dear
_MOST = 72  # what zxcvbn looks at; more makes no password weaker

# Its lists are English; these are what a Dutch office falls back on.
_OFFICE = (
    "welkom wachtwoord geheim inloggen computer laptop beheer beheerder kantoor gemeente provincie",
    "ziekenhuis school stichting vereniging foto fotos portret portretten portretkluis kluis kluisje",
    "communicatie redactie website intranet lente zomer herfst winter voorjaar najaar januari",
    "februari maart april juni juli augustus september oktober november december maandag dinsdag",
    "woensdag donderdag vrijdag zaterdag zondag vandaag morgen nederland holland amsterdam rotterdam",
    "utrecht eindhoven groningen tilburg breda nijmegen haarlem arnhem feyenoord ajax koning oranje",
    "fiets kaas tulp hallo lekker mooi liefde schatje knuffel vakantie",
)


def strength(password: str, known: Iterable[str] = ()) -> int:
    """From 0, guessed at once, to 4. known: what a guesser tries first, such as the user's name."""
    words = [part for text in known for part in (text, *text.split()) if part]
    return (
        int(zxcvbn(password[:_MOST], user_inputs=[*words, *" ".join(_OFFICE).split()])["score"])
        if password
        else 0
    )
