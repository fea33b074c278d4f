"""Old lists of permissions at the command line: receive, map, try, commit, undo."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from appliance.actions import permission_lists as actions
from appliance.cli.context import Context, pass_context
from appliance.cli.printing import json_option, show, show_one
from appliance.domain.access import OPERATOR
from appliance.domain.consent import PUBLICATION, Answer, Basis, Purpose
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId
from appliance.domain.permission_cells import DateOrder, plain
from appliance.domain.permission_columns import ColumnMapping, Field, Use
from appliance.domain.permission_list import ListId, Plan
from appliance.domain.permission_problems import explain
from appliance.domain.permission_table import Table
from appliance.domain.wording import Language

_LEFT_ALONE = "none"
_NEW = "new"


@click.group("permission-list")
def permission_list() -> None:
    """Permissions kept elsewhere so far, as CSV: received, mapped, tried, brought in, and taken back."""


@permission_list.command("list")
@json_option
@pass_context
def list_command(context: Context, as_json: bool) -> None:
    """Every list, the latest first."""
    rows = [
        {"id": kept.id, "name": kept.name, "received": kept.received_at, "state": state.value}
        for kept, state in actions.permission_lists(context.box.safe, by=OPERATOR, now=context.now)
    ]
    show(rows, as_json=as_json)


@permission_list.command("receive")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@json_option
@pass_context
def receive_command(context: Context, file: Path, as_json: bool) -> None:
    """Keep a FILE, and guess what its columns are. Nothing is brought in yet."""
    kept = actions.receive_list(context.box.safe, file.read_bytes(), file.name, by=OPERATOR, now=context.now)
    show_one({"id": kept.id, "name": kept.name}, as_json=as_json)


@permission_list.command("map")
@click.argument("list_id", metavar="LIST")
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="HEADING=FIELD",
    help="What a column holds: name, email, end, answer:web,press, or none; may be given more than once.",
)
@click.option(
    "--dates",
    type=click.Choice([*(one.value for one in DateOrder), _LEFT_ALONE]),
    help="What comes first in a date.",
)
@click.option("--months", type=click.IntRange(1, 240), help="How long a yes counts that has no end.")
@click.option("--basis", type=click.Choice([one.value for one in Basis]))
@click.option("--balancing", help="Why our interest outweighs theirs; for legitimate interest.")
@click.option("--word", "words", multiple=True, metavar="WORD=ANSWER", help="What a word of this list means.")
@click.option(
    "--same", "same", multiple=True, metavar="LINE=PERSON", help="Who somebody in a line is, or LINE=new."
)
@json_option
@pass_context
def map_command(
    context: Context,
    list_id: str,
    columns: tuple[str, ...],
    dates: str | None,
    months: int | None,
    basis: str | None,
    balancing: str | None,
    words: tuple[str, ...],
    same: tuple[str, ...],
    as_json: bool,
) -> None:
    """Say how a LIST is read, and show it; without options it only shows."""
    box, wanted = context.box, ListId(list_id)
    view = actions.list_view(box.safe, wanted, by=OPERATOR, now=box.now(), day=box.today(), rows=0)
    mapping = _with_columns(view.kept.mapping, view.table, columns)
    mapping = replace(
        mapping,
        months=months or mapping.months,
        basis=Basis(basis) if basis else mapping.basis,
        balancing=mapping.balancing if balancing is None else balancing,
    )
    if dates:
        mapping = replace(mapping, date_order=None if dates == _LEFT_ALONE else DateOrder(dates))
    meant = {plain(word): _answer(said) for word, said in map(_parted, words)}
    who = {_line(line): None if who == _NEW else PersonId(who) for line, who in map(_parted, same)}
    mapping = replace(
        mapping, own_words={**mapping.own_words, **meant}, decisions={**mapping.decisions, **who}
    )
    if mapping != view.kept.mapping:
        actions.map_list(box.safe, wanted, mapping, by=OPERATOR, now=box.now())
    rows = [
        {"column": heading, "holds": _told(use)}
        for heading, use in zip(view.table.columns, mapping.uses, strict=True)
    ]
    show(rows, as_json=as_json)


def _with_columns(mapping: ColumnMapping, table: Table, columns: Sequence[str]) -> ColumnMapping:
    uses = list(mapping.uses)
    for heading, told in map(_parted, columns):
        if heading not in table.columns:
            raise Mistake(
                "list:no_such_column",
                "This list has no column {heading}.",
                "Its columns are: {columns}.",
                values={"heading": heading, "columns": ", ".join(table.columns)},
            )
        uses[table.columns.index(heading)] = _use(told)
    return replace(mapping, uses=tuple(uses))


def _parted(text: str) -> tuple[str, str]:
    left, _, right = text.rpartition("=")
    return left.strip(), right.strip()


def _use(told: str) -> Use | None:
    if told == _LEFT_ALONE:
        return None
    field, _, purposes = told.partition(":")
    try:
        found = Use(Field(field), tuple(Purpose(one) for one in purposes.split(",") if one))
    except ValueError as problem:
        raise Mistake(
            "list:no_such_field",
            "{told} is nothing that a column can hold.",
            "Choose one of: {fields}; of an answer, with purposes behind a colon: {purposes}.",
            values={"told": told, "fields": ", ".join(Field), "purposes": ",".join(PUBLICATION)},
        ) from problem
    return found


def _answer(said: str) -> Answer:
    if said not in (Answer.GRANTED, Answer.DECLINED, Answer.WITHDRAWN):
        raise Mistake(
            "list:no_answer_word", "A word means granted, declined or withdrawn.", "Write WORD=declined."
        )
    return Answer(said)


def _line(text: str) -> int:
    if not text.isdecimal():
        raise Mistake("list:bad_line", "That is not a line of the list.", "Write LINE=PERSON, or LINE=new.")
    return int(text)


def _told(use: Use | None) -> str:
    if use is None:
        return _LEFT_ALONE
    return f"{use.field.value}:{','.join(use.purposes)}" if use.purposes else use.field.value


@permission_list.command("try")
@click.argument("list_id", metavar="LIST")
@click.option("--rows", type=click.IntRange(min=1), help="Only the first rows; all of them when left out.")
@json_option
@pass_context
def try_command(context: Context, list_id: str, rows: int | None, as_json: bool) -> None:
    """What a LIST would bring in, and what is wrong with its rows. Nothing is changed."""
    box = context.box
    view = actions.list_view(
        box.safe, ListId(list_id), by=OPERATOR, now=box.now(), day=box.today(), rows=rows
    )
    if view.problem is not None:
        raise view.problem
    if view.plan is None:
        raise Mistake("list:closed", "This list was brought in already.", "Take it back, or send it anew.")
    _report(view.plan, as_json=as_json)


def _report(plan: Plan, *, as_json: bool) -> None:
    counts = _counts(plan)
    problems = [
        {"line": one.line, "problem": one.kind.value, "what": explain(one, Language.ENGLISH)}
        for one in plan.problems
    ]
    if as_json:
        show_one({**counts, "problems": problems}, as_json=True)
        return
    show_one(counts, as_json=False)
    show(problems, as_json=False, empty="Every row is understood.")


def _counts(plan: Plan) -> dict[str, object]:
    return {
        "rows": plan.rows,
        "people_new": sum(one.existing is None for one in plan.people),
        "people_known": sum(one.existing is not None for one in plan.people),
        "quitclaims": plan.quitclaims,
        "expired_already": sum(one.expired for one in plan.people),
        "waiting_for_a_guardian": sum(one.minor for one in plan.people),
        "rows_left_out": plan.rows_left_out,
    }


@permission_list.command("commit")
@click.argument("list_id", metavar="LIST")
@json_option
@pass_context
def commit_command(context: Context, list_id: str, as_json: bool) -> None:
    """Bring a LIST in, all of it at once; rows with a problem bring nothing in."""
    box = context.box
    done = actions.commit_list(box.safe, ListId(list_id), by=OPERATOR, now=box.now(), day=box.today())
    show_one(_counts(done), as_json=as_json)


@permission_list.command("undo")
@click.argument("list_id", metavar="LIST")
@json_option
@pass_context
def undo_command(context: Context, list_id: str, as_json: bool) -> None:
    """Take a LIST back: its quitclaims say nothing from now on. People it added stay, without permission."""
    box = context.box
    done = actions.undo_list(box.safe, ListId(list_id), by=OPERATOR, now=box.now(), day=box.today())
    show_one({"undone": done.undone, "changed_since_and_left": done.left}, as_json=as_json)


@permission_list.command("discard")
@click.argument("list_id", metavar="LIST")
@pass_context
def discard_command(context: Context, list_id: str) -> None:
    """Throw a LIST away that was not brought in."""
    actions.discard_list(context.box.safe, ListId(list_id), by=OPERATOR, now=context.now)
    click.echo("Thrown away.")


COMMANDS = (permission_list,)
