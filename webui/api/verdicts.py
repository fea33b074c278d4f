"""Whether photos may be used."""

from datetime import date
from http import HTTPStatus

from appliance.actions import photos as photo_actions
from appliance.domain.access import Permission
from appliance.domain.consent import PUBLICATION, Purpose
from appliance.domain.photos import PhotoId
from webui.api import schemas, telling
from webui.api.operations import Resource
from webui.current import asking, box

verdicts = Resource("verdicts")


@verdicts.get("/photos/{photo}/verdicts", Permission.PHOTO_VIEW)
def show_verdicts(photo: str, asked: schemas.VerdictSearch) -> schemas.PhotoVerdicts:
    """Tell whether a photo may be used, for a purpose and on a day, with every reason.

    A past day is answered from what was known then.
    """
    (found,) = _verdicts([photo], [asked.purpose] if asked.purpose else [], asked.day)
    return found


@verdicts.post("/verdicts", Permission.PHOTO_VIEW, HTTPStatus.OK)
def ask_verdicts(body: schemas.VerdictsWanted) -> schemas.VerdictList:
    """Tell the same of many photos at once.

    Nothing is made or changed by it.
    """
    return schemas.VerdictList(photos=_verdicts(body.photos, body.purposes, body.day))


def _verdicts(wanted: list[str], purposes: list[Purpose], day: date | None) -> list[schemas.PhotoVerdicts]:
    today = box().today()
    found = photo_actions.verdicts(
        box().safe,
        [PhotoId(one) for one in dict.fromkeys(wanted)],
        [*dict.fromkeys(purposes)] or PUBLICATION,
        day=day or today,
        today=today,
        **asking(),
    )
    return [
        schemas.PhotoVerdicts(photo=photo.id, verdicts=telling.verdicts(decided))
        for photo, decided, _ in found
    ]
