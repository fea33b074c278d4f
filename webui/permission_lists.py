"""Old lists of permissions: sent, mapped column by column, tried, brought in, and taken back."""

from dataclasses import replace
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import permission_lists as actions
from appliance.domain.consent import Answer, Basis, Purpose
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId
from appliance.domain.permission_cells import DateOrder, plain
from appliance.domain.permission_columns import DATES, ColumnMapping, Field, Use, filled_cells
from appliance.domain.permission_list import ListId, Plan
from appliance.domain.permission_problems import LONGEST_VALUE, ProblemKind
from webui.current import asking, asking_today, box
from webui.language import gettext, ngettext

pages = Blueprint("permission_lists", __name__)
EXAMPLES = 3  # cells of each column that are shown
MOST_SHOWN = 200  # people, and problems
WORDS = (Answer.GRANTED, Answer.DECLINED, Answer.WITHDRAWN)
_NEW = "new"


@pages.get("/permission-lists")
def index() -> ResponseReturnValue:
    """The lists, and the form to send one."""
    found = actions.permission_lists(box().safe, **asking())
    return render_template("permission_lists/index.html", found=found)


@pages.post("/permission-lists")
def receive() -> ResponseReturnValue:
    """Keep a list; nothing is brought in yet."""
    sent = request.files.get("list")
    if sent is None or not sent.filename:
        raise Mistake("list:no_file", "No list was sent.", "Choose a CSV file.")
    kept = actions.receive_list(box().safe, sent.stream.read(), sent.filename, **asking())
    return redirect(url_for("permission_lists.show", list_id=kept.id), HTTPStatus.SEE_OTHER)


@pages.get("/permission-lists/<list_id>")
def show(list_id: str) -> ResponseReturnValue:
    """The mapping, and what the first rows (or all) would bring in."""
    everything = request.args.get("rows") == "all"
    rows = None if everything else actions.SAMPLE
    view = actions.list_view(box().safe, ListId(list_id), rows=rows, **asking_today())
    table = view.table
    return render_template(
        "permission_lists/show.html",
        view=view,
        everything=everything,
        examples=[list(filled_cells(table, i))[:EXAMPLES] for i in range(len(table.columns))],
        fields=tuple(Field),
        about_purposes=(Field.ANSWER, Field.BEGIN, Field.END),
        orders=tuple(DateOrder),
        bases=tuple(Basis),
        words=WORDS,
        unclear=_unclear(view.plan),
        most=MOST_SHOWN,
    )


def _unclear(plan: Plan | None) -> list[str]:
    """Answers that are not understood, each once: their meaning can be told."""
    kinds = [one for one in plan.problems if one.kind is ProblemKind.UNCLEAR_ANSWER] if plan else []
    return sorted({plain(one.value) for one in kinds if len(one.value) < LONGEST_VALUE})


@pages.post("/permission-lists/<list_id>")
def map_columns(list_id: str) -> ResponseReturnValue:
    """Keep the mapping, and try it."""
    view = actions.list_view(box().safe, ListId(list_id), rows=0, **asking_today())
    mapping = _mapped(view.kept.mapping, len(view.table.columns))
    actions.map_list(box().safe, ListId(list_id), mapping, **asking())
    rows = "all" if request.form.get("rows") == "all" else None
    page = url_for("permission_lists.show", list_id=list_id, rows=rows, _anchor="tried")
    return redirect(page, HTTPStatus.SEE_OTHER)


def _mapped(before: ColumnMapping, columns: int) -> ColumnMapping:
    """The mapping as it was filled in; words and people decided earlier stay decided."""
    form = request.form
    try:
        months = form.get("months", "").strip()
        return replace(
            before,
            uses=tuple(_use(column) for column in range(columns)),
            date_order=DateOrder(form["date_order"]) if form.get("date_order") else None,
            basis=Basis(form.get("basis", "")),
            balancing=form.get("balancing", "").strip(),
            months=int(months) if months else None,
            own_words={**before.own_words, **_own_words()},
            decisions={**before.decisions, **_decisions()},
        )
    except ValueError as problem:
        raise Mistake("list:bad_form", "Something in the form is not understood.") from problem


def _use(column: int) -> Use | None:
    chosen = request.form.get(f"field-{column}", "")
    if not chosen:
        return None
    field = Field(chosen)
    purposes = {Purpose(one) for one in request.form.getlist(f"purposes-{column}")}
    speaks = field is Field.ANSWER or field in DATES - {Field.BIRTH_DATE}
    return Use(field, tuple(one for one in Purpose if speaks and one in purposes))


def _own_words() -> dict[str, Answer]:
    """What words of the list mean, where that was chosen."""
    told = zip(request.form.getlist("word"), request.form.getlist("meaning"), strict=False)
    return {plain(word): Answer(meaning) for word, meaning in told if meaning}


def _decisions() -> dict[int, PersonId | None]:
    """Who is meant in a line, where that was chosen."""
    told = zip(request.form.getlist("line"), request.form.getlist("who"), strict=False)
    return {int(line): None if who == _NEW else PersonId(who) for line, who in told if who}


@pages.post("/permission-lists/<list_id>/commit")
def commit(list_id: str) -> ResponseReturnValue:
    """Bring it in."""
    done = actions.commit_list(box().safe, ListId(list_id), **asking_today())
    told = ngettext("%(num)s quitclaim is kept.", "%(num)s quitclaims are kept.", done.quitclaims)
    flash(told % {"num": done.quitclaims}, "done")
    return redirect(url_for("permission_lists.show", list_id=list_id), HTTPStatus.SEE_OTHER)


@pages.post("/permission-lists/<list_id>/undo")
def undo(list_id: str) -> ResponseReturnValue:
    """Take it back."""
    done = actions.undo_list(box().safe, ListId(list_id), **asking_today())
    told = ngettext(
        "%(num)s quitclaim was taken back.", "%(num)s quitclaims were taken back.", done.undone
    ) % {"num": done.undone}
    if done.left:
        left = ngettext(
            "%(num)s was changed since, and stands as it is.",
            "%(num)s were changed since, and stand as they are.",
            done.left,
        )
        told = f"{told} {left % {'num': done.left}}"
    flash(told, "done")
    return redirect(url_for("permission_lists.show", list_id=list_id), HTTPStatus.SEE_OTHER)


@pages.post("/permission-lists/<list_id>/discard")
def discard(list_id: str) -> ResponseReturnValue:
    """Throw it away."""
    actions.discard_list(box().safe, ListId(list_id), **asking())
    flash(gettext("The list is thrown away."), "done")
    return redirect(url_for("permission_lists.index"), HTTPStatus.SEE_OTHER)
