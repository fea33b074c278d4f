"""The self-audit: what is open, the photos to look at by hand, and every report that was signed."""

from http import HTTPStatus

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import self_audit as actions
from appliance.domain.photos import PhotoId
from appliance.domain.self_audit import Grade
from appliance.domain.self_audit_words import said
from appliance.domain.wording import word
from webui import users
from webui.current import asking, box
from webui.language import gettext, language

pages = Blueprint("self_audit", __name__)

_ORDER = (Grade.RED, Grade.AMBER)


@pages.get("/self-audit")
def show() -> ResponseReturnValue:
    """What was found and is open, the sample, and the reports."""
    seen = actions.overview(box().safe, **asking())
    today = box().today()
    names = users.names()
    rows = [(one, one.grade(today), *_said(one.finding, names)) for one in seen.open]
    return render_template(
        "self_audit/show.html",
        seen=seen,
        today=today,
        open=sorted(rows, key=lambda row: (_ORDER.index(row[1]), row[0].due_on)),
        others=[
            (one, *_said(one, names)) for one in (seen.newest.findings if seen.newest else ()) if not one.open
        ],
        names=names,
        grades=Grade,
    )


def _said(finding: actions.Finding, names: dict[str, str]) -> tuple[str, str, str]:
    spoken = language()
    found, cure = said(finding, spoken, lambda thing: names.get(thing, thing))
    return word(finding.topic, spoken), found, cure


@pages.get("/self-audit/<report_id>.pdf")
def pdf(report_id: str) -> ResponseReturnValue:
    """A report to print."""
    data = actions.report_pdf(box().safe, box().sealing, report_id, language=language(), **asking())
    return _file(data, "application/pdf", f"self-audit-{report_id}.pdf")


@pages.get("/self-audit/<report_id>.json")
def json(report_id: str) -> ResponseReturnValue:
    """A report with its signature, for programs."""
    data = actions.report_json(box().safe, report_id, **asking())
    return _file(data, "application/json", f"self-audit-{report_id}.json")


def _file(data: bytes, kind: str, name: str) -> Response:
    answer = Response(data, mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@pages.post("/self-audit/photos/<photo_id>")
def judge(photo_id: str) -> ResponseReturnValue:
    """Say whether a photo of the sample is right."""
    right = request.form.get("judgement") == "right"
    actions.judge_photo(box().safe, PhotoId(photo_id), right=right, **asking())
    flash(gettext("Noted."), "done")
    return redirect(url_for("self_audit.show", _anchor="sample"), HTTPStatus.SEE_OTHER)
