"""A message as it goes over the wire: plain text, the same as simple HTML, and headers that cannot be forged.

The HTML says exactly what the text says: paragraphs, lists and links. It loads nothing from anywhere, so
that opening it tells nobody anything.
"""

import html
import re
from collections.abc import Iterator
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from appliance.domain.addresses import is_address
from appliance.domain.errors import Mistake
from appliance.mail.messages import Message, one_line

_MESSAGE_ID = re.compile(r"<kluis\.([A-Za-z0-9]{8,64})@[^<>@\s]+>")
_LINK = re.compile(r"https?://[^\s<>\"']+")
_PAGE = """\
<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title></head>
<body style="font-family: sans-serif; font-size: 16px; line-height: 1.5; max-width: 40em">
{body}
</body></html>
"""


def assemble(
    message: Message, *, sender: str, sender_name: str, message_id: str, at: datetime
) -> EmailMessage:
    """The message with its headers, to be sent to one address.

    message_id: opaque, letters and digits; a mail that comes back undelivered names it.
    at: with its time zone.

    Raises:
        Mistake: when an address cannot be one.
    """
    to, own = wire_address(message.address), wire_address(sender)
    letter = EmailMessage(policy=SMTP if to.isascii() and own.isascii() else SMTPUTF8)
    letter["From"] = _mailbox(own, one_line(sender_name))
    letter["To"] = _mailbox(to)
    letter["Subject"] = one_line(message.subject)
    letter["Date"] = format_datetime(at)
    letter["Message-ID"] = message_id_header(message_id, own)
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    letter["X-Auto-Response-Suppress"] = "All"  # the same for Exchange
    letter.set_content(message.text, charset="utf-8", cte="quoted-printable")
    letter.add_alternative(as_html(message), subtype="html", charset="utf-8", cte="quoted-printable")
    letter["Content-Language"] = message.language.value  # set before, it would go to the text part alone
    return letter


def _mailbox(address: str, name: str = "") -> Address:
    local, _, domain = address.rpartition("@")
    return Address(name, local, domain)


def wire_address(address: str) -> str:
    """The address with its domain as mail servers know it: münchen.de is xn--mnchen-3ya.de (RFC 5890).

    Raises:
        Mistake: when it cannot be an address.
    """
    local, _, domain = address.strip().rpartition("@")
    try:
        wired = f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        wired = ""
    if not is_address(address.strip()) or not is_address(wired):
        raise Mistake("mail:bad_address", "That is not an e-mail address.", "Correct it.")
    return wired


def message_id_header(message_id: str, sender: str) -> str:
    """The Message-ID of one of our messages (RFC 5322, section 3.6.4)."""
    return f"<kluis.{message_id}@{sender.rpartition('@')[2]}>"


def our_message_id(header: str) -> str | None:
    """The id of a message of ours in a header; None when there is none."""
    found = _MESSAGE_ID.search(header)
    return found[1] if found else None


def as_html(message: Message) -> str:
    """The text as a page: paragraphs, lists whose items begin with "- ", and links."""
    body = "\n".join(_block(block) for block in re.split(r"\n{2,}", message.text.strip()))
    title = html.escape(one_line(message.subject))
    return _PAGE.format(language=message.language.value, title=title, body=body)


def _block(block: str) -> str:
    if not block.startswith("- "):
        return f"<p>{_lines(block)}</p>"
    items = "\n".join(f"<li>{_lines(item)}</li>" for item in block[2:].split("\n- "))
    return f"<ul>\n{items}\n</ul>"


def _lines(text: str) -> str:
    return "<br>\n".join("".join(_with_links(line.strip())) for line in text.splitlines())


def _with_links(line: str) -> Iterator[str]:
    done = 0
    for found in _LINK.finditer(line):
        address = html.escape(found[0])
        yield html.escape(line[done : found.start()])
        yield f'<a href="{address}">{address}</a>'
        done = found.end()
    yield html.escape(line[done:])
