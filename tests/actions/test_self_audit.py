"""The self-audit of a real safe: what it sees, the signed report, and following what it found."""

import json
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta

import pytest

from appliance.actions import self_audit
from appliance.actions.access import create_user
from appliance.actions.consent import quitclaims, withdraw
from appliance.actions.mailing import MailSettings, Office, Security, change_mail_settings
from appliance.actions.parcels import create_parcel
from appliance.actions.release import release
from appliance.actions.self_audit import Around, Report, audit_box
from appliance.actions.sign_in import sign_in, signed_in
from appliance.actions.tokens import make_token, revoke_token
from appliance.config import Config
from appliance.domain.access import OPERATOR, Permission, Role, UserId
from appliance.domain.consent import Purpose
from appliance.domain.errors import Mistake, Tampered
from appliance.domain.parcels import Terms
from appliance.domain.photos import PhotoId
from appliance.domain.release import Recipient, usual_order
from appliance.domain.self_audit import FIX_WITHIN, SAMPLE, Grade, Machine, Problem
from appliance.domain.sign_in import SESSION_IDLE
from appliance.domain.wording import Language
from appliance.tasks import Jobs
from appliance.wiring import Box
from tests.actions.scene import OFFICER, raw, rows, told, verdict_of
from tests.conftest import PASSWORD, Clock

SOUND = Around(Machine(updates=0, units={}), door_plain=False, head_addresses=("a@b.nl",))
OFFICE = Office("Waterdam", "https://kluis.example/", "https://kluis.example/")


def audited(box: Box, around: Around = SOUND) -> Report:
    return audit_box(box.safe, around, by=OPERATOR, now=box.now(), day=box.today())


def problems(report: Report) -> set[tuple[Problem, str]]:
    return {(one.finding.problem, one.finding.thing) for one in report.followed}


def overview(box: Box) -> self_audit.Overview:
    return self_audit.overview(box.safe, by=OFFICER, now=box.now())


def rules_without_second_steps(box: Box) -> object:
    """How many may sign in with a password alone."""
    (found,) = (one for one in audited(box).findings if one.problem is Problem.SECOND_STEP_ADVISED)
    return found.values["count"]


def green_photo(box: Box) -> PhotoId:
    found = rows(
        box,
        "SELECT id FROM photos JOIN lights ON lights.photo = number WHERE light = 'green'",
    )
    return PhotoId(found[0]["id"])


def test_accounts_are_seen_as_they_are_used(box: Box, clock: Clock) -> None:
    ann, bob = (
        create_user(box.safe, by=OPERATOR, now=box.now(), name=name, password=PASSWORD, role=Role.EDITOR)
        for name in ("ann", "bob")
    )
    _, token = sign_in(box.safe, "ann", PASSWORD, now=box.now())
    clock.advance(minutes=20)
    assert signed_in(box.safe, token, now=box.now()) is not None
    seen = self_audit.last_seen(box.safe, by=OPERATOR, now=box.now())
    assert seen == {ann.id: box.now()}  # by the session that is in use, not by the sign-in alone
    clock.advance(days=91)
    found = problems(audited(box))
    assert {(Problem.ACCOUNT_STALE, ann.id), (Problem.ACCOUNT_NEVER_USED, bob.id)} <= found
    assert rules_without_second_steps(box) == 2
    assert (Problem.TOKENS_EXPIRED, "") in found
    assert self_audit.forget_sessions(box.safe, now=box.now()) == 1
    assert (Problem.TOKENS_EXPIRED, "") not in problems(audited(box))


def test_a_token_that_no_program_used_is_found_until_it_is_revoked(box: Box, clock: Clock) -> None:
    user = create_user(box.safe, by=OPERATOR, now=box.now(), name="ann", password=PASSWORD, role=Role.EDITOR)
    scopes = {Permission.PHOTO_VIEW}
    made = make_token(box.safe, "Website", scopes, 365, by=OPERATOR, now=box.now(), user_id=user.id).token
    clock.advance(days=8)
    assert (Problem.TOKEN_NEVER_USED, made.id) in problems(audited(box))
    revoke_token(box.safe, made.id, by=OPERATOR, now=box.now())
    assert (Problem.TOKEN_NEVER_USED, made.id) not in problems(audited(box))


def test_a_session_in_use_is_not_forgotten(box: Box, clock: Clock) -> None:
    create_user(box.safe, by=OPERATOR, now=box.now(), name="ann", password=PASSWORD, role=Role.EDITOR)
    _, token = sign_in(box.safe, "ann", PASSWORD, now=box.now())
    clock.now += SESSION_IDLE
    assert self_audit.forget_sessions(box.safe, now=box.now()) == 0
    assert signed_in(box.safe, token, now=box.now()) is not None


def test_whoever_only_looks_has_rights_that_are_not_used(box: Box, clock: Clock) -> None:
    user = create_user(box.safe, by=OPERATOR, now=box.now(), name="ann", password=PASSWORD, role=Role.EDITOR)
    clock.advance(days=100)
    sign_in(box.safe, "ann", PASSWORD, now=box.now())
    assert (Problem.RIGHTS_UNUSED, user.id) in problems(audited(box))


@pytest.fixture
def outside(demo_box: Box) -> PhotoId:
    """A photo of which a copy left, and a link that nobody opened."""
    photo_id, now, day = green_photo(demo_box), demo_box.now(), demo_box.today()
    order = usual_order(Purpose.WEB)
    release(demo_box.safe, demo_box.decoder, demo_box.sealing, photo_id, order, by=OPERATOR, now=now, day=day)
    terms = Terms("Council", Purpose.WEB, Recipient("De Krant", "foto@krant.example"), days=20)
    create_parcel(demo_box.safe, [photo_id], terms, "", 30, by=OPERATOR, now=now)
    return photo_id


def test_a_copy_whose_permission_ended_and_a_link_nobody_opened_are_found(
    demo_box: Box, outside: PhotoId, clock: Clock
) -> None:
    first = audited(demo_box)
    assert not {problem for problem, _ in problems(first)} & {
        Problem.COPIES_NOT_PERMITTED,
        Problem.TOKEN_NEVER_USED,
    }
    assert outside in first.sample
    assert len(first.sample) <= SAMPLE
    for reason in verdict_of(demo_box, outside).reasons:
        for person, found in quitclaims(demo_box.safe, by=OPERATOR, now=demo_box.now(), day=demo_box.today()):
            if person.id == reason.person_id:
                clock.advance(seconds=1)
                withdraw(
                    demo_box.safe,
                    found.current.id,
                    by=OPERATOR,
                    now=demo_box.now(),
                    day=demo_box.today(),
                )
    clock.advance(days=8)
    found = {problem for problem, _ in problems(audited(demo_box))}
    assert {Problem.COPIES_NOT_PERMITTED, Problem.TOKEN_NEVER_USED, Problem.SAMPLE_WAITS} <= found
    with raw(demo_box) as db:
        db.execute("UPDATE recalls SET state = 'removed'")
    assert Problem.COPIES_NOT_PERMITTED not in {problem for problem, _ in problems(audited(demo_box))}


def test_a_photo_of_the_sample_that_is_wrong_stays_red_until_it_is_right(
    demo_box: Box, outside: PhotoId
) -> None:
    audited(demo_box)
    judge = {"by": OFFICER, "now": demo_box.now()}
    self_audit.judge_photo(demo_box.safe, outside, right=False, **judge)  # type: ignore[arg-type]
    assert (Problem.SAMPLE_WRONG, outside) in problems(audited(demo_box))
    (looked,) = (one for one in overview(demo_box).sample if one.photo_id == outside)
    assert (looked.right, looked.by) == (False, OFFICER.id)
    self_audit.judge_photo(demo_box.safe, outside, right=True, **judge)  # type: ignore[arg-type]
    assert (Problem.SAMPLE_WRONG, outside) not in problems(audited(demo_box))
    assert f"{OFFICER.id} selfaudit:judge {outside} done wrong" in told(demo_box)
    with pytest.raises(Mistake):
        self_audit.judge_photo(demo_box.safe, PhotoId("none"), right=True, **judge)  # type: ignore[arg-type]


def test_the_report_is_signed_kept_and_shows_when_somebody_wrote_in_it(box: Box) -> None:
    report = audited(box)
    data = self_audit.report_json(box.safe, report.id, by=OFFICER, now=box.now())
    assert self_audit.check_report(box.safe, data, by=OFFICER, now=box.now()) == report
    whole = json.loads(data)
    whole["report"]["open"] = []
    with pytest.raises(Tampered):
        self_audit.check_report(box.safe, json.dumps(whole).encode(), by=OFFICER, now=box.now())
    for bad in (b"", b"{}", b"[1]", b"[" * 10_000):
        with pytest.raises(Mistake):
            self_audit.check_report(box.safe, bad, by=OFFICER, now=box.now())
    with raw(box) as db:
        db.execute("UPDATE self_audits SET report = replace(report, 'no_backups', 'none')")
    with pytest.raises(Tampered):
        overview(box)


def test_the_report_can_be_printed_in_both_languages(box: Box) -> None:
    user = create_user(
        box.safe, by=OPERATOR, now=box.now(), name="Wilma", password=PASSWORD, role=Role.ADMINISTRATOR
    )
    report = audited(box)
    for language, words in {
        Language.DUTCH: ("Zelfcontrole van de fotokluis", "Er worden geen back-ups gemaakt", "klaar voor"),
        Language.ENGLISH: ("Self-audit of the photo safe", "No backups are made", "to be fixed by"),
    }.items():
        pdf = self_audit.report_pdf(
            box.safe, box.sealing, report.id, language=language, by=OFFICER, now=box.now()
        )
        text = " ".join(read(pdf).split())
        assert not [word for word in (*words, "Wilma", report.id) if word not in text], text
        assert user.id not in text
        assert report.signature[:40] in text.replace(" ", "")


def read(pdf: bytes) -> str:
    """What is written in a PDF, by the system's own reader of them."""
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    done = subprocess.run([program, "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def test_what_is_not_fixed_in_time_turns_red_and_is_mailed_once(box: Box, clock: Clock) -> None:
    settings = MailSettings("127.0.0.1", 9, Security.STARTTLS, "kluis@waterdam.example", "Waterdam")
    audited(box)
    clock.now += FIX_WITHIN + timedelta(days=1)

    def tell(*addresses: str) -> int:
        return self_audit.tell_overdue(
            box.safe, OFFICE, addresses, Language.ENGLISH, now=box.now(), day=box.today(), bell=box.bell
        )

    late = overview(box).open
    assert {one.grade(box.today()) for one in late} == {Grade.RED}
    assert tell("it@waterdam.example") == 0  # nobody can be told: nothing counts as told
    change_mail_settings(box.safe, settings, by=OPERATOR, now=box.now())
    assert tell("it@waterdam.example", "fg@waterdam.example") == len(late)
    assert tell("it@waterdam.example") == 0
    mails = rows(box, "SELECT address, text FROM messages WHERE kind = 'findings'")
    assert {mail["address"] for mail in mails} == {"it@waterdam.example", "fg@waterdam.example"}
    assert "- Backups, drills and other duties" in mails[0]["text"]
    assert "https://kluis.example/self-audit" in mails[0]["text"]


def test_the_worker_chases_what_is_overdue(config: Config) -> None:
    jobs = Jobs(config)
    jobs.chase()
    assert "selfaudit:tell" in told(jobs.box)[-1]
    jobs.box.close()
    jobs.huey.storage.close()


def test_a_finding_that_is_gone_is_fixed_and_one_that_comes_back_is_new(box: Box, clock: Clock) -> None:
    exposed = replace(SOUND, machine=replace(SOUND.machine, open_files=("kluis.db",)))
    audited(box, exposed)
    clock.advance(days=2)
    assert (Problem.FILES_OPEN, "") not in problems(audited(box))
    clock.advance(days=2)
    (again,) = (one for one in audited(box, exposed).followed if one.finding.problem is Problem.FILES_OPEN)
    assert again.due_on == box.today() + FIX_WITHIN
    kept = rows(box, "SELECT fixed_at FROM self_audit_findings WHERE key = 'files_open' ORDER BY number")
    assert [one["fixed_at"] is None for one in kept] == [False, True]


def test_a_log_that_was_written_in_is_found(box: Box) -> None:
    create_user(box.safe, by=OPERATOR, now=box.now(), name="ann", password=PASSWORD, role=Role.EDITOR)
    with raw(box) as db:
        db.execute("DROP TRIGGER audit_is_not_changed")
        db.execute("UPDATE audit SET actor = 'somebody' WHERE number = 1")
    assert (Problem.LOG_BROKEN, "") in problems(audited(box))
    assert UserId("somebody") not in self_audit.last_seen(box.safe, by=OPERATOR, now=box.now())
