"""E-mail: the mail server with a test, and what waits, went out or failed."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import mailing as actions
from appliance.actions.mailing import (
    Delivery,
    DeliveryOutcome,
    KeptMessage,
    MailSettings,
    MessageKind,
    MessageState,
    Reader,
    Security,
)
from appliance.domain.addresses import is_address
from appliance.domain.errors import Mistake
from webui.current import asking, box
from webui.language import gettext, language

pages = Blueprint("mail", __name__)


@pages.get("/mail")
def show() -> ResponseReturnValue:
    """The settings and the queue."""
    return _page()


def _page(trial: Delivery | None = None, address: str = "") -> str:
    wanted = request.args.get("state", "")
    state = MessageState(wanted) if wanted in set(MessageState) else None
    return render_template(
        "mail/show.html",
        settings=actions.mail_settings(box().safe, **asking()),
        securities=tuple(Security),
        messages=[
            (one, MessageKind(one.kind), _problem(one))
            for one in actions.messages(box().safe, state=state, **asking())
        ],
        states=tuple(MessageState),
        wanted=state,
        trial=trial,
        address=address,
    )


def _problem(kept: KeptMessage) -> Mistake | None:
    """Why the last try failed, as a sentence with its hint."""
    return Delivery(DeliveryOutcome(kept.problem)).problem if kept.problem else None


@pages.post("/mail")
def change() -> ResponseReturnValue:
    """Set the mail server."""
    form = request.form
    try:
        port, security = int(form.get("port", "")), Security(form.get("security", ""))
    except ValueError as problem:
        raise Mistake("mail:bad_port", "That is not a port.", "587 goes with STARTTLS, 465 with TLS.") from (
            problem
        )
    settings = MailSettings(
        host=form.get("host", "").strip(),
        port=port,
        security=security,
        sender=form.get("sender", "").strip(),
        sender_name=form.get("sender_name", "").strip(),
        user=form.get("user", "").strip(),
        password=form.get("password", ""),
        authority=form.get("authority", "").strip(),
    )
    actions.change_mail_settings(box().safe, settings, **asking())
    flash(gettext("Saved. Send a test to be sure."), "done")
    return redirect(url_for("mail.show"), HTTPStatus.SEE_OTHER)


@pages.post("/mail/test")
def test() -> ResponseReturnValue:
    """Send a test at once, and say what came of it."""
    address = request.form.get("address", "").strip()
    if not is_address(address):
        raise Mistake("mail:bad_address", "That is not an e-mail address.", "Correct it.")
    to = Reader(address, language(), box().config.organisation)
    return _page(actions.send_trial(box().safe, to, **asking()), address)
