"""The guide, the short test about it, and one's certificate."""

from http import HTTPStatus
from io import BytesIO

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import training
from appliance.demo.practice import is_ready
from appliance.domain.errors import Mistake
from appliance.domain.guide import Topic, chapter, passed, questions
from webui.current import asking, box
from webui.language import language

pages = Blueprint("guide", __name__)
PRACTICE = "/practice"


@pages.get("/guide")
def index() -> ResponseReturnValue:
    """The topics."""
    chapters = [chapter(topic, language()) for topic in Topic]
    return render_template(
        "guide/index.html",
        chapters=chapters,
        passed_at=training.passed_test(box().safe, **asking()),
        practice=f"{PRACTICE}/exercises" if is_ready(box().config) else "",
    )


@pages.get("/guide/<topic>")
def show(topic: str) -> ResponseReturnValue:
    """One topic."""
    if topic not in set(Topic):
        raise Mistake("guide:unknown", "The guide has no such page.", "Choose one from the list.")
    order = [*Topic]
    place = order.index(Topic(topic))
    following = chapter(order[place + 1], language()) if place + 1 < len(order) else None
    return render_template("guide/show.html", chapter=chapter(Topic(topic), language()), following=following)


@pages.get("/guide/test")
def test() -> ResponseReturnValue:
    """The questions."""
    return render_template("guide/test.html", asked=questions(language()), wrong=None, chosen={})


@pages.post("/guide/test")
def answer() -> ResponseReturnValue:
    """What was right and what was not."""
    asked = questions(language())
    chosen = {one.number: request.form.get(f"question-{one.number}", -1, type=int) for one in asked}
    wrong = training.answer_test(box().safe, chosen, language(), **asking())
    return render_template(
        "guide/test.html", asked=asked, wrong=wrong, chosen=chosen, passed=passed(wrong, asked)
    )


@pages.get("/guide/certificate.pdf")
def certificate() -> ResponseReturnValue:
    """One's certificate; whoever has none yet is led to the test."""
    if training.passed_test(box().safe, **asking()) is None:
        return redirect(url_for("guide.test"), HTTPStatus.SEE_OTHER)
    sealed = training.training_certificate(box().safe, box().sealing, language(), **asking())
    return send_file(BytesIO(sealed), "application/pdf", as_attachment=True, download_name="certificate.pdf")
