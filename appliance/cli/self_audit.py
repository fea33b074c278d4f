"""The self-audit: its reports, and what they found; `kluis doctor --security` makes one."""

from pathlib import Path

import click

from appliance.actions import self_audit as actions
from appliance.actions.duties import note
from appliance.cli.context import Context, pass_context
from appliance.cli.duties import alarm_of
from appliance.cli.printing import json_option, show
from appliance.domain.access import OPERATOR
from appliance.domain.duties import Duty, Run
from appliance.domain.errors import Fault
from appliance.domain.self_audit import Grade
from appliance.domain.self_audit_words import said
from appliance.domain.wording import Language, word
from appliance.machine.hardening import read_hardening


def carry_out(context: Context, *, as_json: bool) -> None:
    """Look at everything, keep the signed report, and show what was found.

    Raises:
        Fault: when anything is red.
    """
    box, config = context.box, context.config
    begun = box.now()
    around = actions.Around(
        machine=read_hardening(
            config.home, (config.models, config.cache), config.certificate, config.hosts, box.readings()
        ),
        door_plain=config.door_address.startswith("http://"),
        head_addresses=config.audit_addresses,
    )
    report = actions.audit_box(box.safe, around, by=OPERATOR, now=box.now(), day=box.today())
    counts = {grade.value: report.count(grade, box.today()) for grade in Grade}
    run = Run(report.id, Duty.SELF_AUDIT, begun, box.now(), passed=True, findings=counts)
    note(box.safe, run, alarm_of(context), by=OPERATOR, now=box.now())
    show(_rows(report.findings, report.followed, context), as_json=as_json)
    click.echo(f"Report {report.id}. Photos to look at by hand: {len(report.sample)}.", err=True)
    if counts[Grade.RED]:
        raise Fault("doctor:wrong", "Something is wrong with this box.", "The notes above say what to do.")


def _rows(
    findings: tuple[actions.Finding, ...], followed: tuple[actions.Followed, ...], context: Context
) -> list[dict[str, object]]:
    day = context.box.today()
    due = {one.finding.key: one for one in followed}
    rows: list[dict[str, object]] = []
    for one in findings:
        found, cure = said(one, Language.ENGLISH)
        since = due.get(one.key)
        rows.append(
            {
                "topic": word(one.topic, Language.ENGLISH),
                "light": (since.grade(day) if since else one.grade).value.replace("_", " "),
                "found": found,
                "what_to_do": cure,
                "due": since.due_on if since else None,
            }
        )
    return rows


@click.group("self-audit")
def self_audit() -> None:
    """Reports of the self-audit, and what is still open."""


@self_audit.command("list")
@json_option
@pass_context
def list_command(context: Context, as_json: bool) -> None:
    """The reports that are kept, newest first."""
    box = context.box
    seen = actions.overview(box.safe, by=OPERATOR, now=box.now())
    rows: list[dict[str, object]] = [
        {
            "id": one.id,
            "made_at": one.made_at,
            **{grade.value: one.count(grade, one.made_at.date()) for grade in Grade},
        }
        for one in seen.reports
    ]
    show(rows, as_json=as_json)


@self_audit.command("open")
@json_option
@pass_context
def open_command(context: Context, as_json: bool) -> None:
    """What was found and is not fixed yet."""
    box = context.box
    seen = actions.overview(box.safe, by=OPERATOR, now=box.now())
    show(_rows(tuple(one.finding for one in seen.open), seen.open, context), as_json=as_json)


@self_audit.command("report")
@click.argument("report")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--language", type=click.Choice([one.value for one in Language]), default="nl")
@pass_context
def report_command(context: Context, report: str, file: Path, language: str) -> None:
    """Write REPORT to a FILE: sealed PDF, or signed JSON when its name ends so."""
    box = context.box
    if file.suffix == ".json":
        data = actions.report_json(box.safe, report, by=OPERATOR, now=box.now())
    else:
        data = actions.report_pdf(
            box.safe,
            box.sealing,
            report,
            language=Language(language),
            by=OPERATOR,
            now=box.now(),
        )
    file.write_bytes(data)
    click.echo(f"The report is in {file}.")


@self_audit.command("verify")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@pass_context
def verify_command(context: Context, file: Path) -> None:
    """Check the signature of a report in a FILE (JSON)."""
    box = context.box
    found = actions.check_report(box.safe, file.read_bytes(), by=OPERATOR, now=box.now())
    click.echo(f"This box signed report {found.id} on {found.made_at.date().isoformat()}.")


COMMANDS = (self_audit,)
