"""Moving an archive in: counted, tried, then all of it."""

from pathlib import Path

import click

from appliance.actions.intake import carry_out
from appliance.actions.moves import count, move_all, move_view, moves, start_move, try_some
from appliance.cli.context import Context, pass_context
from appliance.cli.intake import analyse_waiting
from appliance.cli.printing import json_option, show, show_one
from appliance.domain.access import OPERATOR
from appliance.domain.moves import LOOKED_AT, TRIED, Inventory, Move, MoveId, Outcome
from appliance.domain.photos import ImportId, ImportReport
from appliance.store.ids import new_id

_analyse = click.option(
    "--analyse", is_flag=True, help="Examine the photos at once instead of leaving it to the worker."
)


@click.group("migrate")
def migrate() -> None:
    """Move an archive in: count it, try some photos, read the report, then take all."""


@migrate.command("inventory")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--look",
    type=click.IntRange(1),
    default=LOOKED_AT,
    show_default=True,
    help="How many photos are opened, spread over all, to count faces and missing dates.",
)
@json_option
@pass_context
def inventory_command(context: Context, folder: Path, look: int, as_json: bool) -> None:
    """Count what lies in FOLDER. Nothing is copied."""
    box = context.box
    move = start_move(box.safe, folder.absolute(), by=OPERATOR, now=box.now(), bell=box.bell, looked_at=look)
    with box.alone(f"move-{move.id}") as mine:
        if mine:
            count(
                box.safe,
                box.decoder,
                box.analyser,
                move.id,
                by=OPERATOR,
                clock=box.clock,
                on_progress=_opened,
            )
    click.echo(err=True)
    _report(context, move.id, as_json)


def _opened(done: int, of: int) -> None:
    click.echo(f"\rOpened {done} of {of}", nl=False, err=True)


@migrate.command("try")
@click.argument("move")
@click.option(
    "--photos", type=click.IntRange(1), default=TRIED, show_default=True, help="How many are tried."
)
@_analyse
@json_option
@pass_context
def try_command(context: Context, move: str, photos: int, analyse: bool, as_json: bool) -> None:
    """Take some photos of the archive in, spread over all of it."""
    box, import_id = context.box, ImportId(new_id())
    with box.alone(f"import-{import_id}"):
        try_some(
            box.safe,
            MoveId(move),
            by=OPERATOR,
            now=box.now(),
            bell=box.bell,
            photos=photos,
            import_id=import_id,
        )
        _carry_out(context, import_id, analyse)
    _report(context, MoveId(move), as_json)


@migrate.command("all")
@click.argument("move")
@_analyse
@json_option
@pass_context
def all_command(context: Context, move: str, analyse: bool, as_json: bool) -> None:
    """Take all of the archive in. Broken off, the worker takes it up again; so does doing it twice."""
    box, import_id = context.box, ImportId(new_id())
    with box.alone(f"import-{import_id}"):
        move_all(box.safe, MoveId(move), by=OPERATOR, now=box.now(), bell=box.bell, import_id=import_id)
        _carry_out(context, import_id, analyse)
    _report(context, MoveId(move), as_json)


def _carry_out(context: Context, import_id: ImportId, analyse: bool) -> None:
    box = context.box
    carry_out(box.safe, import_id, by=OPERATOR, clock=box.clock, bell=box.bell, on_progress=_copied)
    click.echo(err=True)
    if analyse:
        analyse_waiting(context)


def _copied(report: ImportReport) -> None:
    done = report.stored + report.known + report.failed
    click.echo(f"\rCopied {done} of {report.found}", nl=False, err=True)


@migrate.command("report")
@click.argument("move")
@json_option
@pass_context
def report_command(context: Context, move: str, as_json: bool) -> None:
    """What is known of an archive, and what became of its photos so far."""
    _report(context, MoveId(move), as_json)


@migrate.command("list")
@json_option
@pass_context
def list_command(context: Context, as_json: bool) -> None:
    """The archives so far."""
    box = context.box
    show([_row(one) for one in moves(box.safe, by=OPERATOR, now=box.now())], as_json=as_json)


def _report(context: Context, move_id: MoveId, as_json: bool) -> None:
    box = context.box
    seen = move_view(box.safe, move_id, by=OPERATOR, now=box.now())
    told = _row(seen.move)
    if seen.move.inventory is not None:
        told |= _inventory(seen.move.inventory)
    for name, outcome in (("tried", seen.trial), ("moved", seen.whole)):
        if outcome is not None:
            told |= {f"{name}: {key}": value for key, value in _outcome(outcome).items()}
    show_one(told, as_json=as_json)


def _row(move: Move) -> dict[str, object]:
    return {
        "archive": move.id,
        "folder": move.folder,
        "begun": move.begun_at,
        "stage": move.stage,
        "problem": move.problem,
    }


def _inventory(one: Inventory) -> dict[str, object]:
    return {
        "folders": one.folders,
        "photos": one.photos,
        "bytes": one.bytes,
        "formats": _listed(one.formats),
        "other files": _listed(one.others),
        "sidecars": one.sidecars,
        "twice in the archive": one.repeated,
        "in the safe already": one.known,
        "would come in": one.new,
        "opened": one.looked_at,
        "opened: unreadable": one.unreadable,
        "opened: without a date": one.undated,
        "opened: faces": one.faces,
        "opened: without a face": one.faceless,
    }


def _outcome(one: Outcome) -> dict[str, object]:
    return {
        "found": one.found,
        "stored": one.stored,
        "known": one.known,
        "failed": one.failed,
        "waiting": one.waiting,
        "set aside": _listed(one.set_aside),
        "may be duplicates": one.suspects,
        "variants": one.variants,
        "faces": one.faces,
        "without a face": one.faceless,
        "without a date": one.undated,
        "photos an hour": one.an_hour,
    }


def _listed(counts: object) -> str:
    return ", ".join(f"{key or 'none'} {value}" for key, value in dict(counts).items())  # type: ignore[call-overload]


COMMANDS = (migrate,)
