"""How the box is, and what is wrong with it."""

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from appliance.actions import health as actions
from appliance.actions.audit import check
from appliance.actions.cold import cold_archive
from appliance.cli.context import Context, pass_context
from appliance.cli.exposition import exposition
from appliance.cli.printing import json_option, show, show_one
from appliance.cli.self_audit import carry_out
from appliance.domain.access import OPERATOR
from appliance.domain.duties import Duty
from appliance.domain.errors import Fault, KluisError, Mistake
from appliance.machine.disk_health import REPORT, ask_disks, disks_below, leave_report
from appliance.machine.firmware import Finding, check_firmware, expected_settings
from appliance.vision.packs import load
from appliance.wiring import system_clock

_LEAST_ROOM = 0.1
_RESULTS = {True: "fine", False: "wrong", None: "not here"}


@click.command()
@json_option
@pass_context
def status(context: Context, as_json: bool) -> None:
    """The safe at a glance."""
    box = context.box
    now = actions.status(box.safe, box.config.home, by=OPERATOR, now=box.now(), day=box.today())
    row: dict[str, object] = {f"photos_{stage}": count for stage, count in now.photos.items()}
    row |= {"people": now.people, "quitclaims": now.quitclaims, "releases": now.releases}
    for purpose, lights in now.lights.items():
        row[f"lights_{purpose}"] = ", ".join(f"{count} {light}" for light, count in lights.items())
    machine = actions.condition(box.safe, box.readings(), by=OPERATOR, now=box.now())
    row |= {
        "recognition": now.recognition.switch.value,
        "free_GB": round(now.disk_free / 1e9, 1),
        "temperature": machine.readings.temperature,
        "disk": machine.readings.drive.state.value,
        "disk_wear": machine.readings.drive.wear,
        "certificate_ends": machine.readings.certificate_ends,
        "clock_set": machine.readings.clock_set,
        "updated_at": machine.readings.updated_at,
        "last_backup": machine.last(Duty.BACKUP),
        "last_drill": machine.last(Duty.DRILL_SAMPLE),
        "last_full_drill": machine.last(Duty.DRILL_FULL),
        "duties_due": sorted({one.duty.value for one in machine.duties if one.alarming}),
        "needs_somebody": [concern.value for concern in machine.concerns],
        "audit_head": f"{now.audit.number}:{now.audit.seal}",
    }
    show_one(row, as_json=as_json)


@click.command()
@click.option("--files", is_flag=True, help="Also open every file of every photo; this takes long.")
@click.option("--security", is_flag=True, help="The self-audit, for a timer each quarter.")
@click.option("--firmware", is_flag=True, help="Look at the machine below the safe, which stays shut.")
@json_option
@pass_context
def doctor(context: Context, files: bool, security: bool, firmware: bool, as_json: bool) -> None:
    """Check the keys, the database, the audit log, the models and the disk; or the machine below them."""
    if security:
        carry_out(context, as_json=as_json)
        return
    home = context.config.home
    findings = check_firmware(home, expected_settings()) if firmware else tuple(_findings(context, files))
    show(
        [{"check": f.check, "result": _RESULTS[f.fine], "note": f.note} for f in findings],
        as_json=as_json,
    )
    if any(f.fine is False for f in findings):
        raise Fault("doctor:wrong", "Something is wrong with this box.", "The notes above say what to do.")


def _findings(context: Context, files: bool) -> Iterator[Finding]:
    opened = _tried("keys and database", lambda: str(context.box.config.home))
    yield opened
    yield _tried("model pack", lambda: load(context.config.models).name)
    if not opened.fine:
        return
    box = context.box
    yield _key_finding(context)
    checked = check(box.safe, by=OPERATOR, now=box.now())
    yield Finding("audit log", checked.whole, checked.problem or f"{checked.entries} entries")
    now = actions.status(box.safe, box.config.home, by=OPERATOR, now=box.now(), day=box.today())
    room = now.disk_free / now.disk_total
    if (cold := cold_archive(box.safe, by=OPERATOR, now=box.now())).photos:
        yield Finding("cold archive", cold.connected, "" if cold.connected else "its disk is not connected")
    yield Finding("room on the disk", room >= _LEAST_ROOM, f"{room:.0%} free")
    if files:
        found = actions.damage(
            box.safe,
            by=OPERATOR,
            now=box.now(),
            on_progress=lambda done: click.echo(f"\rOpened {done} photos", nl=False, err=True),
        )
        click.echo(err=True)
        yield Finding("files of photos", not found, f"{len(found)} damaged" if found else "all whole")


def _key_finding(context: Context) -> Finding:
    path = context.config.machine_key
    if (given := os.environ.get("CREDENTIALS_DIRECTORY")) and path.is_relative_to(given):
        return Finding("machine key", fine=True, note="sealed; systemd opens it for this program alone")
    others = path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    if others:
        return Finding("machine key", fine=False, note=f"others may read it: chmod 600 {path}")
    beside = path.parent == context.config.home
    note = "it lies beside the safe: a thief of the disk has both" if beside else os.fspath(path)
    return Finding("machine key", fine=True, note=note)


def _tried(name: str, attempt: Callable[[], str]) -> Finding:
    try:
        return Finding(name, fine=True, note=attempt())
    except KluisError as problem:
        return Finding(name, fine=False, note=str(problem))


@click.command()
@click.option(
    "--file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write it here, whole or not at all, for the textfile collector of node_exporter.",
)
@pass_context
def metrics(context: Context, file: Path | None) -> None:
    """Figures for Prometheus: counts and states, and nothing about anybody."""
    box = context.box
    now = actions.status(box.safe, box.config.home, by=OPERATOR, now=box.now(), day=box.today())
    machine = actions.condition(box.safe, box.readings(), by=OPERATOR, now=box.now())
    text = exposition(now, machine)
    if file is None:
        click.echo(text, nl=False)
        return
    made = file.with_name(f".{file.name}.new")
    made.write_text(text, "utf-8")
    made.chmod(0o644)  # another user's program reads it
    made.replace(file)


@click.command()
@click.option(
    "--file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("/") / REPORT,
    show_default=True,
    help="Where the answer is left for the other programs.",
)
@pass_context
def disk(context: Context, file: Path) -> None:
    """Ask the disk under the safe how it is, by smartctl. Only root may; the safe stays shut."""
    names = disks_below(context.config.home)
    try:
        leave_report(ask_disks(names), file, now=system_clock())
    except FileNotFoundError as problem:
        raise Mistake(
            "disk:no_program",
            "The disk cannot be asked: smartctl is missing, or there is no place for its answer.",
            "Install smartmontools; a timer then asks it each day.",
        ) from problem
    click.echo(f"Asked: {', '.join(names) or 'no disk that can be asked'}.")


COMMANDS = (status, doctor, metrics, disk)
