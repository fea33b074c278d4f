"""How values look on a page: days, sizes, and what every template may use."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent
from flask import Flask, request

from appliance.actions.release import Names
from appliance.domain.access import Permission, acting, decide
from appliance.domain.collections import CollectionChange, Part, PhotoStep, TextStep
from appliance.domain.consent import PUBLICATION, Light, Purpose, Reason, Verdict
from appliance.domain.people import Person, PersonId
from appliance.domain.photos import Photo
from appliance.domain.wording import sentence, sentences
from webui import ways, words
from webui.appearance import CHOICES, appearance
from webui.current import box, user
from webui.language import gettext, language, ngettext

THUMBNAIL_SIDE, PROXY_SIDE = 400, 1600


def set_up_display(app: Flask) -> None:
    """Make filters and globals known to the templates."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    of_values: tuple[Callable[..., object], ...] = (
        day,
        month,
        month_short,
        moment,
        number,
        percent,
        size,
        reasons,
        reason,
        within,
        worst,
        changes,
        ways.whys,
        ways.ways,
        ways.way,
    )
    of_words = (
        words.words,
        words.words_in,
        words.short,
        words.explained,
        words.set_aside_reason,
        words.broken_off_reason,
        words.usb_kind,
        words.likeness,
        words.problem_words,
    )
    for shown in (*of_values, *of_words, words.message, words.hint):
        app.add_template_filter(shown)
    app.context_processor(_globals)


def _globals() -> dict[str, object]:
    return {
        "user": user(),
        "may": may,
        "here": request.script_root + request.full_path.rstrip("?") if request.method == "GET" else "",
        "practising": False,
        "purposes": PUBLICATION,
        "every_purpose": tuple(Purpose),
        "every_light": tuple(Light),
        "organisation": box().config.organisation,
        "appearance": appearance(),
        "appearances": CHOICES,
        "thumbnail_side": THUMBNAIL_SIDE,
        "proxy_side": PROXY_SIDE,
    }


def may(permission: str) -> bool:
    """Whether to show a button; whether it works is decided where the action is done."""
    someone = user()
    return someone is not None and decide(acting(someone, confirmed=True), Permission(permission)).allowed


def day(value: date | None) -> str:
    """3 mrt 2026."""
    return format_date(value, "d MMM yyyy", locale=language().value) if value else ""


def month(value: date) -> str:
    """maart 2026."""
    return format_date(value, "LLLL yyyy", locale=language().value)


def month_short(value: date) -> str:
    """mrt."""
    return format_date(value, "LLL", locale=language().value)


def moment(value: datetime | None) -> str:
    """3 mrt 2026 14:05, in the office's time; a camera's clock is shown as it stood."""
    if value is None:
        return ""
    local = value if value.tzinfo is None else value.astimezone(box().config.zone)
    return str(format_datetime(local.replace(tzinfo=None), "d MMM yyyy HH:mm", locale=language().value))


def number(value: float) -> str:
    """1.234 in Dutch, 1,234 in English."""
    return str(format_decimal(value, locale=language().value))


def percent(part: float) -> str:
    """0,123 as 12,3 % in Dutch, 12.3% in English."""
    return str(format_percent(part, "0.0%", locale=language().value))


def size(count: int) -> str:
    """Bytes for people: 4.2 MB."""
    value, unit = float(count), "B"
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if value < 1000 or unit == "TB":
            break
        value /= 1000
    shape = "0" if unit in ("B", "kB") else "0.0"
    return f"{format_decimal(value, shape, locale=language().value)} {unit}"


def reasons(verdict: Verdict, people: Mapping[PersonId, Person]) -> tuple[str, ...]:
    """A verdict's reasons as sentences."""
    return sentences(verdict, language(), Names(people))


def reason(one: Reason, people: Mapping[PersonId, Person]) -> str:
    """One reason as a sentence."""
    return sentence(one, language(), Names(people))


def within(photo: Photo, side: int) -> tuple[int, int]:
    """Width and height of a photo's picture whose long side is at most so many pixels."""
    width, height = photo.width or 3, photo.height or 2
    scale = min(1.0, side / max(width, height)) if photo.width else side / 3
    return max(1, round(width * scale)), max(1, round(height * scale))


def worst(counts: Mapping[Light, int]) -> Light:
    """The light that says most of several photos: green when all are, red when none may be used."""
    kinds = {light for light, photos in counts.items() if photos}
    if kinds == {Light.GREEN}:
        return Light.GREEN
    return Light.RED if kinds == {Light.RED} else Light.AMBER


def changes(change: CollectionChange) -> tuple[str, ...]:
    """What was done to a collection in one act, in words."""
    return (*_photo_changes(change), *_text_changes(change))


def _photo_changes(change: CollectionChange) -> Sequence[str]:
    moved = [step for step in change.steps if isinstance(step, PhotoStep)]
    came, went = sum(s.before is None for s in moved), sum(s.after is None for s in moved)
    rest = len(moved) - came - went
    told = (
        (came, ngettext("%(num)s photo added", "%(num)s photos added", came)),
        (went, ngettext("%(num)s photo taken out", "%(num)s photos taken out", went)),
        (rest, ngettext("%(num)s photo moved", "%(num)s photos moved", rest)),
    )
    return [text % {"num": number(count)} for count, text in told if count]


def _text_changes(change: CollectionChange) -> Sequence[str]:
    forms = {
        Part.TITLE: gettext("title: %(before)s is now %(after)s"),
        Part.NOTE: gettext("the note was changed"),
        Part.COVER: gettext("another cover"),
    }
    written = [step for step in change.steps if isinstance(step, TextStep)]
    return [forms[step.part] % {"before": step.before, "after": step.after} for step in written]
