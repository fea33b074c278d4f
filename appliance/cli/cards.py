"""Cards: the service that mounts them, and what is in the box now."""

import os
import signal
import sys
import threading
from pathlib import Path

import click

from appliance.actions import cards as actions
from appliance.actions import intake_rules
from appliance.actions.health import require_answer
from appliance.cli.context import Context, pass_context
from appliance.cli.printing import json_option, show
from appliance.domain.access import OPERATOR
from appliance.domain.collections import CollectionId
from appliance.domain.intake import Begin, IntakeRules
from appliance.domain.photos import ShootId
from appliance.logs import set_up_logs
from appliance.notify import pulse_while, tell
from appliance.watcher import watch


@click.group("cards")
def cards_group() -> None:
    """Cards that are put in the box."""


@cards_group.command("serve")
@click.option("--user", required=True, help="Who may read the cards: the user of the other programs.")
@click.option(
    "--socket",
    "place",
    type=click.Path(path_type=Path),
    help="Where it listens; then the settings are not read. Else as the setting `card_service` says.",
)
@click.option(
    "--usb-allow", multiple=True, metavar="VENDOR:PRODUCT", help="A device that lives, though no storage."
)
@click.option("--unsafe-any-usb", is_flag=True, help="Leave every USB device alone, keyboards too.")
@click.option(
    "--led", default="", metavar="NAME", help="A lamp in /sys/class/leds, lit while a card is read."
)
@pass_context
def serve_command(
    context: Context,
    user: str,
    place: Path | None,
    usb_allow: tuple[str, ...],
    unsafe_any_usb: bool,
    led: str,
) -> None:
    """Mount cards for the other programs, and keep USB to storage. The one program that runs as root."""
    command = [sys.executable, "-m", "appliance.cards", "--user", user]
    command += ["--socket", str(place or context.config.card_service)]
    command += [word for one in usb_allow for word in ("--usb-allow", one)]
    command += ["--unsafe-any-usb"] if unsafe_any_usb else []
    command += ["--led", led] if led else []
    sys.stdout.flush()
    os.execv(sys.executable, command)  # noqa: S606 - ourselves, with nothing of what this process loaded


@cards_group.command("list")
@json_option
@pass_context
def list_command(context: Context, as_json: bool) -> None:
    """The cards that are in, and USB devices that were kept out."""
    box = context.box
    seen = box.card_service.seen()
    views = actions.cards_in(box.safe, seen, by=OPERATOR, now=box.now())
    rows: list[dict[str, object]] = [
        {
            "card": view.card.insertion,
            "label": view.card.label,
            "file_system": view.card.file_system,
            "state": view.card.problem or view.card.state,
            "last_import": view.last.id if view.last else "",
            "removable": view.removable,
        }
        for view in views
    ]
    rows += [
        {
            "card": "",
            "label": one.ids,
            "file_system": "",
            "state": f"kept out: {', '.join(one.kinds)}",
            "last_import": "",
            "removable": True,
        }
        for one in seen.refused
    ]
    show(rows, as_json=as_json, empty="No card is in.")


@cards_group.command("import")
@click.argument("card")
@click.option("--shoot", metavar="SHOOT", help="At which shoot its photos were taken.")
@click.option("--collection", metavar="COLLECTION", help="Where its new photos are put.")
@click.option("--remember", is_flag=True, help="So it is from now on.")
@pass_context
def import_command(
    context: Context, card: str, shoot: str | None, collection: str | None, remember: bool
) -> None:
    """Have the worker copy a CARD, by its name in `kluis cards list`."""
    box = context.box
    report = actions.import_card(
        box.safe,
        box.card_service,
        card,
        ShootId(shoot) if shoot else None,
        by=OPERATOR,
        now=box.now(),
        bell=box.bell,
        collection_id=CollectionId(collection) if collection else None,
        remember=remember,
    )
    click.echo(report.id)


@cards_group.command("rules")
@click.option(
    "--begin",
    type=click.Choice([one.value for one in Begin]),
    help="Copy a card at once, or ask for its shoot first.",
)
@click.option("--by-date/--not-by-date", default=None, help="A photo belongs to the only shoot of its day.")
@click.option(
    "--camera", multiple=True, nargs=2, metavar="CAMERA SHOOT", help="Photos of a camera belong to a shoot."
)
@click.option("--forget-cameras", is_flag=True, help="No camera belongs to a shoot any more.")
@json_option
@pass_context
def rules_command(
    context: Context,
    begin: str | None,
    by_date: bool | None,
    camera: tuple[tuple[str, str], ...],
    forget_cameras: bool,
    as_json: bool,
) -> None:
    """Show, and with options change, what is done with photos that come in."""
    box = context.box
    before = intake_rules.intake_rules(box.safe, by=OPERATOR, now=box.now())
    given = dict(camera)
    kept = {} if forget_cameras else dict(before.cameras)
    rules = IntakeRules(
        Begin(begin) if begin else before.begin,
        before.by_date if by_date is None else by_date,
        tuple((name, ShootId(shoot)) for name, shoot in {**kept, **given}.items()),
    )
    if rules != before:
        intake_rules.change_intake_rules(box.safe, rules, by=OPERATOR, now=box.now())
    rows: list[dict[str, object]] = [
        {"rule": "begin", "is": rules.begin.value},
        {"rule": "by date", "is": rules.by_date},
    ]
    rows += [{"rule": f"camera {name}", "is": shoot} for name, shoot in rules.cameras]
    show(rows, as_json=as_json)


@click.command("watch")
@pass_context
def watch_command(context: Context) -> None:
    """Greet cards as they are put in, and look at shares, until stopped. The worker does the copying."""
    set_up_logs()
    box, stop = context.box, threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    tell("READY=1")
    pulse_while(lambda: require_answer(box.safe, now=box.now()))
    watch(box, stop)


COMMANDS = (cards_group, watch_command)
