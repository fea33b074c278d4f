"""Moving an archive in: counted, tried with some photos, then all of it, with a report at each step."""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import moves as actions
from appliance.actions.shoots import shoots
from appliance.domain.errors import Mistake
from appliance.domain.moves import LOOKED_AT, TRIED, MoveId, MoveStage
from webui.current import asking, box
from webui.imports import allowed_folder, chosen_shoot, places

pages = Blueprint("moves", __name__)
_RUNNING = (MoveStage.COUNTING, MoveStage.TRYING, MoveStage.MOVING)


@pages.get("/archives")
def index() -> ResponseReturnValue:
    """The archives so far, and how to begin with one."""
    return render_template(
        "moves/index.html",
        moves=actions.moves(box().safe, **asking()),
        places=places(),
        roots=box().config.import_roots,
        looked_at=LOOKED_AT,
    )


@pages.post("/archives")
def begin() -> ResponseReturnValue:
    """Count an archive; the worker does it."""
    folder = allowed_folder(request.form.get("folder", ""))
    move = actions.start_move(
        box().safe, folder, bell=box().bell, looked_at=_number("look", LOOKED_AT), **asking()
    )
    return _to(move.id)


@pages.get("/archives/<move_id>")
def show(move_id: str) -> ResponseReturnValue:
    """How an archive stands, and what came of its photos."""
    seen = actions.move_view(box().safe, MoveId(move_id), **asking())
    return render_template(
        "moves/show.html",
        seen=seen,
        move=seen.move,
        running=seen.move.stage in _RUNNING,
        shoots=shoots(box().safe, **asking()),
        tried=TRIED,
    )


@pages.get("/archives/<move_id>.json")
def progress(move_id: str) -> ResponseReturnValue:
    """The same as numbers."""
    seen = actions.move_view(box().safe, MoveId(move_id), **asking())
    busy = seen.whole or seen.trial
    return {
        "stage": seen.move.stage.value,
        "handled": busy.stored + busy.known + busy.failed if busy else 0,
        "found": busy.found if busy else 0,
        "waiting": busy.waiting if busy else 0,
        "finished": seen.move.stage not in _RUNNING,
    }


@pages.post("/archives/<move_id>/count")
def count_again(move_id: str) -> ResponseReturnValue:
    """Count it anew."""
    actions.count_again(box().safe, MoveId(move_id), bell=box().bell, **asking())
    return _to(MoveId(move_id))


@pages.post("/archives/<move_id>/try")
def try_some(move_id: str) -> ResponseReturnValue:
    """Take some photos in."""
    photos = _number("photos", TRIED)
    actions.try_some(
        box().safe, MoveId(move_id), bell=box().bell, photos=photos, shoot_id=chosen_shoot(), **asking()
    )
    return _to(MoveId(move_id))


@pages.post("/archives/<move_id>/all")
def move_all(move_id: str) -> ResponseReturnValue:
    """Take all of it in."""
    actions.move_all(box().safe, MoveId(move_id), bell=box().bell, shoot_id=chosen_shoot(), **asking())
    return _to(MoveId(move_id))


def _to(move_id: MoveId) -> ResponseReturnValue:
    return redirect(url_for("moves.show", move_id=move_id), HTTPStatus.SEE_OTHER)


def _number(name: str, otherwise: int) -> int:
    text = request.form.get(name, "") or str(otherwise)
    if not text.isdecimal() or len(text) > len("1000000"):
        raise Mistake("move:number", "That is not a number of photos.", "Fill in 1 or more.")
    return int(text)
