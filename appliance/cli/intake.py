"""Importing photos."""

from pathlib import Path

import click

from appliance.actions import analysis
from appliance.actions.duplicates import compare
from appliance.actions.intake import carry_out, file_problems, imports, start_import
from appliance.cli.context import Context, pass_context
from appliance.cli.printing import json_option, show, show_one
from appliance.domain.access import OPERATOR
from appliance.domain.errors import Mistake
from appliance.domain.photos import ImportId, ImportReport, ShootId
from appliance.store.ids import new_id
from appliance.wiring import Box


@click.command("import")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--analyse", is_flag=True, help="Examine the photos at once instead of leaving it to the worker."
)
@click.option("--shoot", metavar="SHOOT", help="At which shoot the photos were taken.")
@json_option
@pass_context
def import_command(context: Context, folder: Path, analyse: bool, shoot: str | None, as_json: bool) -> None:
    """Copy the photos of a card or FOLDER into the safe. Doing it twice adds nothing."""
    box = context.box
    if not folder.is_dir():
        raise Mistake(
            "import:no_folder", "There is no such folder.", "Check the path, or that the card is in."
        )
    report = import_now(box, folder, ShootId(shoot) if shoot else None)
    if analyse:
        analyse_waiting(context)
    _show(context, report, as_json)


def import_now(box: Box, folder: Path, shoot_id: ShootId | None = None) -> ImportReport:
    """Import a folder in this process and tell how far it is. The worker, if one runs, keeps off."""
    import_id = ImportId(new_id())
    with box.alone(f"import-{import_id}"):
        start_import(
            box.safe,
            str(folder.resolve()),
            by=OPERATOR,
            now=box.now(),
            import_id=import_id,
            shoot_id=shoot_id,
        )
        report = carry_out(
            box.safe, import_id, by=OPERATOR, clock=box.clock, bell=box.bell, on_progress=_progress
        )
    click.echo(err=True)
    return report


def _progress(report: ImportReport) -> None:
    done = report.stored + report.known + report.failed
    click.echo(f"\rCopied {done} of {report.found}", nl=False, err=True)


def analyse_waiting(context: Context) -> int:
    """Examine everything that waits, in this process, and tell how far it is. Returns how many."""
    box = context.box
    done = 0
    while batch := analysis.waiting(box.safe, now=box.now(), limit=100):
        for photo_id in batch:
            analysis.analyse(box.safe, box.decoder, box.analyser, photo_id, now=box.now(), day=box.today())
            compare(box.safe, box.decoder, box.known, photo_id, now=box.now(), day=box.today())
            done += 1
            click.echo(f"\rExamined {done} photos", nl=False, err=True)
    if done:
        click.echo(err=True)
    return done


def _show(context: Context, report: ImportReport, as_json: bool) -> None:
    box = context.box
    report = next(r for r in imports(box.safe, by=OPERATOR, now=box.now()) if r.id == report.id)
    show_one(_row(report), as_json=as_json)
    if report.set_aside and not as_json:
        click.echo("\nSet aside:")
        for photo in file_problems(box.safe, report.id, by=OPERATOR, now=box.now()):
            click.echo(f"  {photo.name}: {photo.set_aside_for}")


def _row(report: ImportReport) -> dict[str, object]:
    return {
        "import": report.id,
        "source": report.source or "browser",
        "started": report.started_at,
        "found": report.found,
        "stored": report.stored,
        "known": report.known,
        "failed": report.failed,
        "set_aside": report.set_aside,
    }


@click.command("imports")
@click.option("--problems", metavar="IMPORT", help="Which photos of this import were set aside, and why.")
@json_option
@pass_context
def imports_command(context: Context, problems: str | None, as_json: bool) -> None:
    """The imports so far."""
    box = context.box
    if problems is None:
        show([_row(r) for r in imports(box.safe, by=OPERATOR, now=box.now())], as_json=as_json)
        return
    photos = file_problems(box.safe, ImportId(problems), by=OPERATOR, now=box.now())
    show([{"photo": p.id, "file": p.name, "why": p.set_aside_for} for p in photos], as_json=as_json)


COMMANDS = (import_command, imports_command)
