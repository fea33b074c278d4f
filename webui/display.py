"""How values look on a page: days, sizes, words and reasons."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from babel.dates import format_date, format_datetime
from flask import Flask

from appliance.actions.release import Names
from appliance.domain.access import HELD_BY, Permission
from appliance.domain.consent import PUBLICATION, Light, Purpose, Reason, Verdict
from appliance.domain.people import Person, PersonId
from appliance.domain.photos import Photo
from appliance.domain.wording import sentence, sentences, word
from webui.current import box, user
from webui.language import gettext, language

THUMBNAIL_SIDE, PROXY_SIDE = 400, 1600


def set_up_display(app: Flask) -> None:
    """Make filters and globals known to the templates."""
    app.add_template_filter(day)
    app.add_template_filter(moment)
    app.add_template_filter(size)
    app.add_template_filter(words)
    app.add_template_filter(reasons)
    app.add_template_filter(reason)
    app.add_template_filter(within)
    app.context_processor(_globals)


def _globals() -> dict[str, object]:
    return {
        "user": user(),
        "may": may,
        "purposes": PUBLICATION,
        "every_purpose": tuple(Purpose),
        "every_light": tuple(Light),
        "organisation": box().config.organisation,
        "thumbnail_side": THUMBNAIL_SIDE,
        "proxy_side": PROXY_SIDE,
    }


def may(permission: str) -> bool:
    """Whether to show a button; whether it works is decided where the action is done."""
    someone = user()
    return someone is not None and Permission(permission) in HELD_BY[someone.role]


def day(value: date | None) -> str:
    """3 mrt 2026."""
    return format_date(value, "d MMM yyyy", locale=language().value) if value else ""


def moment(value: datetime | None) -> str:
    """3 mrt 2026 14:05, in the office's time; a camera's clock is shown as it stood."""
    if value is None:
        return ""
    local = value if value.tzinfo is None else value.astimezone(box().config.zone)
    return str(format_datetime(local.replace(tzinfo=None), "d MMM yyyy HH:mm", locale=language().value))


def size(count: int) -> str:
    """Bytes for people: 4.2 MB."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit in ("B", "kB") else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def words(value: StrEnum) -> str:
    """The word for a member of a closed set: from the domain's own, else from the catalogue."""
    try:
        return word(value, language())
    except KeyError:
        return gettext(value.value.replace("_", " "))


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
