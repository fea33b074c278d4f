"""The page that opens a copy of somebody's data: all that is known of them, to read without a program."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, tzinfo
from html import escape

from appliance.domain.consent import Signer
from appliance.domain.people import Standing
from appliance.domain.photos import PhotoId
from appliance.domain.portability import Known, KnownPhoto
from appliance.domain.rights_letters import AUTHORITY
from appliance.domain.wording import Language, day_in_words, word

_STYLE = (
    "body{font:16px/1.55 system-ui,sans-serif;color:#141a2e;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "h1{font-size:2rem;line-height:1.2}h2{font-size:1.25rem;margin-top:2.5rem}"
    "table{border-collapse:collapse;width:100%}th,td{padding:.4rem .8rem .4rem 0;text-align:left;"
    "vertical-align:top;border-bottom:1px solid #c6ccda}.soft{color:#4d566e}"
    "ul.photos{list-style:none;padding:0;display:grid;gap:1rem;"
    "grid-template-columns:repeat(auto-fill,minmax(14rem,1fr))}"
    "ul.photos img{width:100%;height:auto}.scroll{overflow-x:auto}"
)
_STANDINGS = {
    Standing.NONE: ("geen", "none"),
    Standing.PHOTOGRAPH_NOT_PUBLISH: (
        "wel fotograferen, niet publiceren",
        "may be photographed, not published",
    ),
    Standing.NEVER_PHOTOGRAPH: ("nooit fotograferen", "never photograph"),
}
_SIGNERS = {
    Signer.SUBJECT: ("uzelf", "yourself"),
    Signer.GUARDIAN: ("ouder of voogd", "parent or guardian"),
    Signer.STAFF: ("vastgelegd door een medewerker", "recorded by staff"),
}
_NONE = "-"
_RIGHTS = (
    (
        "De foto's kwamen van een fotograaf of medewerker. Uw naam kwam van u of van een medewerker.",
        "U mag vragen om uw gegevens te verbeteren, te wissen of minder te gebruiken, en bezwaar maken.",
        "Wat u heeft toegestaan, mag u altijd intrekken.",
        "Geen programma besluit iets over u. Een naam bij een gezicht is altijd door een mens bevestigd.",
        f"Bent u het niet met ons eens? Dan kunt u klagen bij de {AUTHORITY}.",
        "In data.json staat hetzelfde voor andere programma's, en elke keer dat er naar een foto is gekeken.",
    ),
    (
        "The photos came from a photographer or from staff. Your name came from you or from staff.",
        "You may ask us to rectify or erase your data or to use them less, and you may object.",
        "What you permitted you may withdraw at any time.",
        "No program decides anything about you. A name with a face was always confirmed by a person.",
        f"Do you disagree with us? You may complain to the {AUTHORITY}.",
        "data.json has the same for other programs, and each time a photo was looked at.",
    ),
)


class _Page:
    """Writes in one language."""

    def __init__(self, language: Language, zone: tzinfo) -> None:
        self.language = language
        self._pick = 0 if language is Language.DUTCH else 1
        self._zone = zone

    def say(self, both: tuple[str, str]) -> str:
        return both[self._pick]

    def day(self, day: date | datetime | None) -> str:
        if isinstance(day, datetime):
            day = (day.astimezone(self._zone) if day.tzinfo else day).date()
        return day_in_words(day, self.language) if day else _NONE

    def heading(self, dutch: str, english: str) -> str:
        return f"<h2>{escape(self.say((dutch, english)))}</h2>"

    def table(self, heads: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]]) -> str:
        lines = ["".join(f"<td>{escape(cell or _NONE)}</td>" for cell in row) for row in rows]
        if not lines:
            return f'<p class="soft">{self.say(("Niets.", "Nothing."))}</p>'
        head = "".join(f'<th scope="col">{escape(self.say(one))}</th>' for one in heads)
        body = "".join(f"<tr>{line}</tr>\n" for line in lines)
        return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def own_data_page(
    known: Known,
    pictures: Collection[PhotoId],
    *,
    organisation: str,
    language: Language,
    day: date,
    zone: tzinfo,
) -> str:
    """HTML without scripts. pictures: the photos that lie beside it, under `photos/`."""
    page = _Page(language, zone)
    title = page.say(("Uw gegevens", "Your data"))
    parts = [
        f"<h1>{title}</h1>",
        f'<p class="soft">{escape(organisation)}, {page.day(day)}</p>',
        *_person(page, known),
        *_permissions(page, known),
        *_photos(page, known, pictures),
        *_copies(page, known),
        page.heading("Wat u heeft gevraagd", "What you asked"),
        page.table(
            (("Op", "On"), ("Wat", "What"), ("Hoe het staat", "How it stands")),
            [
                (page.day(one.received_on), word(one.right, language), word(one.state, language))
                for one in known.requests
            ],
        ),
        page.heading("Uw rechten", "Your rights"),
        *(f"<p>{escape(text)}</p>" for text in (_RIGHTS[0] if language is Language.DUTCH else _RIGHTS[1])),
    ]
    return (
        f'<!doctype html>\n<html lang="{language.value}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body></html>\n"
    )


def _person(page: _Page, known: Known) -> list[str]:
    person = known.person
    rows = (
        (page.say(("Naam", "Name")), person.name),
        (page.say(("Afdeling", "Department")), person.department),
        (page.say(("E-mailadres", "E-mail address")), person.email),
        (page.say(("Geboortedatum", "Birth date")), page.day(person.birth_date)),
        (page.say(("Vaste wens", "Standing wish")), page.say(_STANDINGS[person.standing])),
        (page.say(("Gezichtssjablonen", "Face templates")), str(known.templates)),
    )
    return [
        page.heading("Wat wij van u weten", "What we know of you"),
        page.table((("Wat", "What"), ("Gegeven", "Value")), rows),
    ]


def _permissions(page: _Page, known: Known) -> list[str]:
    rows = [
        (
            page.day(version.recorded_on),
            word(term.purpose, page.language),
            word(term.answer, page.language),
            page.day(term.valid_from),
            page.day(term.valid_until),
            f"{word(version.basis, page.language)}, {page.say(_SIGNERS[version.signer])}",
        )
        for version in known.quitclaims
        for term in version.terms
    ]
    heads = (
        ("Vastgelegd", "Recorded"),
        ("Doel", "Purpose"),
        ("Antwoord", "Answer"),
        ("Vanaf", "From"),
        ("Tot en met", "Until"),
        ("Grondslag en wie", "Basis and who"),
    )
    return [page.heading("Wat u heeft toegestaan", "What you permitted"), page.table(heads, rows)]


def _photos(page: _Page, known: Known, pictures: Collection[PhotoId]) -> list[str]:
    looks = Counter(one.photo_id for one in known.looks)
    last = {one.photo_id: one.at for one in sorted(known.looks, key=lambda one: one.at)}
    items = [_photo(page, one, one.id in pictures, looks[one.id], last.get(one.id)) for one in known.photos]
    intro = page.say(
        (
            f"U staat op {len(known.photos)} foto's. Anderen zijn onherkenbaar gemaakt.",
            f"You are in {len(known.photos)} photos. Others were made unrecognisable.",
        )
    )
    return [
        page.heading("Foto's waarop u staat", "Photos of you"),
        f"<p>{intro}</p>",
        f'<ul class="photos">{"".join(items)}</ul>' if items else "",
    ]


def _photo(page: _Page, photo: KnownPhoto, shown: bool, looks: int, last: datetime | None) -> str:
    until = (
        page.say(("zolang een toestemming loopt", "as long as a permission runs"))
        if photo.kept_until == date.max
        else page.say(("tot ", "until ")) + page.day(photo.kept_until)
    )
    lines = [
        photo.name,
        page.say(("Gemaakt: ", "Taken: ")) + page.day(photo.taken_at),
        page.say(("Bewaard: ", "Kept: ")) + until,
        page.say((f"Aantal handelingen in het logboek: {looks}", f"Entries in the log: {looks}"))
        + (page.say((", laatst op ", ", last on ")) + page.day(last) if last else ""),
    ]
    picture = (
        f'<img src="photos/{photo.id}.jpg" alt="" loading="lazy">'
        if shown
        else f'<p class="soft">{page.say(("Geen voorbeeld beschikbaar.", "No picture available."))}</p>'
    )
    told = "<br>".join(escape(line) for line in lines)
    return f"<li>{picture}<p>{told}</p></li>"


def _copies(page: _Page, known: Known) -> list[str]:
    names = {one.id: one.name for one in known.photos}
    rows = [
        (page.day(one.at), names[one.photo_id], word(one.purpose, page.language), one.to)
        for one in known.left
    ]
    heads = (("Op", "On"), ("Foto", "Photo"), ("Doel", "Purpose"), ("Ontvanger", "Recipient"))
    return [page.heading("Wie een kopie kreeg", "Who received a copy"), page.table(heads, rows)]
