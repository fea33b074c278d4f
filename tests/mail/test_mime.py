"""The letter on the wire: headers that cannot be forged, and HTML that says what the text says."""

import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from appliance.domain.errors import Mistake
from appliance.domain.wording import Language
from appliance.mail.messages import Message, MessageKind, one_line
from appliance.mail.mime import as_html, assemble, our_message_id, wire_address

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
MESSAGE = Message(MessageKind.TEST, "anna@example.nl", Language.DUTCH, "Onderwerp", "Tekst.\n")
HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
    "Content-Language",
]


def wired(message: Message = MESSAGE, name: str = "Kluis") -> EmailMessage:
    """As it arrives."""
    letter = assemble(message, sender="kluis@example.nl", sender_name=name, message_id="abcdefgh", at=AT)
    data = letter.as_bytes()
    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert not re.search(rb"(?<!\r)\n", data)
    arrived = message_from_bytes(data, policy=policy.default)
    assert isinstance(arrived, EmailMessage)
    return arrived


def part(letter: EmailMessage, kind: str) -> str:
    body = letter.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


wild = st.text(st.characters(codec="utf-8"), max_size=120) | st.text(
    st.sampled_from('\r\n\0 =?utf-8qb_0A\u2028é"<>@,;:\\'), max_size=60
)


@given(wild, wild)
@example("Hello\r\nBcc: everybody@example.nl", "Kluis\r\n\r\n<html>")
@example("=?utf-8?q?Hello=0D=0ABcc:_all@example.nl?=", '=?utf-8?q?"x"=0ABcc:_all@example.nl?=')
@example("Hello\u2028Bcc: x", "Kluis\u0085Bcc: x")
def test_no_header_can_be_forged(subject: str, name: str) -> None:
    letter = wired(replace(MESSAGE, subject=subject), name)
    assert letter.keys() == HEADERS
    assert letter["Subject"] == one_line(subject)
    assert [one.addr_spec for one in letter["From"].addresses] == ["kluis@example.nl"]
    assert [one.addr_spec for one in letter["To"].addresses] == ["anna@example.nl"]
    assert letter["Message-ID"] == "<kluis.abcdefgh@example.nl>"


@given(wild)
def test_one_line_is_one_line(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert not {unicodedata.category(letter) for letter in line} & {"Cc", "Cs", "Zl", "Zp"}
    assert "=?" not in line
    assert one_line(line) == line


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=400))
def test_the_text_arrives_as_it_was(text: str) -> None:
    assert part(wired(replace(MESSAGE, text=f"{text}\n")), "plain") == f"{text}\n"


class Seen(HTMLParser):
    """What a mail program would show, and load."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.said = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        loads = {key for key, _ in attrs} - {"href", "style", "lang", "charset"}
        assert not loads, f"{tag} has {loads}"
        self.links += [value or "" for key, value in attrs if key == "href"]
        assert "url(" not in dict(attrs).get("style", "")  # type: ignore[operator]

    def handle_data(self, data: str) -> None:
        self.said += data


def seen(text: str) -> Seen:
    parser = Seen()
    parser.feed(as_html(replace(MESSAGE, text=text)).partition("<body")[2].join(("<body", "")))
    parser.close()
    return parser


TAGS = {"body", "p", "br", "ul", "li", "a"}


@given(st.text(st.sampled_from("<>&\"' \n-ab:/=") | st.characters(codec="utf-8"), max_size=200))
@example("<img src=https://evil.example/a.png>")
@example('https://a.example/"onclick="x <script>alert(1)</script>')
def test_nothing_typed_becomes_html(text: str) -> None:
    assert seen(text).tags <= TAGS


def test_the_html_says_the_same() -> None:
    text = (
        "Beste Anna,\n\n- website: ja\n- pers: nee\n  https://kluis.example/a\n\n"
        "Kijk hier: https://kluis.example/b?c=1&d=2\nTot ziens\n"
    )
    page = seen(text)
    assert page.tags == TAGS
    assert page.links == ["https://kluis.example/a", "https://kluis.example/b?c=1&d=2"]
    assert page.said.split() == text.replace("- ", "").split()
    assert (
        part(wired(replace(MESSAGE, text=text)), "html").replace("\n\n", "\n").strip()
        == as_html(replace(MESSAGE, text=text)).replace("\n\n", "\n").strip()
    )


def test_the_page_names_its_language() -> None:
    assert '<html lang="en">' in as_html(replace(MESSAGE, language=Language.ENGLISH))
    assert wired(replace(MESSAGE, language=Language.ENGLISH))["Content-Language"] == "en"


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("anna@example.nl", "anna@example.nl"),
        (" anna@example.nl ", "anna@example.nl"),
        ("A.b+c@Example.NL", "A.b+c@Example.NL"),
        ("anna@münchen.de", "anna@xn--mnchen-3ya.de"),
    ],
)
def test_addresses_as_servers_know_them(typed: str, sent: str) -> None:
    assert wire_address(typed) == sent


@pytest.mark.parametrize(
    "typed", ["", "anna", "anna@", "@example.nl", "a@b", "a@-b.nl", "a\n@b.nl", "a@b..nl"]
)
def test_what_is_no_address(typed: str) -> None:
    with pytest.raises(Mistake) as caught:
        wire_address(typed)
    assert caught.value.key == "mail:bad_address"


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("<kluis.abcdefgh@example.nl>", "abcdefgh"),
        ("<other@example.nl> <kluis.abcdefgh@example.nl>", "abcdefgh"),
        ("<abcdefgh@example.nl>", None),
        ("kluis.abcdefgh@example.nl", None),
        ("<kluis.ab/../cd@example.nl>", None),
        ("", None),
    ],
)
def test_our_own_ids_are_known_again(header: str, found: str | None) -> None:
    assert our_message_id(header) == found
