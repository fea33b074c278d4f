"""Keeping: the periodic duties of the box, where its backups go, and what somebody must look at."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from appliance.actions import backup, duties
from appliance.domain.duties import Due
from webui.current import asking, box
from webui.display import may

pages = Blueprint("keeping", __name__)
_RUNS = 30


@pages.get("/keeping")
def show() -> ResponseReturnValue:
    """How every duty stands, and how the last ones went."""
    return render_template(
        "keeping/show.html",
        due=duties.due(box().safe, **asking()),
        runs=duties.runs(box().safe, limit=_RUNS, **asking()),
        targets=backup.targets(box().safe, **asking()),
    )


def alarming() -> tuple[Due, ...]:
    """What the red banner tells; to nobody who may not see how the box is."""
    return duties.alarming(box().safe, **asking()) if may("health:view") else ()
