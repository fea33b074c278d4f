"""Forms, links, signatures and codes: what the tests of asking, signing and renewing have in common."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

from appliance.actions.asking import Asked, ask
from appliance.actions.mailing import Office, change_mail_settings
from appliance.actions.signing import Filled, Signed, send_code, sign
from appliance.actions.templates import add_ready_template, write_template
from appliance.domain.access import OPERATOR
from appliance.domain.consent import Purpose
from appliance.domain.people import PersonId
from appliance.domain.signing import Channel, Mark, Signature
from appliance.domain.templates import Audience, Template
from appliance.domain.wording import Language
from appliance.mail.smtp import MailSettings, Security
from appliance.wiring import Box
from tests.actions.scene import EDITOR, rows
from tests.evidence.forms import scribble

CONTROLLER = "Gemeente Waterdam, Dorpsplein 1, 1234 AB Waterdam"
OFFICE = Office("Gemeente Waterdam", "https://door.example", "https://kluis.example")
DRAWN = Signature(Mark.DRAWN, strokes=scribble())


def form(box: Box, audience: Audience = Audience.EMPLOYEE, **more: Any) -> Template:
    """A ready-made form in use; more: what is changed in it."""
    ready = add_ready_template(box.safe, audience, CONTROLLER, by=OPERATOR, now=box.now())
    return write_template(box.safe, replace(ready, **more), by=OPERATOR, now=box.now()) if more else ready


def asked(
    box: Box, template: Template, person_id: PersonId, channel: Channel = Channel.LINK, **more: Any
) -> Asked:
    """One person is asked by an editor."""
    (made,) = ask(box.safe, template.id, [person_id], channel, by=EDITOR, now=box.now(), **more)
    return made


def filled(*granted: Purpose, **more: Any) -> Filled:
    """A form on which some purposes are ticked, signed with a pen on a screen."""
    return replace(Filled(frozenset(granted), DRAWN, Language.DUTCH), **more)


def sign_it(box: Box, token: str, form: Filled) -> Signed:
    """Sign behind a link."""
    return sign(box.safe, box.sealing, token, form, OFFICE, now=box.now(), day=box.today(), bell=box.bell)


def agreed(box: Box, person_id: PersonId, *granted: Purpose, **more: Any) -> Signed:
    """Somebody was asked on a form for people at work, and signed it."""
    return sign_it(box, asked(box, form(box), person_id, **more).token, filled(*granted))


def mail_through(box: Box, port: int) -> None:
    """A mail server on this machine is set; nothing goes to it before it is delivered."""
    settings = MailSettings("127.0.0.1", port, Security.NONE, "kluis@waterdam.example", timeout=5)
    change_mail_settings(box.safe, settings, by=OPERATOR, now=box.now())


def code_for(box: Box, token: str) -> str:
    """Have a code sent for a link, and read it in the e-mail that waits."""
    send_code(box.safe, token, OFFICE, now=box.now(), bell=box.bell)
    (found,) = rows(
        box,
        "SELECT text FROM messages WHERE kind = 'code'"
        " AND created_at = (SELECT max(created_at) FROM messages WHERE kind = 'code')",
    )
    code = re.search(r"\b\d{6}\b", str(found["text"]))
    assert code is not None
    return code[0]


def years_ago(day: date, years: int) -> date:
    """The birth date of who turns so many years old on a day."""
    return day.replace(year=day.year - years)
