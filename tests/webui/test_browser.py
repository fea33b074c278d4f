"""The pages in a real browser, as their users meet them: with scripts and without, wide and on a phone."""

import hashlib
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import exiv2
import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from appliance.actions.photos import look_at
from appliance.actions.release import releases
from appliance.actions.shoots import create_shoot
from appliance.domain.access import OPERATOR, WORKER, Permission, Role
from appliance.domain.audit import Event
from appliance.domain.photos import Box as Place
from appliance.domain.photos import Doubt, DoubtId, Sign
from appliance.wiring import Box
from tests.actions.scene import examine, fill, picture, rows
from tests.webui.conftest import OF_SIZE_AND_COLOUR, Staff, complaints, photo_named, served
from tests.webui.test_pages import addresses
from webui import news

OPEN_ALL = "document.querySelectorAll('main details').forEach((one) => { one.open = true; })"
JUMPS = """
    window.jumped = 0;
    const add = (list) => list.getEntries().forEach((entry) => { jumped += entry.value; });
    new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
"""
WIDE, PHONE, SMALL_PHONE = (1280, 800), (390, 844), (360, 740)


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The pages, served on loopback."""
    with served(app) as port:
        yield f"http://127.0.0.1:{port}"


Opened = Callable[..., Page]


@pytest.fixture
def opened(chromium: Browser, address: str, staff: Staff) -> Iterator[Opened]:
    """Open the pages, signed in as somebody; whatever the browser complains of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def _opened(role: Role | None = Role.EDITOR, size: tuple[int, int] = WIDE, **options: Any) -> Page:
        width, height = size
        context = chromium.new_context(
            base_url=address, locale="en", viewport={"width": width, "height": height}, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda problem: complaints.append(str(problem)))
        page.on("console", lambda m: complaints.append(m.text) if _is_complaint(m.type, m.text) else None)
        if role is not None:
            context.add_cookies([{"name": "kluis", "value": staff.tokens[role], "url": address}])
            page.goto("/")
            expect(page.get_by_role("heading", level=1)).to_have_text("Library")
        return page

    yield _opened
    for context in contexts:
        context.close()
    assert not complaints


def _is_complaint(kind: str, text: str) -> bool:
    """A refusal is an answer, not a fault; nor is a connection that a test breaks."""
    expected = ("status of 403", "status of 404", "ERR_CONNECTION_RESET")
    return kind == "error" and not any(part in text for part in expected)


def open_photo(page: Page, box: Box, name: str) -> None:
    page.goto(f"/photos/{photo_named(box, name)}")


def one_of_each(box: Box) -> list[str]:
    """Every kind of page, with photos that are green, amber, red and without a face."""
    files = ("KLUI0001", "KLUI0003", "KLUI0004", "KLUI0007", "KLUI0008")
    photos = {f"/photos/{photo_named(box, name)}" for name in files}
    person = next(path for path in addresses(box) if path.startswith("/people/"))
    others = [path for path in addresses(box) if not path.startswith("/photos/")]
    return [*others, *sorted(photos), f"{person}/quitclaims/new"]


def scripts_run(page: Page, heading: str) -> None:
    """Wait for a page and for its scripts."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    expect(page.locator("html")).to_have_attribute("data-ready", "")


def test_the_three_lights_of_the_portraits(opened: Opened) -> None:
    page = opened()
    cards = page.locator(".card")
    expect(cards).to_have_count(8)
    for file, light in {"KLUI0001": "green", "KLUI0003": "amber", "KLUI0004": "red"}.items():
        card = cards.filter(has_text=file)
        expect(card.get_by_text(f"website: {light}")).to_have_count(1)
        expect(card.locator(f".glyph.{light}").first).to_be_visible()
    shapes = {page.locator(f"#glyph-{light}").inner_html() for light in ("green", "amber", "red")}
    assert len(shapes) == 3


def test_amber_turns_green_when_a_suggestion_is_confirmed(opened: Opened, office: Box) -> None:
    page = opened()
    open_photo(page, office, "KLUI0003")
    web = page.get_by_role("row").filter(has_text="website")
    expect(web).to_contain_text("amber")
    expect(page.get_by_role("heading", name="Is this Barack Obama?")).to_be_visible()
    page.get_by_role("button", name="Yes, this is Barack Obama").click()
    expect(web).to_contain_text("green")
    expect(web).to_contain_text("Barack Obama permits it")
    page.get_by_role("link", name="Library").first.click()
    expect(page.locator(".card").filter(has_text="KLUI0003").get_by_text("website: green")).to_have_count(1)


def test_a_red_release_is_refused_with_its_reasons(opened: Opened, office: Box) -> None:
    page = opened()
    open_photo(page, office, "KLUI0004")
    page.get_by_role("button", name="Release for website").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Not released")
    expect(page.get_by_text("The permission of Joe Biden expired on 25 October 2026.")).to_be_visible()
    page.get_by_role("link", name="Resolve the reasons").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("KLUI0004.JPG")
    assert releases(office.safe, by=OPERATOR, now=office.now()) == ()


def test_a_green_release_is_what_the_record_says(opened: Opened, office: Box, tmp_path: Path) -> None:
    page = opened()
    open_photo(page, office, "KLUI0001")
    scripts_run(page, "KLUI0001.JPG")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Release for website").click()
    kept = tmp_path / "copy.jpg"
    waiting.value.save_as(kept)
    data = kept.read_bytes()
    (made,) = releases(office.safe, by=OPERATOR, now=office.now())
    assert hashlib.sha256(data).hexdigest() == made.release.sha256
    assert len(data) == made.release.bytes
    assert waiting.value.suggested_filename == f"{made.release.id}.jpg"
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        assert image.format == "JPEG"
    written = exiv2.ImageFactory.open(data)
    written.readMetadata()
    assert not [one.key() for one in written.exifData() if "GPS" in one.key()]
    expect(page.locator("[data-release-status]")).to_contain_text("among your downloads")
    page.reload()
    expect(page.get_by_text(made.release.sha256[:16])).to_be_visible()


def test_faces_are_reviewed_by_keyboard(opened: Opened, office: Box) -> None:
    page = opened()
    open_photo(page, office, "KLUI0003")
    scripts_run(page, "KLUI0003.JPG")
    page.locator("[data-face]").focus()
    page.keyboard.press("y")  # nothing: nobody asked for the keys
    expect(page.get_by_role("heading", name="Is this Barack Obama?")).to_be_visible()
    page.get_by_role("button", name="Use the keyboard").click()
    expect(page.locator("[data-face]")).to_be_focused()
    page.keyboard.press("y")
    expect(page.locator(".face.named")).to_be_focused()  # and the review goes on behind the new page
    scripts_run(page, "KLUI0003.JPG")
    page.keyboard.press("ArrowLeft")
    scripts_run(page, "KLUI0004.JPG")
    page.keyboard.press("ArrowLeft")
    scripts_run(page, "KLUI0005.JPG")
    expect(page.locator(".face.suggested")).to_be_focused()
    page.keyboard.press("n")
    expect(page.locator(".face.unknown")).to_be_focused()
    scripts_run(page, "KLUI0005.JPG")
    page.keyboard.press("w")
    page.keyboard.type("Joe Biden (Communicatie)")
    page.keyboard.press("Enter")
    expect(page.locator(".face.named")).to_contain_text("Joe Biden")
    scripts_run(page, "KLUI0005.JPG")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Use the keyboard")).to_be_focused()


def test_places_where_somebody_may_be_are_answered_by_keyboard(opened: Opened, office: Box, axe: str) -> None:
    photo = photo_named(office, "KLUI0008")
    with office.safe.store.begin(by=WORKER, to=Permission.PHOTO_ANALYSE, now=office.now()) as tx:
        for number, sign in enumerate(Sign):
            place = Place(0.2 + 0.3 * number, 0.4, 0.1, 0.3)
            tx.doubts.add(Doubt(DoubtId(f"place-{number}"), photo, place, sign, 0.9 - number / 10))
        tx.record(Event("photo:analyse", photo))
    page = opened()
    open_photo(page, office, "KLUI0008")
    scripts_run(page, "KLUI0008.JPG")
    expect(page.get_by_role("link", name="Place 1: somebody may be here")).to_have_count(1)
    assert not complaints(page, axe)
    page.get_by_role("button", name="Use the keyboard").click()
    expect(page.locator("#doubt-place-0")).to_be_focused()
    page.keyboard.press("n")
    expect(page.locator("#doubt-place-1")).to_be_focused()  # the next that is open
    expect(page.locator("#doubt-place-0")).to_contain_text("Nobody is here")
    scripts_run(page, "KLUI0008.JPG")
    page.keyboard.press("w")
    page.keyboard.type("Joe Biden (Communicatie)")
    page.keyboard.press("Enter")
    expect(page.locator(".face.named")).to_contain_text("Joe Biden")
    expect(page.locator(".box.doubt")).to_have_count(0)
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator("#doubt-place-0")).to_contain_text("Somebody may be here")
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.locator(".box.doubt")).to_have_count(2)


def test_a_face_is_drawn(opened: Opened, office: Box) -> None:
    page = opened()
    open_photo(page, office, "KLUI0008")
    page.get_by_role("button", name="Draw a box around a face").click()
    image = page.locator(".picture img").bounding_box()
    assert image is not None
    page.mouse.move(image["x"] + image["width"] * 0.3, image["y"] + image["height"] * 0.3)
    page.mouse.down()
    page.mouse.move(image["x"] + image["width"] * 0.5, image["y"] + image["height"] * 0.6, steps=5)
    page.mouse.up()
    expect(page.get_by_label("Who", exact=True)).to_be_focused()
    page.keyboard.type("Barack Obama (Bestuur)")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".face.named")).to_contain_text("Barack Obama")
    photo_id = photo_named(office, "KLUI0008")
    (face,) = look_at(office.safe, photo_id, by=OPERATOR, now=office.now(), day=office.today()).faces
    assert face.face.box is not None
    drawn = face.face.box
    assert (drawn.left, drawn.top) == pytest.approx((0.3, 0.3), abs=0.02)
    assert (drawn.width, drawn.height) == pytest.approx((0.2, 0.3), abs=0.02)


def test_a_face_is_drawn_with_two_clicks_or_with_the_arrows(opened: Opened, office: Box) -> None:
    page = opened()
    open_photo(page, office, "KLUI0008")
    begin = page.get_by_role("button", name="Draw a box around a face")
    begin.click()
    picture_box = page.locator(".picture img")
    picture_box.click(position={"x": 100, "y": 100}, force=True)
    picture_box.click(position={"x": 220, "y": 260}, force=True)
    expect(page.get_by_label("Who", exact=True)).to_be_focused()
    assert float(page.get_by_label("wide").input_value()) > 5
    begin.click()
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_label("Who", exact=True)).to_be_focused()
    assert page.get_by_label("from the left").input_value() == "41.00"
    assert page.get_by_label("high").input_value() == "26.00"


def test_photos_are_sent_with_progress(opened: Opened, office: Box, tmp_path: Path) -> None:
    folder = fill(tmp_path / "sent", {f"IMG_{n}.JPG": picture(60 + n) for n in range(5)})
    page = opened()
    page.goto("/imports")
    page.locator("input[type=file]").set_input_files(sorted(folder.iterdir()))
    expect(page).to_have_url(re.compile("/imports/[a-z0-9]+$"))
    status = page.get_by_role("region", name="Copied; being examined")
    expect(status).to_contain_text("5 of 5 files copied")
    expect(status).to_contain_text("0 of 5 new photos examined")
    examine(office)
    expect(page.get_by_text("Everything is copied and examined.")).to_be_visible(timeout=30_000)
    page.get_by_role("link", name="Show these photos").click()
    expect(page.locator(".card")).to_have_count(5)


def test_what_could_not_be_sent_stays_on_the_page(opened: Opened, tmp_path: Path) -> None:
    folder = fill(tmp_path / "sent", {"good.jpg": picture(70), "empty.jpg": b""})
    page = opened()
    page.goto("/imports")
    page.locator("input[type=file]").set_input_files(sorted(folder.iterdir()))
    expect(page.get_by_text("1 of 2 files were not kept.")).to_be_visible()
    expect(page.locator("[data-list] .bad")).to_contain_text("empty.jpg")
    page.get_by_role("link", name="Show the import").click()
    expect(page.get_by_text("1 file could not be copied")).to_be_visible()


def test_more_people_than_fit_in_a_page_are_offered_as_one_types(
    opened: Opened, office: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webui.names.MOST_LISTED", 1)
    page = opened()
    open_photo(page, office, "KLUI0007")
    assert page.locator("datalist option").count() == 0
    page.get_by_label("Name of face 1").press_sequentially("bid")
    expect(page.locator("datalist option")).to_have_attribute("value", "Joe Biden (Communicatie)")


def test_everything_works_without_scripts(opened: Opened, office: Box, tmp_path: Path) -> None:
    page = opened(java_script_enabled=False)
    open_photo(page, office, "KLUI0003")
    page.get_by_role("button", name="Yes, this is Barack Obama").click()
    expect(page.get_by_role("row").filter(has_text="website")).to_contain_text("green")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Release for website").click()
    assert Path(waiting.value.path()).read_bytes()[:2] == b"\xff\xd8"
    open_photo(page, office, "KLUI0008")
    page.get_by_role("button", name="Nobody is recognisable").click()
    expect(page.get_by_role("row").filter(has_text="press")).to_contain_text("green")
    open_photo(page, office, "KLUI0007")
    page.get_by_text("Somebody was missed").click()
    page.get_by_text("The box in percentages").click()
    for label, value in (("from the left", "5"), ("from the top", "5"), ("wide", "10"), ("high", "10")):
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".face")).to_have_count(2)
    page.get_by_label("Name of face 1").fill("Eileen Collins")
    page.get_by_role("button", name="Add as new person").first.click()
    page.get_by_role("link", name="Eileen Collins", exact=True).click()
    page.get_by_role("link", name="New quitclaim").click()
    page.get_by_label("Consent", exact=False).first.check()
    page.get_by_label("Every yes ends after").fill("2027-06-01")
    page.get_by_role("group", name="Print").get_by_label("Yes").check()
    page.get_by_role("button", name="Keep this quitclaim").click()
    expect(page.get_by_text("The quitclaim is kept.")).to_be_visible()
    page.get_by_role("button", name="Withdraw everything").click()
    expect(page.get_by_role("heading", name="Version 2")).to_be_visible()
    page.goto("/imports")
    folder = fill(tmp_path / "sent", {"one.jpg": picture(80), "two.jpg": picture(81)})
    page.locator("input[type=file]").set_input_files(sorted(folder.iterdir()))
    page.get_by_role("button", name="Send to the safe").click()
    expect(page.get_by_text("2 of 2 files copied")).to_be_visible()
    assert len(rows(office, "SELECT * FROM photos WHERE stage = 'stored'")) == 2
    page.get_by_role("button", name="NL").click()
    expect(page.locator("html")).to_have_attribute("lang", "nl")
    page.locator(".menu > summary").click()
    page.get_by_role("button", name="Donker").click()
    expect(page.locator("html")).to_have_attribute("data-appearance", "dark")
    page.locator(".menu > summary").click()
    page.get_by_role("button", name="Uitloggen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Inloggen")


def test_no_page_is_wider_than_its_window(opened: Opened, office: Box) -> None:
    page = opened(Role.ADMINISTRATOR)
    life = f"/photos/{photo_named(office, 'KLUI0001')}/life"
    for path in (*one_of_each(office), life, "/users", "/audit"):
        page.goto(path)
        page.evaluate(OPEN_ALL)
        for width, height in (WIDE, PHONE, SMALL_PHONE):
            page.set_viewport_size({"width": width, "height": height})
            inner = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
            assert inner[0] <= inner[1] == width, f"{path} is {inner[0]} wide"


def test_pages_do_not_jump_when_pictures_arrive(opened: Opened) -> None:
    page = opened()
    page.add_init_script(JUMPS)
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("jumped") < 0.02


def test_pages_are_accessible(opened: Opened, office: Box, axe: str) -> None:
    """By every rule, wide and light; some also on a phone in the dark, by the rules that depend on it."""
    page = opened(Role.ADMINISTRATOR, reduced_motion="reduce")
    found: dict[str, str] = {}
    photo = f"/photos/{photo_named(office, 'KLUI0003')}"
    seen_in_the_dark = {"/", "/design", "/box", "/figures", "/users", photo}  # the design has every component
    for path in (*one_of_each(office), "/users", "/audit", "/?light=green&purpose=web", "/nowhere"):
        page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        page.emulate_media(color_scheme="light")
        page.goto(path)
        page.evaluate(OPEN_ALL)
        found |= dict.fromkeys(complaints(page, axe), path)
        if path not in seen_in_the_dark:
            continue
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        page.emulate_media(color_scheme="dark")
        found |= dict.fromkeys(complaints(page, axe, OF_SIZE_AND_COLOUR), f"{path} on a phone in the dark")
    assert not found, json.dumps(found, indent=1)


def test_chosen_photos_are_put_in_another_shoot_and_taken_back(opened: Opened, office: Box) -> None:
    now, day = office.now(), office.today()
    other = create_shoot(office.safe, by=OPERATOR, now=now, name="Nieuwjaarsborrel", day=day).id
    page = opened()
    page.goto("/")
    for box in page.locator("input[name=photo]").all()[:2]:
        box.check(force=True)
    page.get_by_role("button", name="Shoot", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Shoot of 2 photos")
    page.get_by_label("Shoot").select_option(other)
    page.get_by_role("button", name="Put there").click()
    expect(page.get_by_text("2 photos moved.")).to_be_visible()
    count = "SELECT count(*) AS n FROM photos WHERE shoot_id = ?"
    assert rows(office, count, other) == [{"n": 2}]
    page.get_by_role("button", name="Undo my last change").click()
    expect(page.get_by_text("Taken back.")).to_be_visible()
    assert rows(office, count, other) == [{"n": 0}]
    open_photo(page, office, "KLUI0001")
    page.get_by_role("link", name="Put in another shoot").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Shoot of 1 photo")


def test_photos_are_put_together_ordered_talked_about_and_put_back(
    opened: Opened, axe: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One collection from the library on, by mouse and by keyboard, while somebody else looks on."""
    monkeypatch.setattr(news, "_EVERY", 0.2)
    monkeypatch.setattr(
        news, "_free", BoundedSemaphore(6)
    )  # those of pages that were left end a moment later
    page = opened(Role.EDITOR)
    for file in ("KLUI0008", "KLUI0007", "KLUI0006"):
        page.get_by_label(f"Choose {file}.JPG").check()
    page.get_by_role("button", name="Put in a collection").click()
    page.get_by_label("Title").fill("Annual report")
    page.get_by_role("button", name="Make").click()
    scripts_run(page, "Annual report")
    other = opened(Role.VIEWER)
    other.goto(page.url)
    scripts_run(other, "Annual report")
    cards = page.locator(".collection > li")
    names = cards.locator(".card-file")
    expect(names).to_have_text(["KLUI0008.JPG", "KLUI0007.JPG", "KLUI0006.JPG"])
    # by mouse
    cards.nth(0).drag_to(cards.nth(2), target_position={"x": 200, "y": 100})
    expect(page.get_by_text("The photo is now number 3.")).to_have_count(1)
    expect(names).to_have_text(["KLUI0007.JPG", "KLUI0006.JPG", "KLUI0008.JPG"])
    expect(other.locator(".news")).to_contain_text("Somebody changed this collection.", timeout=40_000)
    # by keyboard
    change = cards.nth(2).locator("details[data-change] > summary")
    change.focus()
    page.keyboard.press("Enter")
    cards.nth(2).get_by_role("button", name="Earlier").press("Enter")
    expect(names).to_have_text(["KLUI0007.JPG", "KLUI0008.JPG", "KLUI0006.JPG"])
    other.reload()
    other.get_by_label("Your comment", exact=True).fill("<b>Fine</b> like this")
    other.locator("#comments").get_by_role("button", name="Say it").click()
    expect(other.locator("#comments")).to_contain_text("<b>Fine</b> like this")
    expect(page.locator(".bell .count")).to_have_text("1 new", timeout=40_000)
    page.get_by_role("link", name="What changed").click()
    page.get_by_role("button", name="Back to this").last.click()
    page.get_by_role("link", name="Annual report").click()
    expect(names).to_have_text(["KLUI0008.JPG", "KLUI0007.JPG", "KLUI0006.JPG"])
    page.evaluate(OPEN_ALL)
    assert not complaints(page, axe)


def test_a_request_to_be_erased_ends_with_its_certificate(opened: Opened, office: Box, axe: str) -> None:
    page = opened(Role.PRIVACY_OFFICER, SMALL_PHONE)
    page.goto("/rights")
    page.get_by_label("Who", exact=True).fill("Joe Biden (Communicatie)")
    page.get_by_label("Asks for").select_option("erasure")
    page.get_by_role("button", name="Write it down").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Erasure: Joe Biden")
    expect(page.locator("main")).to_contain_text("30 days left")
    assert not complaints(page, axe)
    page.get_by_label("Erase these photos too.").check()
    page.get_by_label("I know where the certificate goes.").check()
    page.get_by_role("button", name="Propose to erase Joe Biden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What takes two people")
    another = opened(Role.ADMINISTRATOR)
    another.goto("/proposals")
    another.get_by_role("button", name="Approve").click()
    expect(another.locator("main")).to_contain_text("can be carried out")
    page.goto("/rights")
    page.get_by_role("link", name="Open Joe Biden").click()
    expect(page.locator("main")).to_contain_text("A second person approved exactly this.")
    expect(page.get_by_label("Erase these photos too.")).to_be_checked()
    page.get_by_label("I know where the certificate goes.").check()
    page.get_by_role("button", name="Erase Joe Biden for good").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A person was erased")
    expect(page.locator("main")).to_contain_text("there are no backups")
    assert not complaints(page, axe)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Certificate in English (PDF)").click()
    assert waiting.value.path().read_bytes().startswith(b"%PDF-")
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALL_PHONE[0]
    assert rows(office, "SELECT 1 FROM people WHERE name = 'Joe Biden'") == []
    page.goto("/rights")
    expect(page.locator("main")).to_contain_text("Nothing is open.")
