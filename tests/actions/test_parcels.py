"""Share links: each test of the first part is named for a way in which such links went wrong elsewhere."""

import io
import re
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import exiv2
import numpy as np
import pytest
from PIL import Image

from appliance.actions import consent, parcels, unpacking
from appliance.actions.mailing import Office
from appliance.actions.notices import notices
from appliance.actions.release import Copy
from appliance.actions.watermarks import Marking, change_watermark, preview
from appliance.domain.access import Role
from appliance.domain.consent import Purpose, Quitclaim
from appliance.domain.errors import KluisError, Mistake, NotAllowed
from appliance.domain.notices import NoticeKind
from appliance.domain.parcels import MOST_FAILURES, ParcelState, Terms
from appliance.domain.photos import PhotoId
from appliance.domain.release import SHARED_SIZES, Recipient, Size, usual_order
from appliance.evidence.receipts import verify_copy
from appliance.imaging.watermark import Style
from appliance.store.photos import BlobKind
from appliance.wiring import Box
from tests.actions.paperwork import mail_through
from tests.actions.scene import (
    ADMINISTRATOR,
    EDITOR,
    OFFICER,
    VIEWER,
    everything,
    named,
    original,
    person,
    rows,
    signed,
    told,
)
from tests.actions.test_release import add
from tests.conftest import Clock

PASSWORD = "a long enough password"
PAPER = Recipient("De Krant", "foto@krant.example")
OFFICE = Office("Waterdam", "https://door.example")


@pytest.fixture
def anna(photo_box: Box, photo: PhotoId) -> Quitclaim:
    """Anna's quitclaim, for the photo she stands in."""
    anna = person(photo_box, "Anna van Dijk")
    found = signed(photo_box, anna, Purpose.PRESS, days=30)
    add(photo_box, photo, anna)
    mail_through(photo_box, 9)
    return found


def parcel(box: Box, *photos: PhotoId, **more: object) -> parcels.Made:
    terms = Terms(**({"title": "Open day", "purpose": Purpose.PRESS, "recipient": PAPER} | more))  # type: ignore[arg-type]
    return parcels.create_parcel(box.safe, list(photos), terms, PASSWORD, 30, by=EDITOR, now=box.now())


def unlocked(box: Box, made: parcels.Made) -> unpacking.Key:
    return unpacking.Key(made.token, unpacking.unlock(box.safe, made.token, PASSWORD, now=box.now()))


def code_in_the_mail(box: Box) -> str:
    sent = rows(box, "SELECT text FROM messages WHERE kind = 'parcel_code' ORDER BY created_at")
    found = re.findall(r"\b\d{6}\b", str(sent[-1]["text"]))
    return str(found[0])


def verified(box: Box, made: parcels.Made) -> unpacking.Key:
    key = unlocked(box, made)
    unpacking.send_parcel_code(box.safe, key, OFFICE, now=box.now(), bell=box.bell)
    unpacking.verify_parcel_code(box.safe, key, code_in_the_mail(box), now=box.now())
    return key


def opened(box: Box, key: unpacking.Key) -> unpacking.Opened:
    return unpacking.open_parcel(box.safe, key, now=box.now(), day=box.today())


def look(box: Box, key: unpacking.Key, ref: str) -> bytes:
    now, day = box.now(), box.today()
    return unpacking.shared_preview(box.safe, box.decoder, "Waterdam", key, ref, now=now, day=day)


def take(box: Box, key: unpacking.Key, ref: str) -> Copy:
    now, day = box.now(), box.today()
    return unpacking.shared_copy(box.safe, box.decoder, box.sealing, key, ref, "", now=now, day=day)


def take_all(box: Box, key: unpacking.Key) -> Iterator[bytes]:
    return unpacking.shared_zip(
        box.safe, box.decoder, box.sealing, key, "", clock=lambda: (box.now(), box.today())
    )


def ref_of(box: Box, made: parcels.Made) -> str:
    (row,) = rows(box, "SELECT ref FROM parcel_photos WHERE parcel_id = ?", made.parcel.id)
    return str(row["ref"])


def refused(key: str, what: object, *arguments: object) -> None:
    with pytest.raises(NotAllowed) as told_so:
        what(*arguments)  # type: ignore[operator]
    assert told_so.value.key == key
    assert not told_so.value.reasons


# What went wrong elsewhere.


def test_previews_without_the_password(photo_box: Box, photo: PhotoId, anna: Quitclaim) -> None:
    made = parcel(photo_box, photo)
    ref, bare = ref_of(photo_box, made), unpacking.Key(made.token)
    assert opened(photo_box, bare) == unpacking.Opened(False), "not even a title or a number"
    for key in (bare, unpacking.Key(made.token, "a visit of nobody")):
        refused("parcel:locked", look, photo_box, key, ref)
        refused("parcel:locked", take, photo_box, key, ref)
        refused("parcel:locked", take_all, photo_box, key)
    other = parcel(photo_box, photo)
    visit = unlocked(photo_box, other).visit
    refused("parcel:locked", look, photo_box, unpacking.Key(made.token, visit), ref)


def test_expiry_that_is_ignored(photo_box: Box, photo: PhotoId, anna: Quitclaim, clock: Clock) -> None:
    made = parcel(photo_box, photo)
    key, ref = verified(photo_box, made), ref_of(photo_box, made)
    assert made.parcel.expires_at == photo_box.now() + timedelta(days=7), "seven days, when nothing is said"
    clock.advance(days=7, seconds=-1)
    key = verified(photo_box, made)
    assert take(photo_box, key, ref).data
    clock.advance(seconds=1)
    for what in (opened, take_all):
        refused("parcel:over", what, photo_box, key)
    refused("parcel:over", look, photo_box, key, ref)
    refused("parcel:over", take, photo_box, key, ref)


@pytest.mark.parametrize("days", [0, -1, 31, 10**9])
def test_a_link_without_an_end_or_beyond_the_policy(photo_box: Box, photo: PhotoId, days: int) -> None:
    with pytest.raises(Mistake) as told_so:
        parcel(photo_box, photo, days=days)
    assert told_so.value.key == "parcel:days"


def test_a_limit_that_parallel_requests_pass(photo_box: Box, photo: PhotoId, anna: Quitclaim) -> None:
    made = parcel(photo_box, photo, downloads=3)
    key, ref = verified(photo_box, made), ref_of(photo_box, made)

    def attempt(_number: int) -> bool:
        try:
            return bool(take(photo_box, key, ref).data)
        except NotAllowed as problem:
            return problem.key != "parcel:used_up"

    with ThreadPoolExecutor(8) as hands:
        got = list(hands.map(attempt, range(16)))
    assert sum(got) == 3
    assert rows(photo_box, "SELECT count(*) AS n FROM releases")[0]["n"] == 3
    assert opened(photo_box, key).left == 0
    refused("parcel:used_up", take_all, photo_box, key)
    assert look(photo_box, key, ref), "previews stay"


def test_a_limit_that_a_zip_passes(photo_box: Box, photo: PhotoId, anna: Quitclaim) -> None:
    made = parcel(photo_box, photo, downloads=1)
    key = verified(photo_box, made)
    first, second = take_all(photo_box, key), take_all(photo_box, key)
    parts = [b"".join(first), b"".join(second)]
    names = [name for part in parts for name in zipfile.ZipFile(io.BytesIO(part)).namelist()]
    assert len([name for name in names if name.endswith(".jpg")]) == 1


def test_a_password_or_token_in_the_clear(photo_box: Box, photo: PhotoId, anna: Quitclaim) -> None:
    made = parcel(photo_box, photo)
    key = verified(photo_box, made)
    kept = everything(photo_box)
    for secret in (PASSWORD, made.token, key.visit):
        assert not [where for where, value in kept if secret in str(value)]
    assert rows(photo_box, "SELECT password_hash FROM parcels")[0]["password_hash"].startswith("$argon2id$")
    made_here = parcels.create_parcel(
        photo_box.safe,
        [photo],
        Terms("Open day", Purpose.PRESS, PAPER),
        "",
        30,
        by=EDITOR,
        now=photo_box.now(),
    )
    assert len(made_here.password) == 14


def test_an_original_by_its_direct_address(photo_box: Box, photo: PhotoId, anna: Quitclaim) -> None:
    """Neither the photo's own id nor its name in another link opens anything."""
    made, other = parcel(photo_box, photo), parcel(photo_box, photo)
    key = verified(photo_box, made)
    for guess in (photo, ref_of(photo_box, other), "", "../" + photo, "0"):
        refused("parcel:gone", look, photo_box, key, guess)
        refused("parcel:gone", take, photo_box, key, guess)
    whole = original(photo_box, photo)
    assert look(photo_box, key, ref_of(photo_box, made)) != whole
    assert take(photo_box, key, ref_of(photo_box, made)).data != whole


def test_data_of_the_owner_disclosed(photo_box: Box, photo: PhotoId, anna: Quitclaim) -> None:
    made = parcel(photo_box, photo)
    key = verified(photo_box, made)
    copy = take(photo_box, key, ref_of(photo_box, made))
    seen = repr(opened(photo_box, key).items) + copy.receipt.decode() + copy.file_name + copy.receipt_name
    for ours in (EDITOR.id, photo, anna.person_id, anna.id, "Anna", "IMG_0001"):
        assert ours not in seen


def test_metadata_leaked(photo_box: Box, photo: PhotoId, anna: Quitclaim) -> None:
    made = parcel(photo_box, photo)
    key, ref = verified(photo_box, made), ref_of(photo_box, made)
    for data in (look(photo_box, key, ref), take(photo_box, key, ref).data):
        image = exiv2.ImageFactory.open(data)
        image.readMetadata()
        keys = {d.key() for kind in (image.exifData(), image.iptcData(), image.xmpData()) for d in kind}
        assert keys <= {"Xmp.plus.ModelReleaseStatus", "Xmp.plus.ModelReleaseID"}


def test_a_link_alive_after_consent_ended_and_again_when_it_came_back(
    photo_box: Box, photo: PhotoId, anna: Quitclaim, clock: Clock
) -> None:
    made = parcel(photo_box, photo)
    key, ref = verified(photo_box, made), ref_of(photo_box, made)
    assert [one.ref for one in opened(photo_box, key).items] == [ref]
    consent.withdraw(photo_box.safe, anna.id, by=EDITOR, now=photo_box.now(), day=photo_box.today())
    assert opened(photo_box, key).items == ()
    refused("parcel:gone", look, photo_box, key, ref)
    refused("parcel:gone", take, photo_box, key, ref)
    clock.advance(minutes=1)
    signed(photo_box, anna.person_id, Purpose.PRESS)
    assert [one.ref for one in opened(photo_box, key).items] == [ref]
    assert take(photo_box, key, ref).data


def test_a_link_for_one_purpose_used_for_another(photo_box: Box, photo: PhotoId, anna: Quitclaim) -> None:
    """S26: what is permitted for the press is not behind a link for the website."""
    made = parcel(photo_box, photo, purpose=Purpose.WEB)
    key = verified(photo_box, made)
    assert opened(photo_box, key).items == ()
    refused("parcel:gone", take, photo_box, key, ref_of(photo_box, made))


def test_a_revoked_link_that_an_open_browser_goes_on_with(
    photo_box: Box, photo: PhotoId, anna: Quitclaim
) -> None:
    made = parcel(photo_box, photo)
    key, ref = verified(photo_box, made), ref_of(photo_box, made)
    parcels.revoke_parcel(photo_box.safe, made.parcel.id, by=EDITOR, now=photo_box.now())
    refused("parcel:over", opened, photo_box, key)
    refused("parcel:over", take, photo_box, key, ref)
    assert rows(photo_box, "SELECT * FROM parcel_visits") == []


def test_passwords_tried_without_end(photo_box: Box, photo: PhotoId, anna: Quitclaim) -> None:
    made = parcel(photo_box, photo)
    for _ in range(MOST_FAILURES):
        with pytest.raises(NotAllowed) as told_so:
            unpacking.unlock(photo_box.safe, made.token, "not the password", now=photo_box.now())
        assert told_so.value.key == "parcel:wrong_password"
    with pytest.raises(NotAllowed) as told_so:
        unpacking.unlock(photo_box.safe, made.token, PASSWORD, now=photo_box.now())
    assert told_so.value.key == "parcel:over"
    history = parcels.parcel_history(
        photo_box.safe, made.parcel.id, by=OFFICER, now=photo_box.now(), day=photo_box.today()
    )
    assert history.view.state is ParcelState.LOCKED


def test_codes_tried_without_end(photo_box: Box, photo: PhotoId, anna: Quitclaim, clock: Clock) -> None:
    made = parcel(photo_box, photo)
    key = unlocked(photo_box, made)
    unpacking.send_parcel_code(photo_box.safe, key, OFFICE, now=photo_box.now(), bell=photo_box.bell)
    right = code_in_the_mail(photo_box)
    wrong = f"{(int(right) + 1) % 10**6:06}"
    for _ in range(5):
        with pytest.raises(NotAllowed):
            unpacking.verify_parcel_code(photo_box.safe, key, wrong, now=photo_box.now())
    with pytest.raises(NotAllowed):
        unpacking.verify_parcel_code(photo_box.safe, key, right, now=photo_box.now())
    unpacking.send_parcel_code(photo_box.safe, key, OFFICE, now=photo_box.now(), bell=photo_box.bell)
    clock.advance(minutes=16)
    with pytest.raises(NotAllowed):
        unpacking.verify_parcel_code(photo_box.safe, key, code_in_the_mail(photo_box), now=photo_box.now())
    assert not opened(photo_box, key).verified


# What it does.


def test_previews_are_marked_until_the_recipient_is_verified(
    photo_box: Box, photo: PhotoId, anna: Quitclaim
) -> None:
    """S24, S25: the mark goes with the code; what is taken has none."""
    made = parcel(photo_box, photo)
    key, ref = unlocked(photo_box, made), ref_of(photo_box, made)
    refused("parcel:not_verified", take, photo_box, key, ref)
    refused("parcel:not_verified", take_all, photo_box, key)
    marked = pixels(look(photo_box, key, ref))
    clean = pixels(original(photo_box, photo, BlobKind.PROXY))
    key = verified(photo_box, made)
    plain = pixels(look(photo_box, key, ref))
    assert np.abs(plain - clean).mean() < 4
    assert np.abs(marked - clean).mean() > 3 * np.abs(plain - clean).mean()
    assert np.abs(pixels(take(photo_box, key, ref).data) - clean).mean() < 6


def pixels(data: bytes) -> np.ndarray:  # type: ignore[type-arg]
    return np.array(Image.open(io.BytesIO(data)).convert("RGB")).astype(np.int16)


def test_the_code_goes_to_the_recipient_and_one_browser_is_not_another(
    photo_box: Box, photo: PhotoId, anna: Quitclaim
) -> None:
    made = parcel(photo_box, photo)
    key = verified(photo_box, made)
    assert rows(photo_box, "SELECT address FROM messages WHERE kind = 'parcel_code'") == [
        {"address": "foto@krant.example"}
    ]
    assert opened(photo_box, key).verified
    assert not opened(photo_box, unlocked(photo_box, made)).verified


def test_a_size_that_the_purpose_does_not_need(photo_box: Box, photo: PhotoId, anna: Quitclaim) -> None:
    box, made = photo_box, parcel(photo_box, photo)
    key, ref = verified(box, made), ref_of(box, made)

    def take_in(size: Size | None) -> Copy:
        return unpacking.shared_copy(
            box.safe, box.decoder, box.sealing, key, ref, "", now=box.now(), day=box.today(), size=size
        )

    assert all(sizes[0] is usual_order(purpose).shape.size for purpose, sizes in SHARED_SIZES.items())
    for size, recorded in ((None, SHARED_SIZES[made.parcel.purpose][0]), (Size.LARGE, Size.LARGE)):
        assert take_in(size).release.shape.size is recorded
    with pytest.raises(Mistake) as problem:
        take_in(Size.A3)
    assert problem.value.key == "release:shape"


def test_a_copy_is_a_release_with_its_receipt_and_recipient(
    photo_box: Box, photo: PhotoId, anna: Quitclaim
) -> None:
    made = parcel(photo_box, photo)
    copy = take(photo_box, verified(photo_box, made), ref_of(photo_box, made))
    assert (copy.release.made_by, copy.release.parcel_id) == (EDITOR.id, made.parcel.id)
    checked = verify_copy(copy.data, copy.receipt, photo_box.sealing.certificate)
    assert (checked.purpose, checked.recipient) == ("press", "De Krant")
    (view,) = parcels.parcels(photo_box.safe, by=OFFICER, now=photo_box.now(), day=photo_box.today())
    assert (view.taken, view.shown, view.chosen, view.state) == (1, 1, 1, ParcelState.OPEN)


def test_the_log_of_a_link_says_who_did_what(photo_box: Box, photo: PhotoId, anna: Quitclaim) -> None:
    made = parcel(photo_box, photo)
    key, ref = verified(photo_box, made), ref_of(photo_box, made)
    opened(photo_box, key)
    look(photo_box, key, ref)
    take(photo_box, key, ref)
    with pytest.raises(NotAllowed):
        unpacking.unlock(photo_box.safe, made.token, "wrong", now=photo_box.now())
    found = parcels.parcel_history(
        photo_box.safe, made.parcel.id, by=EDITOR, now=photo_box.now(), day=photo_box.today()
    )
    assert [f"{e.event.action} {e.event.outcome}" for e in reversed(found.entries)] == [
        "parcel:make done",
        "parcel:unlock done",
        "parcel:code done",
        "parcel:verify done",
        "parcel:open done",
        "parcel:preview done",
        "parcel:download done",
        "parcel:unlock refused",
    ]


def test_a_wish_for_more_reaches_the_owner(photo_box: Box, photo: PhotoId, anna: Quitclaim) -> None:
    made = parcel(photo_box, photo)
    key = unlocked(photo_box, made)
    unpacking.ask_for_more(photo_box.safe, key, Purpose.WEB, "Also for our site", now=photo_box.now())
    (notice,) = notices(photo_box.safe, by=EDITOR, now=photo_box.now())
    assert (notice.kind, notice.parcel_id, notice.purpose) == (
        NoticeKind.MORE_RIGHTS,
        made.parcel.id,
        Purpose.WEB,
    )
    found = parcels.parcel_history(
        photo_box.safe, made.parcel.id, by=EDITOR, now=photo_box.now(), day=photo_box.today()
    )
    assert [one.text for one in found.wishes] == ["Also for our site"]


@pytest.mark.parametrize(
    ("terms", "password", "key"),
    [
        ({"title": ""}, PASSWORD, "parcel:bad_text"),
        ({"recipient": Recipient("De Krant", "")}, PASSWORD, "parcel:no_address"),
        ({"purpose": Purpose.RECOGNITION}, PASSWORD, "release:purpose"),
        ({"downloads": -1}, PASSWORD, "parcel:downloads"),
        ({}, "short", "parcel:short_password"),
    ],
)
def test_what_makes_no_link(
    photo_box: Box, photo: PhotoId, terms: dict[str, object], password: str, key: str
) -> None:
    wanted = Terms(**({"title": "Open day", "purpose": Purpose.PRESS, "recipient": PAPER} | terms))  # type: ignore[arg-type]
    with pytest.raises(KluisError) as told_so:
        parcels.create_parcel(photo_box.safe, [photo], wanted, password, 30, by=EDITOR, now=photo_box.now())
    assert told_so.value.key == key


def test_the_house_chooses_its_mark_and_whose_previews_carry_it(photo_box: Box, photo: PhotoId) -> None:
    def seen(by: object) -> bytes:
        return preview(
            photo_box.safe,
            photo_box.decoder,
            photo,
            BlobKind.PROXY,
            "Waterdam",
            by=by,  # type: ignore[arg-type]
            now=photo_box.now(),
        )

    plain = original(photo_box, photo, BlobKind.PROXY)
    assert seen(VIEWER) == plain
    wanted = Marking(Style("Waterdam", 0.5), frozenset({Role.VIEWER}))
    change_watermark(photo_box.safe, photo_box.decoder, wanted, by=ADMINISTRATOR, now=photo_box.now())
    assert seen(VIEWER) != plain
    assert seen(EDITOR) == plain
    assert told(photo_box)[-2].startswith("the-viewer photo:preview")
    for bad in (Style(""), Style("Waterdam", 0.01)):
        with pytest.raises(Mistake):
            change_watermark(
                photo_box.safe, photo_box.decoder, Marking(bad), by=ADMINISTRATOR, now=photo_box.now()
            )


def test_one_photo_named_twice_is_shared_once(photo_box: Box, photo: PhotoId, anna: Quitclaim) -> None:
    made = parcel(photo_box, photo, photo)
    assert len(opened(photo_box, unlocked(photo_box, made)).items) == 1
    assert named(photo_box, "IMG_0001.JPG") == photo
