"""The letter that answers a request of a subject, in plain Dutch or English, by how the request stands."""

from dataclasses import dataclass

from appliance.domain.rights import ARTICLE, Right, RightsRequest, RightsState
from appliance.domain.wording import Language, day_in_words, word

AUTHORITY = "Autoriteit Persoonsgegevens (autoriteitpersoonsgegevens.nl)"

_Both = tuple[str, str]  # Dutch, English

_TITLES: dict[RightsState, _Both] = {
    RightsState.OPEN: ("Wij hebben uw verzoek ontvangen", "We received your request"),
    RightsState.EXTENDED: ("Ons antwoord duurt langer", "Our answer takes longer"),
    RightsState.DONE: ("Antwoord op uw verzoek", "Answer to your request"),
    RightsState.REFUSED: ("Antwoord op uw verzoek", "Answer to your request"),
}
_BEGIN: _Both = (
    "Op {received} kregen wij uw verzoek: {right} (AVG, artikel {article}).",
    "On {received} we received your request: {right} (GDPR, article {article}).",
)
_SAID: dict[RightsState, _Both] = {
    RightsState.OPEN: ("U krijgt uiterlijk op {due} antwoord.", "You get an answer by {due} at the latest."),
    RightsState.EXTENDED: (
        "Wij hebben meer tijd nodig: {extension}\nU krijgt antwoord uiterlijk op {due} (AVG, art. 12 lid 3).",
        "We need more time: {extension}\nYou get an answer by {due} at the latest (GDPR, article 12(3)).",
    ),
    RightsState.DONE: ("Dit hebben wij gedaan: {note}", "This is what we did: {note}"),
    RightsState.REFUSED: (
        "Wij doen niet wat u vroeg. De reden is: {note}",
        "We do not do what you asked. The reason is: {note}",
    ),
}
_MEANS: dict[Right, _Both] = {
    Right.ACCESS: (
        "Alles wat wij van u weten staat in het ZIP-bestand. Open index.html. Anderen zijn onherkenbaar.",
        "All that we know of you is in the ZIP file. Open index.html. Others were made unrecognisable.",
    ),
    Right.PORTABILITY: (
        "Uw gegevens staan in het ZIP-bestand. Andere programma's kunnen data.json lezen.",
        "Your data are in the ZIP file. Other programs can read data.json.",
    ),
    Right.RESTRICTION: (
        "Wij bewaren uw foto's en doen er verder niets mee. Als dat ophoudt, hoort u dat eerst van ons.",
        "We keep your photos and do nothing else with them. Before that ends, we tell you.",
    ),
    Right.OBJECTION: (
        "Wij gebruiken uw foto's niet meer op grond van een belang of taak van ons.",
        "We no longer use your photos on the ground of an interest or a task of ours.",
    ),
}
_LIFTED: _Both = (
    "Op {lifted} is de beperking of het bezwaar opgeheven. De reden is: {why}",
    "On {lifted} the restriction or objection was lifted. The reason is: {why}",
)
_COMPLAINT: _Both = (
    f"Bent u het niet met ons eens? Dan kunt u klagen bij de {AUTHORITY}, of naar de rechter gaan.",
    f"Do you disagree? You may complain to the {AUTHORITY}, or go to court.",
)
_DEAR: _Both = ("Beste {name},", "Dear {name},")
_CLOSE: _Both = ("Met vriendelijke groet,", "Kind regards,")


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter: its title, the paragraphs from greeting to signature, and its language."""

    title: str
    paragraphs: tuple[str, ...]
    language: Language

    @property
    def text(self) -> str:
        """The same, to paste in an e-mail."""
        return "\n\n".join(self.paragraphs)


def letter(request: RightsRequest, name: str, organisation: str, language: Language) -> Letter:
    """The letter that goes with how a request stands now."""
    pick = 0 if language is Language.DUTCH else 1
    told = {
        "name": name,
        "received": day_in_words(request.received_on, language),
        "right": word(request.right, language),
        "article": ARTICLE[request.right],
        "due": day_in_words(request.due_on, language),
        "extension": request.extension,
        "note": request.note,
        "lifted": day_in_words(request.lifted_at.date(), language) if request.lifted_at else "",
        "why": request.lifted_why,
    }
    parts = [_DEAR, _BEGIN]
    if request.lifted_at is not None:
        parts.append(_LIFTED)
    else:
        parts.append(_SAID[request.state])
        if request.state is RightsState.DONE and request.right in _MEANS:
            parts.append(_MEANS[request.right])
    parts += [] if request.state is RightsState.OPEN else [_COMPLAINT]
    said = [part[pick].format_map(told) for part in parts]  # a note with braces stays as it was written
    return Letter(_TITLES[request.state][pick], (*said, f"{_CLOSE[pick]}\n{organisation}"), language)
