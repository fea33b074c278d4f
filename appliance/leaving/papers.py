"""What a person reads in the folder: README.txt, index.html and the sheets."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape

README, INDEX = "README.txt", "index.html"
_BATCH = 500

_ABOUT = """{organisation}: ALLES UIT DE PORTRETKLUIS / EVERYTHING FROM THE PORTRAIT SAFE
Gemaakt / made: {made_at}

Nederlands
----------
index.html        begin hier: een overzicht, voor elke browser
photos/           de originelen, byte voor byte, per dag; naast elke foto NAAM.xmp met wat de kluis ervan
                  weet (titel, bijschrift, trefwoorden, maker, wie erop staat en waar), en NAAM.camera.xmp
                  als er al zo'n bestand bij de foto zat
previews/         een kleinere kopie van elke foto; thumbnails/ een heel kleine
documents/        de getekende quitclaims (PDF, verzegeld); scans/ bladzijden die nog niet zijn verwerkt
receipts/         het bewijs bij elke kopie die de kluis verliet (JSON, verzegeld)
sheets/           tabellen (CSV, UTF-8): photos, people, quitclaims, verdicts, releases, audit
tables/           elke tabel van de kluis, een regel JSON per rij: hieruit leest `kluis import-all`
audit/head.txt    de getekende kop van het auditlog; certificate.pem het certificaat van het zegel
SHA256SUMS        de hash van elk bestand; SHA256SUMS.sig is het zegel daarop (ECDSA P-256, SHA-256)

Controleren, zonder Portretkluis:
    sha256sum -c SHA256SUMS
    openssl x509 -in certificate.pem -pubkey -noout > key.pem
    openssl dgst -sha256 -verify key.pem -signature SHA256SUMS.sig SHA256SUMS

Weer in een kluis zetten, op een nieuwe, lege kluis:   kluis import-all DEZE_MAP

Dit gaat niet mee:
{stays_nl}
Let op: deze map is niet versleuteld. Er staan namen, gezichten en handtekeningen in. Bewaar hem als zodanig.

English
-------
index.html        start here: an overview, for any browser
photos/           the originals, byte for byte, by day; beside each photo NAME.xmp with what the safe knows
                  of it (title, caption, keywords, maker, who is shown and where), and NAME.camera.xmp
                  where such a file came with the photo
previews/         a smaller copy of each photo; thumbnails/ a very small one
documents/        the signed quitclaims (PDF, sealed); scans/ pages that were not processed yet
receipts/         the proof of each copy that left the safe (JSON, sealed)
sheets/           tables (CSV, UTF-8): photos, people, quitclaims, verdicts, releases, audit
tables/           every table of the safe, a line of JSON for each row: what `kluis import-all` reads
audit/head.txt    the signed head of the audit log; certificate.pem is the certificate of the seal
SHA256SUMS        the hash of every file; SHA256SUMS.sig is the seal on it (ECDSA P-256, SHA-256)

To check, without Portretkluis: the three commands above.
To put it into a safe again, a new and empty one:   kluis import-all THIS_FOLDER

This does not travel:
{stays_en}
Mind: this folder is not encrypted. It holds names, faces and signatures. Keep it accordingly.
"""
STAYS = (
    (
        "sleutels, wachtwoorden, tweede stappen, tokens en sessies: iedereen krijgt een nieuw wachtwoord",
        "keys, passwords, second steps, tokens and sessions: everybody is given a new password",
    ),
    (
        "gezichtssjablonen: wie ja zei tegen herkenning wordt opnieuw gemeten, uit foto's; een selfie niet",
        "face templates: whoever agreed to recognition is measured again, from the photos; not from a selfie",
    ),
    (
        "het aanzetten van herkenning: dat besluiten twee mensen opnieuw",
        "recognition being on: two people decide that again",
    ),
    (
        "wachtwoorden van mappen, mailserver, back-ups en webhooks: die stel je opnieuw in",
        "passwords of shares, the mail server, backups and webhooks: these are set up again",
    ),
    (
        "deellinks: ze zijn te lezen, en in een nieuwe kluis ingetrokken",
        "share links: they can be read, and are revoked in a new safe",
    ),
    (
        "de tekst van verstuurde e-mail, want daar staan persoonlijke links in; de lijst van e-mails wel",
        "the text of mails that were sent, for personal links stand in it; the list of mails does",
    ),
    (
        "de sleutel van het zegel: wat getekend is blijft geldig onder certificate.pem; het nieuwe is anders",
        "the key of the seal: documents stay valid under certificate.pem, new ones get a new seal",
    ),
    (
        "bestanden die nog onderweg waren naar de kluis",
        "files that were still on their way into the safe",
    ),
)


def readme(organisation: str, made_at: str, damaged: Sequence[str]) -> bytes:
    """The layout, how to check it, and what stays behind. damaged: paths that could not be read."""
    text = _ABOUT.format(
        organisation=organisation.upper(),
        made_at=made_at,
        stays_nl="".join(f"- {dutch}\n" for dutch, _ in STAYS),
        stays_en="".join(f"- {english}\n" for _, english in STAYS),
    )
    if damaged:
        text += "\nBeschadigd in de kluis, en daarom niet hier / damaged in the safe, and so not here:\n"
        text += "".join(f"- {path}\n" for path in damaged)
    return text.encode()


_PAGE = """<!doctype html>
<html lang="nl"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{organisation}: Portretkluis</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }}
td, th {{ text-align: left; padding: .2rem 1rem .2rem 0; vertical-align: top; }}
</style>
<h1>{organisation}</h1>
<p>Alles uit de Portretkluis, gemaakt op {made_at}. Everything from the portrait safe, made {made_at}.
<a href="README.txt">README.txt</a></p>
<p lang="nl"><strong>Deze map is niet versleuteld.</strong></p>
<table>{counts}</table>
<h2>Sheets</h2><ul>{sheets}</ul>
<h2>Photos</h2>
{days}
"""


def index(
    organisation: str,
    made_at: str,
    counts: Mapping[str, int],
    sheets: Sequence[str],
    days: Sequence[tuple[str, int]],
) -> bytes:
    """The overview. days: each day with its number of photos, linked to its own page."""
    listed = "".join(
        f'<li><a href="pages/{escape(day)}.html">{escape(day)}</a> ({number})</li>' for day, number in days
    )
    return _PAGE.format(
        organisation=escape(organisation),
        made_at=escape(made_at),
        counts="".join(f"<tr><th>{escape(name)}<td>{number}" for name, number in counts.items()),
        sheets="".join(f'<li><a href="{escape(one)}">{escape(one)}</a></li>' for one in sheets),
        days=f"<ul>{listed}</ul>",
    ).encode()


_DAY = """<!doctype html>
<html lang="nl"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{day}</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 2rem; }}
ul {{ list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .75rem; }}
img {{ height: 8rem; display: block; }} li {{ max-width: 14rem; overflow-wrap: anywhere; }}
</style>
<p><a href="../index.html">&larr; index.html</a></p>
<h1>{day}</h1>
<ul>{items}</ul>
"""


def day_page(day: str, photos: Iterable[tuple[str, str]]) -> bytes:
    """The photos of one day. photos: the path of each, and of its thumbnail, which may be empty."""
    items = "".join(
        f'<li><a href="../{escape(path)}">'
        + (f'<img src="../{escape(small)}" alt="" loading="lazy">' if small else "")
        + f"{escape(path.rpartition('/')[2])}</a></li>"
        for path, small in photos
    )
    return _DAY.format(day=escape(day), items=items).encode()


def sheet(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """A CSV file (RFC 4180, UTF-8 with its mark, as spreadsheets want it), in parts."""
    yield "\ufeff".encode() + _csv([headings])
    batch: list[Sequence[object]] = []
    for row in rows:
        batch.append([cell if isinstance(cell, int | float) else _harmless(cell) for cell in row])
        if len(batch) == _BATCH:
            yield _csv(batch)
            batch = []
    yield _csv(batch)


def lines(rows: Iterable[Mapping[str, object]]) -> Iterator[bytes]:
    """JSON, a line for each row."""
    for row in rows:
        yield json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _csv(rows: Sequence[Sequence[object]]) -> bytes:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue().encode()


def _harmless(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula; a number is none."""
    value = "" if cell is None else str(cell)
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
