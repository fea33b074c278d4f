"""Notices to staff: something changed about a photo that they used."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from appliance.domain.access import UserId
from appliance.domain.collections import CollectionId
from appliance.domain.consent import Purpose
from appliance.domain.people import PersonId
from appliance.domain.photos import PhotoId
from appliance.domain.release import ParcelId

NoticeId = NewType("NoticeId", str)


class NoticeKind(StrEnum):
    """What a notice is about."""

    WITHDRAWN = "withdrawn"  # a photo that was released may no longer be used for the purpose
    ANSWERED = "answered"  # a request that somebody made was answered
    DECLINED = "declined"
    MORE_RIGHTS = "more_rights"  # the recipient of a link asks for more
    COLLECTION = "collection"  # somebody changed a collection that one takes part in
    COMMENTED = "commented"  # somebody said something there
    EMERGENCY = "emergency"  # the emergency account was used
    SECOND_STEP_RESET = "second_step_reset"  # somebody took one's second steps away


@dataclass(frozen=True, slots=True)
class Notice:
    """One line for one user."""

    id: NoticeId
    user_id: UserId
    kind: NoticeKind
    made_at: datetime
    photo_id: PhotoId | None = None
    person_id: PersonId | None = None
    purpose: Purpose | None = None
    seen_at: datetime | None = None
    parcel_id: ParcelId | None = None
    collection_id: CollectionId | None = None
