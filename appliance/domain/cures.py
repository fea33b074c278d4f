"""What somebody can do about each reason of a light that is not green."""

from collections.abc import Mapping
from enum import StrEnum

from appliance.domain.consent import Why


class Cure(StrEnum):
    """What resolves a reason, or lets somebody see how it stands. None of them is done by itself."""

    WAIT = "wait"
    SEE_IMPORT = "see_import"
    COUNT_HEADS = "count_heads"
    LOOK = "look"
    NAME = "name"
    CONFIRM = "confirm"
    CHOOSE_NAME = "choose_name"
    ASK = "ask"
    SEE_REQUEST = "see_request"
    SEE_QUITCLAIMS = "see_quitclaims"
    FILL_BIRTH_DATE = "fill_birth_date"
    BLUR = "blur"
    SEE_PRIVACY_REQUESTS = "see_privacy_requests"
    CHOOSE_PHOTO = "choose_photo"


# A no is never asked again: the face is blurred, or another photo taken.
CURE_OF: Mapping[Why, Cure] = {
    Why.NOT_ANALYSED: Cure.WAIT,
    Why.SET_ASIDE: Cure.SEE_IMPORT,
    Why.NOBODY_FOUND: Cure.COUNT_HEADS,
    Why.HEAD_COUNT_DIFFERS: Cure.COUNT_HEADS,
    Why.SOMEBODY_MAY_BE_HERE: Cure.LOOK,
    Why.UNKNOWN_FACE: Cure.NAME,
    Why.SUGGESTION_ONLY: Cure.CONFIRM,
    Why.NAMED_TWICE: Cure.CHOOSE_NAME,
    Why.NO_QUITCLAIM: Cure.ASK,
    Why.EXPIRED: Cure.ASK,
    Why.GUARDIAN_MISSING: Cure.ASK,
    Why.CAME_OF_AGE: Cure.ASK,
    Why.PENDING: Cure.SEE_REQUEST,
    Why.NOT_YET_VALID: Cure.SEE_QUITCLAIMS,
    Why.CONTRADICTION: Cure.SEE_QUITCLAIMS,
    Why.BALANCING_MISSING: Cure.SEE_QUITCLAIMS,
    Why.BIRTH_DATE_MISSING: Cure.FILL_BIRTH_DATE,
    Why.REVOKED: Cure.BLUR,
    Why.DECLINED: Cure.BLUR,
    Why.PHOTOGRAPH_NOT_PUBLISH: Cure.BLUR,
    Why.NEVER_PHOTOGRAPH: Cure.BLUR,
    Why.RESTRICTED: Cure.SEE_PRIVACY_REQUESTS,
    Why.OBJECTED: Cure.SEE_PRIVACY_REQUESTS,
    Why.NOT_A_PUBLICATION: Cure.CHOOSE_PHOTO,
    Why.NOT_IN_THE_SAFE: Cure.CHOOSE_PHOTO,
}
