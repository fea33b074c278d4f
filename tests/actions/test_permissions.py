"""Every action asks before it acts: the permission of each, tried by everybody there is.

An action that is new and stands not in the table fails here.
"""

import importlib
import inspect
import io
import pkgutil
from collections.abc import Callable, Iterator
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from appliance import actions
from appliance.actions import (
    access,
    accountability,
    arriving,
    asking,
    asking_lists,
    audit,
    backup,
    cards,
    certificates,
    cold,
    collections,
    consent,
    descriptions,
    digests,
    doubts,
    duplicates,
    durability,
    duties,
    ending,
    erasure,
    evidence,
    faces,
    figures,
    found_files,
    grants,
    health,
    holds,
    inbox,
    intake,
    intake_rules,
    leaving,
    life,
    mailing,
    models,
    moves,
    naming,
    news,
    notices,
    openid,
    own_data,
    paper,
    parcels,
    people,
    permission_lists,
    photos,
    practice,
    prints,
    proposals,
    quarantine,
    recalls,
    recognition,
    release,
    renewals,
    retention,
    rights,
    searches,
    second_steps,
    self_audit,
    shares,
    shoots,
    sign_in,
    sign_in_rules,
    tags,
    templates,
    tokens,
    training,
    undo,
    uploads,
    versions,
    watermarks,
    webhooks,
)
from appliance.actions.bell import Silent
from appliance.actions.signing import Filled
from appliance.domain import grants as places
from appliance.domain.access import OPERATOR, WORKER, Actor, Kind, Permission, Role, User, UserId, decide
from appliance.domain.backup import Target, TargetKind
from appliance.domain.cards import Seen
from appliance.domain.changes import ChangeId
from appliance.domain.collections import CollectionId, CommentId
from appliance.domain.consent import Purpose, QuitclaimId
from appliance.domain.descriptions import Description
from appliance.domain.duties import Duty, Run
from appliance.domain.erasure import Cause, ErasureId, Held, HoldId, Together
from appliance.domain.errors import KluisError, NotAllowed
from appliance.domain.grants import EVERYTHING, Effect, GrantId, GroupId, Holder, HolderKind
from appliance.domain.health import Readings
from appliance.domain.intake import IntakeRules
from appliance.domain.moves import MoveId
from appliance.domain.parcels import Terms
from appliance.domain.people import Person, PersonId
from appliance.domain.permission_columns import ColumnMapping
from appliance.domain.permission_list import ListId
from appliance.domain.photos import DoubtId, FaceId, ImportId, PhotoId, Resolution, ShootId
from appliance.domain.proposals import Act, ProposalId, Wanted
from appliance.domain.recalls import RecallId, RecallState
from appliance.domain.release import ParcelId, Recipient, ReleaseId, usual_order
from appliance.domain.retention import RuleId, Then
from appliance.domain.rights import Right, RightsRequestId
from appliance.domain.searches import SavedSearchId, WordsId
from appliance.domain.self_audit import Machine
from appliance.domain.shares import Share, ShareId
from appliance.domain.shoots import Scope
from appliance.domain.sign_in import Rules
from appliance.domain.signing import Channel, EvidenceId, Mark, RequestId, ScanId, Signature
from appliance.domain.tags import TagId
from appliance.domain.templates import Audience, TemplateId
from appliance.domain.tokens import TokenId
from appliance.domain.uploads import SentFile, UploadId
from appliance.domain.webhooks import Happening, WebhookId
from appliance.domain.wording import Language
from appliance.imaging.watermark import Style
from appliance.mail.messages import Reader
from appliance.mail.smtp import MailSettings, Security
from appliance.sources.card_service import CardService
from appliance.wiring import Box
from tests.actions.scene import ADMINISTRATOR, EDITOR, OFFICER, VIEWER, VISITOR, everything, granted, log
from tests.conftest import NOON
from tests.evidence.forms import template
from tests.mail.test_bounces import FAILED as FAILED_MAIL
from tests.mail.test_bounces import report

PHOTO, FACE, PERSON = PhotoId("a-photo"), FaceId("a-face"), PersonId("a-person")
QUITCLAIM, IMPORT, USER = QuitclaimId("a-quitclaim"), ImportId("an-import"), UserId("a-user")
SOMEBODY, STAFF = Person(PERSON, "Anna"), User(USER, "anna", Role.ADMINISTRATOR)
GROUP = GroupId("a-group")
LONG = "a sentence that is long enough"
SITE = second_steps.Site("localhost", "http://localhost", "Waterdam")
CHANGE, SHOOT, REQUEST = ChangeId("a-change"), ShootId("a-shoot"), RequestId("a-request")
TEMPLATE, EVIDENCE = TemplateId("a-template"), EvidenceId("a-document")
PARCEL_TERMS = Terms("Open day", Purpose.WEB, Recipient("De Krant", "foto@krant.example"))
COLLECTION = CollectionId("a-collection")
LIST, SEARCH = ListId("a-list"), SavedSearchId("a-search")
PAPER = Filled(frozenset(), Signature(Mark.PEN), Language.DUTCH)
OFFICE = mailing.Office("Waterdam", "https://door.example")
NOBODY_LISTENS = MailSettings("127.0.0.1", 9, Security.STARTTLS, "kluis@waterdam.example", "Waterdam")
READER = Reader("anna@waterdam.example", Language.ENGLISH, "Waterdam")

SHARE = Share(ShareId("a-share"), "Office", "/srv/photos")
LODGING = arriving.Lodging(Path("/"), Path("/"), Path("/"), Path("/"))
NO_SERVICE = CardService(Path("/nowhere/cards.sock"))
OFFICE_DISK = Target("disk", TargetKind.DISK, "/mnt/backup", "NL")
FAILED = Run("a-run", Duty.BACKUP, NOON, NOON, False)
AROUND = self_audit.Around(Machine(), door_plain=False, head_addresses=())
NOBODY_TOLD = duties.Alarm(OFFICE, (), Language.DUTCH, Silent())

# The permission that each action takes, and what it is called with besides `by` and `now`. `box` and `day`
# stand for themselves.
TABLE: dict[Callable[..., object], tuple[Permission, tuple[object, ...], dict[str, object]]] = {
    access.create_user: (
        Permission.USER_EDIT,
        (),
        {"name": "bob", "password": LONG, "role": Role.VIEWER},
    ),
    access.set_password: (Permission.USER_EDIT, (USER, LONG), {}),
    access.change_user: (Permission.USER_EDIT, (STAFF,), {}),
    access.users: (Permission.USER_VIEW, (), {}),
    access.choose_language: (Permission.SESSION_USE, (USER, "nl"), {}),
    asking.ask: (Permission.REQUEST_MAKE, (TEMPLATE, [PERSON], Channel.LINK), {}),
    asking.ask_by_mail: (Permission.REQUEST_MAKE, (TEMPLATE, [PERSON], OFFICE), {"bell": "bell"}),
    asking.ask_whoever_comes: (Permission.REQUEST_MAKE, (TEMPLATE, Channel.POSTER), {}),
    asking.new_link: (Permission.REQUEST_MAKE, (REQUEST,), {}),
    asking.cancel_request: (Permission.REQUEST_MAKE, (REQUEST,), {}),
    asking.requests: (Permission.QUITCLAIM_VIEW, (), {}),
    asking.requests_of: (Permission.QUITCLAIM_VIEW, (PERSON,), {}),
    audit.check: (Permission.AUDIT_VIEW, (), {}),
    audit.recent: (Permission.AUDIT_VIEW, (), {}),
    backup.add_target: (Permission.BACKUP_EDIT, (OFFICE_DISK,), {}),
    backup.remove_target: (Permission.BACKUP_EDIT, ("disk",), {}),
    backup.targets: (Permission.HEALTH_VIEW, (), {}),
    backup.target_of: (Permission.BACKUP_EDIT, ("disk",), {}),
    certificates.drill_certificate: (
        Permission.HEALTH_VIEW,
        ("sealing", "a-run"),
        {"language": Language.DUTCH},
    ),
    certificates.erasure_certificate: (
        Permission.ERASURE_VIEW,
        ("sealing", ErasureId("an-erasure")),
        {"language": Language.DUTCH},
    ),
    erasure.erase_photo: (Permission.ERASURE_MAKE, (Path("/nowhere"), PHOTO, Cause.DECISION), {}),
    erasure.erase_person: (
        Permission.ERASURE_MAKE,
        (Path("/nowhere"), PERSON, Cause.DECISION),
        {"day": "day"},
    ),
    erasure.end_proofs: (Permission.DUTY_RUN, (), {"day": "day"}),
    erasure.preview_person: (Permission.ERASURE_VIEW, (PERSON,), {}),
    erasure.erasures: (Permission.ERASURE_VIEW, (), {}),
    erasure.erasure_of: (Permission.ERASURE_VIEW, (ErasureId("an-erasure"),), {}),
    holds.place_hold: (
        Permission.HOLD_EDIT,
        (Held.PERSON, PERSON),
        {"reason": "claim", "owner": "legal", "review_on": NOON.date() + timedelta(days=9), "day": "day"},
    ),
    holds.end_hold: (Permission.HOLD_EDIT, (HoldId("a-hold"),), {}),
    holds.holds: (Permission.ERASURE_VIEW, (), {}),
    retention.rules: (Permission.RETENTION_VIEW, (), {}),
    retention.put_rule: (
        Permission.RETENTION_EDIT,
        (),
        {"shoot_id": None, "purpose": None, "months": 9, "then": Then.PURGE},
    ),
    retention.remove_rule: (Permission.RETENTION_EDIT, (RuleId("a-rule"),), {}),
    retention.review: (Permission.RETENTION_VIEW, (), {"day": "day"}),
    retention.apply_retention: (Permission.DUTY_RUN, (Path("/nowhere"),), {"day": "day", "clock": "clock"}),
    rights.record_request: (Permission.RIGHTS_EDIT, (PERSON, Right.ACCESS, NOON.date()), {"day": "day"}),
    rights.extend_request: (Permission.RIGHTS_EDIT, (RightsRequestId("a-request"), "why"), {"day": "day"}),
    rights.close_request: (
        Permission.RIGHTS_EDIT,
        (RightsRequestId("a-request"), "why"),
        {"done": True, "day": "day"},
    ),
    rights.lift_limit: (Permission.RIGHTS_EDIT, (RightsRequestId("a-request"), "why"), {"day": "day"}),
    rights.rights_requests: (Permission.RIGHTS_VIEW, (), {"day": "day"}),
    rights.rights_request: (Permission.RIGHTS_VIEW, (RightsRequestId("a-request"),), {"day": "day"}),
    rights.answer_letter: (
        Permission.RIGHTS_VIEW,
        (RightsRequestId("a-request"), "Waterdam"),
        {"language": Language.DUTCH},
    ),
    rights.sealed_letter: (
        Permission.RIGHTS_EDIT,
        ("sealing", RightsRequestId("a-request")),
        {"language": Language.DUTCH},
    ),
    rights.erase_on_request: (
        Permission.RIGHTS_EDIT,
        (Path("/nowhere"), RightsRequestId("a-request")),
        {"together": Together.BLUR, "with_proof": False, "day": "day"},
    ),
    own_data.export_person: (
        Permission.RIGHTS_EDIT,
        ("decoder", PERSON),
        {"organisation": "Waterdam", "language": Language.DUTCH, "zone": UTC, "day": "day"},
    ),
    leaving.export_all: (
        Permission.SAFE_EXPORT,
        (Path("/nowhere"),),
        {"home": Path("/"), "organisation": "Waterdam", "day": "day", "clock": "clock"},
    ),
    ending.destroy: (
        Permission.SAFE_DESTROY,
        ("sealing", ending.Grave(Path("/nowhere"), ()), Path("/nowhere"), Path("/nowhere/a.pdf")),
        {"language": Language.DUTCH, "day": "day"},
    ),
    arriving.import_all: (Permission.SAFE_FILL, (Path("/nowhere"), LODGING), {"clock": "clock"}),
    cold.prepare_cold: (Permission.SETTING_EDIT, (), {}),
    cold.cold_archive: (Permission.HEALTH_VIEW, (), {}),
    cold.move_to_cold: (Permission.RETENTION_EDIT, (PHOTO,), {}),
    cold.fetch_from_cold: (Permission.RETENTION_EDIT, (PHOTO,), {}),
    cold.cool: (Permission.DUTY_RUN, ([PHOTO],), {"clock": "clock"}),
    durability.scrub: (Permission.SETTING_EDIT, (Path("/nowhere"),), {"clock": "clock"}),
    durability.repair: (Permission.BACKUP_EDIT, ("shelf", OFFICE_DISK, PHOTO), {}),
    accountability.accountability_pack: (
        Permission.RIGHTS_VIEW,
        (),
        {"organisation": "Waterdam", "version": "1", "models": (), "day": "day"},
    ),
    duties.note: (Permission.DUTY_RUN, (FAILED, NOBODY_TOLD), {}),
    duties.due: (Permission.HEALTH_VIEW, (), {}),
    duties.alarming: (Permission.HEALTH_VIEW, (), {}),
    duties.runs: (Permission.HEALTH_VIEW, (), {}),
    duties.tell_overdue: (Permission.DUTY_RUN, (NOBODY_TOLD,), {}),
    self_audit.audit_box: (Permission.DUTY_RUN, (AROUND,), {"day": "day"}),
    self_audit.overview: (Permission.AUDIT_VIEW, (), {}),
    self_audit.report_json: (Permission.AUDIT_VIEW, ("a-report",), {}),
    self_audit.report_pdf: (
        Permission.AUDIT_VIEW,
        ("sealing", "a-report"),
        {"language": Language.DUTCH},
    ),
    self_audit.check_report: (Permission.AUDIT_VIEW, (b"{}",), {}),
    self_audit.judge_photo: (Permission.AUDIT_REVIEW, (PHOTO,), {"right": True}),
    self_audit.last_seen: (Permission.USER_VIEW, (), {}),
    cards.cards_in: (Permission.PHOTO_IMPORT, (Seen(),), {}),
    cards.import_card: (Permission.PHOTO_IMPORT, (NO_SERVICE, "an-insertion", None), {"bell": "bell"}),
    cards.carry_out_card: (
        Permission.PHOTO_IMPORT,
        (NO_SERVICE, IMPORT),
        {"clock": "clock", "bell": "bell"},
    ),
    health.condition: (Permission.HEALTH_VIEW, (Readings(1, 2),), {}),
    intake.import_shared: (
        Permission.PHOTO_IMPORT,
        ("a.jpg", b"no photo", b"", IMPORT, intake.Mark(SHARE.id, "a-file")),
        {"bell": "bell"},
    ),
    intake_rules.change_intake_rules: (Permission.SETTING_EDIT, (IntakeRules(),), {}),
    intake_rules.intake_rules: (Permission.SHOOT_VIEW, (), {}),
    shares.put_share: (Permission.SETTING_EDIT, (SHARE,), {}),
    shares.remove_share: (Permission.SETTING_EDIT, (SHARE.id,), {}),
    shares.shares: (Permission.SETTING_EDIT, (), {}),
    shares.try_share: (Permission.SETTING_EDIT, (SHARE.id,), {}),
    consent.record: (Permission.QUITCLAIM_EDIT, (PERSON, granted(Purpose.WEB)), {"day": "day"}),
    consent.amend: (Permission.QUITCLAIM_EDIT, (QUITCLAIM, granted(Purpose.WEB)), {"day": "day"}),
    consent.withdraw: (Permission.QUITCLAIM_EDIT, (QUITCLAIM,), {"day": "day"}),
    consent.person_to_record: (Permission.QUITCLAIM_EDIT, (PERSON,), {}),
    consent.quitclaim_view: (Permission.QUITCLAIM_VIEW, (QUITCLAIM,), {"day": "day"}),
    consent.quitclaims: (Permission.QUITCLAIM_VIEW, (), {"day": "day"}),
    consent.person_to_record: (Permission.QUITCLAIM_EDIT, (PERSON,), {}),
    digests.own_digest: (Permission.SESSION_USE, (), {}),
    digests.choose_digest: (Permission.ACCOUNT_EDIT, (None, ""), {}),
    digests.send_digests: (Permission.DUTY_RUN, (OFFICE,), {"bell": "bell"}),
    duplicates.stand_alone: (Permission.PHOTO_EDIT, (PHOTO,), {"day": "day"}),
    duplicates.lead: (Permission.PHOTO_EDIT, (PHOTO,), {"day": "day"}),
    duplicates.variants: (Permission.PHOTO_VIEW, (PHOTO,), {}),
    quarantine.waiting_pairs: (Permission.PHOTO_VIEW, (), {}),
    quarantine.pair_at: (Permission.PHOTO_EDIT, (0,), {"day": "day"}),
    quarantine.keep_both: (Permission.PHOTO_EDIT, (PHOTO, PhotoId("another")), {"day": "day"}),
    quarantine.merge: (
        Permission.PHOTO_EDIT,
        (PHOTO, PhotoId("another"), PHOTO),
        {"day": "day", "bell": "bell"},
    ),
    quarantine.discard: (Permission.PHOTO_EDIT, (PHOTO, PhotoId("another"), PHOTO), {"day": "day"}),
    evidence.evidence_of: (Permission.QUITCLAIM_VIEW, (QUITCLAIM,), {}),
    evidence.document: (Permission.EVIDENCE_VIEW, (EVIDENCE,), {}),
    evidence.bundle: (Permission.EVIDENCE_VIEW, (EVIDENCE, "Waterdam"), {}),
    evidence.seal_certificate: (Permission.QUITCLAIM_VIEW, ("Waterdam",), {}),
    faces.confirm_all: (Permission.PHOTO_EDIT, ([FACE], PERSON), {"day": "day", "bell": "bell"}),
    faces.lookalikes: (Permission.PHOTO_VIEW, (FACE,), {}),
    faces.confirm: (Permission.PHOTO_EDIT, (FACE, PERSON), {"day": "day", "bell": "bell"}),
    faces.reject: (Permission.PHOTO_EDIT, (FACE, PERSON), {"day": "day"}),
    doubts.nobody_there: (Permission.PHOTO_EDIT, (DoubtId("a-doubt"),), {"day": "day"}),
    doubts.somebody_there: (Permission.PHOTO_EDIT, (DoubtId("a-doubt"),), {"day": "day", "bell": "bell"}),
    doubts.ask_again: (Permission.PHOTO_EDIT, (DoubtId("a-doubt"),), {"day": "day"}),
    faces.unname: (Permission.PHOTO_EDIT, (FACE,), {"day": "day"}),
    faces.add_face: (Permission.PHOTO_EDIT, (PHOTO, None), {"day": "day", "bell": "bell"}),
    faces.remove_face: (Permission.PHOTO_EDIT, (FACE,), {"day": "day"}),
    faces.resolve: (Permission.PHOTO_EDIT, (FACE, Resolution.BLUR), {"day": "day"}),
    health.status: (Permission.HEALTH_VIEW, (Path("/"),), {"day": "day"}),
    health.damage: (Permission.SETTING_EDIT, (), {}),
    intake.start_import: (Permission.PHOTO_IMPORT, ("/media/card",), {}),
    intake.import_folder: (Permission.PHOTO_IMPORT, (Path("/media"),), {"clock": "clock", "bell": "bell"}),
    intake.carry_out: (Permission.PHOTO_IMPORT, (IMPORT,), {"clock": "clock", "bell": "bell"}),
    intake.import_upload: (
        Permission.PHOTO_IMPORT,
        ("a.jpg", io.BytesIO(b"a"), IMPORT),
        {"bell": "bell"},
    ),
    intake.close_import: (Permission.PHOTO_IMPORT, (IMPORT,), {}),
    moves.start_move: (Permission.PHOTO_IMPORT, (Path("/"),), {"bell": "bell"}),
    moves.count: (Permission.PHOTO_IMPORT, ("decoder", "analyser", MoveId("m")), {"clock": "clock"}),
    moves.count_again: (Permission.PHOTO_IMPORT, (MoveId("m"),), {"bell": "bell"}),
    moves.try_some: (Permission.PHOTO_IMPORT, (MoveId("m"),), {"bell": "bell"}),
    moves.move_all: (Permission.PHOTO_IMPORT, (MoveId("m"),), {"bell": "bell"}),
    moves.moves: (Permission.PHOTO_VIEW, (), {}),
    moves.move_view: (Permission.PHOTO_VIEW, (MoveId("m"),), {}),
    uploads.begin_upload: (Permission.PHOTO_IMPORT, (IMPORT, SentFile("a.jpg", "", 7, 0)), {}),
    webhooks.add_webhook: (
        Permission.WEBHOOK_EDIT,
        ("https://cms.example.org/kluis", {Happening.PHOTO_READY}),
        {},
    ),
    webhooks.webhooks: (Permission.WEBHOOK_EDIT, (), {}),
    webhooks.deliveries: (Permission.WEBHOOK_EDIT, (WebhookId("a-webhook"),), {}),
    webhooks.try_webhook: (Permission.WEBHOOK_EDIT, (WebhookId("a-webhook"),), {}),
    webhooks.remove_webhook: (Permission.WEBHOOK_EDIT, (WebhookId("a-webhook"),), {}),
    uploads.send_whole: (
        Permission.PHOTO_IMPORT,
        (IMPORT, SentFile("a.jpg", "", 7, 0), io.BytesIO(b"a photo")),
        {"bell": "bell"},
    ),
    uploads.upload: (Permission.PHOTO_IMPORT, (UploadId("an-upload"),), {}),
    uploads.uploads: (Permission.PHOTO_IMPORT, (IMPORT,), {}),
    uploads.broken_off: (Permission.PHOTO_IMPORT, (), {}),
    uploads.receive: (
        Permission.PHOTO_IMPORT,
        (UploadId("an-upload"), 0, 1, io.BytesIO(b"a")),
        {"bell": "bell"},
    ),
    uploads.drop_upload: (Permission.PHOTO_IMPORT, (UploadId("an-upload"),), {}),
    uploads.finish_upload: (Permission.PHOTO_IMPORT, (IMPORT,), {"bell": "bell"}),
    intake.unfinished: (Permission.PHOTO_IMPORT, (), {}),
    intake.abandoned: (Permission.PHOTO_IMPORT, (), {}),
    intake.imports: (Permission.PHOTO_VIEW, (), {}),
    intake.import_report: (Permission.PHOTO_VIEW, (IMPORT,), {}),
    intake.file_problems: (Permission.PHOTO_VIEW, (IMPORT,), {}),
    intake.unexamined: (Permission.PHOTO_VIEW, (), {}),
    mailing.mail_settings: (Permission.MESSAGE_VIEW, (), {}),
    mailing.change_mail_settings: (Permission.SETTING_EDIT, (NOBODY_LISTENS,), {}),
    mailing.send_trial: (Permission.SETTING_EDIT, (READER,), {}),
    mailing.note_bounce: (Permission.MESSAGE_VIEW, (report(FAILED_MAIL),), {}),
    mailing.messages: (Permission.MESSAGE_VIEW, (), {}),
    models.model_cards: (Permission.HEALTH_VIEW, (Path("/nowhere"),), {"day": "day"}),
    naming.nameless: (Permission.PHOTO_VIEW, (), {"day": "day", "wanted": photos.Filter()}),
    training.answer_test: (Permission.SESSION_USE, ({}, Language.DUTCH), {}),
    training.passed_test: (Permission.SESSION_USE, (), {}),
    training.training_certificate: (Permission.SESSION_USE, ("sealing", Language.DUTCH), {}),
    practice.exercises: (Permission.SESSION_USE, (), {}),
    life.photo_life: (Permission.PHOTO_VIEW, (PHOTO,), {}),
    figures.figures: (Permission.QUITCLAIM_VIEW, (), {"day": "day"}),
    inbox.inbox: (Permission.SESSION_USE, (), {"day": "day"}),
    inbox.first_steps: (Permission.SESSION_USE, (), {}),
    news.news: (Permission.PHOTO_VIEW, (), {}),
    notices.notices: (Permission.SESSION_USE, (), {}),
    notices.unseen_notices: (Permission.SESSION_USE, (), {}),
    notices.see_notices: (Permission.SESSION_USE, (), {}),
    people.merge_people: (Permission.PERSON_EDIT, (PERSON, PersonId("another")), {"day": "day"}),
    people.unmerge_people: (Permission.PERSON_EDIT, (PERSON,), {"day": "day"}),
    people.create_person: (Permission.PERSON_EDIT, (), {"name": "Bob"}),
    people.change_person: (Permission.PERSON_EDIT, (SOMEBODY,), {"day": "day"}),
    people.people: (Permission.PERSON_VIEW, (), {"day": "day"}),
    people.person_view: (Permission.PERSON_VIEW, (PERSON,), {"day": "day"}),
    people.person_names: (Permission.PERSON_VIEW, (), {}),
    photos.library: (Permission.PHOTO_VIEW, (), {"day": "day", "wanted": photos.Filter()}),
    searches.choices: (Permission.PHOTO_VIEW, (), {}),
    searches.keep_words: (Permission.PHOTO_VIEW, ("council",), {}),
    searches.words_of: (Permission.PHOTO_VIEW, (WordsId("words"),), {}),
    searches.lights_found: (Permission.PHOTO_VIEW, (photos.Filter(),), {"day": "day"}),
    searches.save_search: (Permission.PHOTO_VIEW, ("Council", photos.Filter(text="a")), {"shared": True}),
    searches.change_search: (Permission.PHOTO_VIEW, (SEARCH, "Council"), {"shared": True}),
    searches.remove_search: (Permission.PHOTO_VIEW, (SEARCH,), {}),
    searches.saved_search: (Permission.PHOTO_VIEW, (SEARCH,), {}),
    searches.saved_searches: (Permission.PHOTO_VIEW, (), {"day": "day"}),
    tags.tags: (Permission.PHOTO_VIEW, (), {}),
    tags.tag_named: (Permission.PHOTO_VIEW, ("Open day",), {}),
    tags.tag_photos: (Permission.PHOTO_EDIT, ([PHOTO], "Open day"), {}),
    tags.untag_photos: (Permission.PHOTO_EDIT, ([PHOTO], TagId("a-tag")), {}),
    photos.look_at: (Permission.PHOTO_VIEW, (PHOTO,), {"day": "day"}),
    photos.picture: (Permission.PHOTO_VIEW, (PHOTO, photos.BlobKind.PROXY), {}),
    photos.face_picture: (Permission.PHOTO_VIEW, ("decoder", FACE), {}),
    photos.count_heads: (Permission.PHOTO_EDIT, (PHOTO, 1), {"day": "day"}),
    descriptions.describe: (Permission.PHOTO_EDIT, (PHOTO, Description(title="Open day")), {}),
    photos.verdicts: (Permission.PHOTO_VIEW, ([PHOTO],), {"day": "day", "today": "day"}),
    photos.lights_in_all: (Permission.PHOTO_VIEW, (), {"day": "day"}),
    asking_lists.people_of_list: (Permission.PERSON_EDIT, (b"Name;E-mail\n",), {"add": True}),
    paper.take_scans: (Permission.REQUEST_MAKE, ("decoder", [b"no picture"]), {}),
    paper.waiting_papers: (Permission.REQUEST_MAKE, (), {}),
    paper.paper_view: (Permission.REQUEST_MAKE, (REQUEST,), {}),
    paper.scan_picture: (Permission.REQUEST_MAKE, (ScanId("a-scan"),), {}),
    paper.discard_scans: (Permission.REQUEST_MAKE, (REQUEST,), {}),
    paper.confirm_paper: (
        Permission.QUITCLAIM_EDIT,
        ("sealing", REQUEST, PAPER, OFFICE),
        {"day": "day", "paper_day": "day", "bell": "bell"},
    ),
    permission_lists.receive_list: (Permission.LIST_IMPORT, (b"Name;Web\nAnna;yes\n", "old.csv"), {}),
    permission_lists.permission_lists: (Permission.LIST_IMPORT, (), {}),
    permission_lists.list_view: (Permission.LIST_IMPORT, (LIST,), {"day": "day"}),
    permission_lists.map_list: (Permission.LIST_IMPORT, (LIST, ColumnMapping(())), {}),
    permission_lists.discard_list: (Permission.LIST_IMPORT, (LIST,), {}),
    permission_lists.commit_list: (Permission.LIST_IMPORT, (LIST,), {"day": "day"}),
    permission_lists.undo_list: (Permission.LIST_IMPORT, (LIST,), {"day": "day"}),
    prints.print_form: (Permission.REQUEST_MAKE, (REQUEST, "token", "https://door.example"), {}),
    prints.print_poster: (
        Permission.REQUEST_MAKE,
        (REQUEST, "token", "https://door.example", "Open day"),
        {},
    ),
    prints.print_shoot_sheet: (Permission.SHOOT_VIEW, ("decoder", SHOOT, Language.DUTCH), {"day": "day"}),
    proposals.propose: (Permission.RETENTION_EDIT, (Wanted(Act.RETENTION),), {}),
    proposals.answer_proposal: (Permission.PROPOSAL_ANSWER, (ProposalId("a-proposal"),), {"approve": True}),
    proposals.withdraw_proposal: (Permission.PROPOSAL_VIEW, (ProposalId("a-proposal"),), {}),
    proposals.proposals: (Permission.PROPOSAL_VIEW, (), {}),
    recognition.recognition: (Permission.HEALTH_VIEW, (), {}),
    recognition.propose_recognition: (Permission.RECOGNITION_PROPOSE, ("DPIA-1",), {}),
    recognition.approve_recognition: (Permission.RECOGNITION_APPROVE, (), {}),
    recognition.stop_recognition: (Permission.RECOGNITION_STOP, (), {"day": "day"}),
    photos.wanted_ids: (Permission.PHOTO_VIEW, (), {"wanted": photos.Filter(), "limit": 9}),
    photos.cards_of: (Permission.RELEASE_MAKE, ([PHOTO],), {"day": "day"}),
    parcels.create_parcel: (Permission.PARCEL_MAKE, ([PHOTO], PARCEL_TERMS, "", 30), {}),
    parcels.parcels: (Permission.PARCEL_VIEW, (), {"day": "day"}),
    parcels.parcel_history: (Permission.PARCEL_VIEW, (ParcelId("a-parcel"),), {"day": "day"}),
    parcels.revoke_parcel: (Permission.PARCEL_MAKE, (ParcelId("a-parcel"),), {}),
    watermarks.watermark: (Permission.HEALTH_VIEW, ("Waterdam",), {}),
    watermarks.example: (Permission.HEALTH_VIEW, ("Waterdam",), {}),
    watermarks.change_watermark: (
        Permission.SETTING_EDIT,
        ("decoder", watermarks.Marking(Style("Waterdam"))),
        {},
    ),
    watermarks.preview: (
        Permission.PHOTO_VIEW,
        ("decoder", PHOTO, photos.BlobKind.PROXY, "Waterdam"),
        {},
    ),
    recalls.recalls: (Permission.RELEASE_VIEW, (), {}),
    recalls.unanswered: (Permission.RELEASE_VIEW, (), {}),
    recalls.remind_recipients: (
        Permission.RECALL_ANSWER,
        (OFFICE, Language.DUTCH, 7),
        {"bell": "bell"},
    ),
    recalls.answer: (Permission.RECALL_ANSWER, (RecallId("a-recall"), RecallState.REMOVED, ""), {}),
    found_files.recognise: (Permission.RELEASE_VIEW, ("decoder", b"no photo"), {}),
    release.release: (
        Permission.RELEASE_MAKE,
        ("decoder", "sealing", PHOTO, usual_order(Purpose.WEB)),
        {"day": "day"},
    ),
    release.require_may_release: (Permission.RELEASE_MAKE, (), {}),
    release.receipt_of: (Permission.RELEASE_VIEW, (ReleaseId("a-release"),), {}),
    release.release_of: (Permission.RELEASE_VIEW, (ReleaseId("a-release"),), {}),
    release.releases: (Permission.RELEASE_VIEW, (), {}),
    renewals.ending_soon: (Permission.QUITCLAIM_VIEW, (), {"day": "day"}),
    renewals.renew: (Permission.REQUEST_MAKE, ([QUITCLAIM], OFFICE), {"day": "day", "bell": "bell"}),
    grants.create_group: (Permission.USER_EDIT, (), {"name": "Ward"}),
    grants.change_group: (Permission.USER_EDIT, (GROUP,), {"name": "Ward", "members": (), "joined": False}),
    grants.remove_group: (Permission.USER_EDIT, (GROUP,), {}),
    grants.groups: (Permission.USER_VIEW, (), {}),
    grants.put_grant: (
        Permission.GRANT_EDIT,
        (Holder(HolderKind.USER, USER), EVERYTHING, Effect.DENY, {places.Right.SEE}),
        {},
    ),
    grants.remove_grant: (Permission.GRANT_EDIT, (GrantId("a-grant"),), {}),
    grants.grants: (Permission.GRANT_VIEW, (), {}),
    grants.choices: (Permission.GRANT_VIEW, (), {}),
    grants.administers: (Permission.GRANT_VIEW, (), {}),
    grants.explain: (Permission.USER_VIEW, (USER,), {}),
    grants.why: (Permission.USER_VIEW, (USER, PHOTO), {}),
    shoots.create_shoot: (Permission.SHOOT_EDIT, (), {"name": "Open day", "day": "day"}),
    shoots.change_shoot: (
        Permission.SHOOT_EDIT,
        (SHOOT,),
        {"name": "Open day", "day": "day", "invited": (), "today": "day"},
    ),
    shoots.switch_shoot_recognition: (Permission.SHOOT_EDIT, (SHOOT, Scope.INVITED), {"day": "day"}),
    shoots.put_in_shoot: (Permission.PHOTO_EDIT, ([PHOTO], SHOOT), {"day": "day"}),
    shoots.shoots: (Permission.SHOOT_VIEW, (), {}),
    shoots.shoot_view: (Permission.SHOOT_VIEW, (SHOOT,), {}),
    audit.sign_head: (Permission.AUDIT_VIEW, (), {}),
    audit.looks_at: (Permission.AUDIT_VIEW, (PHOTO,), {}),
    audit.export: (Permission.AUDIT_VIEW, (audit.Format.CSV,), {}),
    access.seal_emergency_account: (Permission.USER_EDIT, (LONG,), {}),
    openid.provider: (Permission.USER_VIEW, (), {}),
    openid.change_provider: (Permission.USER_EDIT, (openid.Provider("https://a.example", "b", "c"),), {}),
    openid.drop_provider: (Permission.USER_EDIT, (), {}),
    second_steps.second_steps: (Permission.SESSION_USE, (), {}),
    second_steps.second_steps_of_all: (Permission.USER_VIEW, (), {}),
    second_steps.begin_authenticator: (Permission.ACCOUNT_EDIT, ("Kluis",), {}),
    second_steps.same_authenticator: (Permission.ACCOUNT_EDIT, ("a ticket", "Kluis"), {}),
    second_steps.finish_authenticator: (Permission.ACCOUNT_EDIT, ("a ticket", "123456"), {}),
    second_steps.begin_passkey: (Permission.ACCOUNT_EDIT, (SITE,), {}),
    second_steps.finish_passkey: (Permission.ACCOUNT_EDIT, (SITE, "a ticket", "{}", "mine"), {}),
    second_steps.new_codes: (Permission.ACCOUNT_EDIT, (USER,), {}),
    second_steps.drop_authenticator: (Permission.ACCOUNT_EDIT, (), {}),
    second_steps.drop_passkey: (Permission.ACCOUNT_EDIT, ("a-passkey",), {}),
    second_steps.reset_second_steps: (Permission.USER_EDIT, (USER,), {}),
    sign_in.sessions: (Permission.SESSION_USE, (), {}),
    sign_in.end_session: (Permission.SESSION_USE, ("a-session",), {}),
    sign_in.end_other_sessions: (Permission.SESSION_USE, ("a-token",), {}),
    sign_in_rules.rules: (Permission.USER_VIEW, (), {}),
    sign_in_rules.change_rules: (Permission.USER_EDIT, (Rules(),), {}),
    tokens.make_token: (Permission.ACCOUNT_EDIT, ("intranet", {Permission.PHOTO_VIEW}, 365), {}),
    tokens.own_tokens: (Permission.SESSION_USE, (), {}),
    tokens.tokens: (Permission.USER_VIEW, (), {}),
    tokens.revoke_own_token: (Permission.SESSION_USE, (TokenId("a-token"),), {}),
    tokens.revoke_token: (Permission.USER_EDIT, (TokenId("a-token"),), {}),
    templates.templates: (Permission.QUITCLAIM_VIEW, (), {}),
    templates.template_view: (Permission.QUITCLAIM_VIEW, (TEMPLATE,), {}),
    templates.template_version: (Permission.QUITCLAIM_VIEW, (TEMPLATE, 1), {}),
    templates.add_ready_template: (Permission.TEMPLATE_EDIT, (Audience.EMPLOYEE, "Waterdam"), {}),
    templates.write_template: (Permission.TEMPLATE_EDIT, (template(id=TEMPLATE, version=0),), {}),
    templates.retire_template: (Permission.TEMPLATE_EDIT, (TEMPLATE,), {}),
    collections.create_collection: (Permission.COLLECTION_EDIT, ("Annual report",), {}),
    collections.collections: (Permission.COLLECTION_VIEW, (), {"day": "day"}),
    collections.collections_with: (Permission.COLLECTION_VIEW, (PHOTO,), {}),
    collections.collection_view: (Permission.COLLECTION_VIEW, (COLLECTION,), {"day": "day"}),
    collections.change_collection: (Permission.COLLECTION_EDIT, (COLLECTION, "Report", ""), {}),
    collections.choose_cover: (Permission.COLLECTION_EDIT, (COLLECTION, PHOTO), {}),
    collections.add_to_collection: (Permission.COLLECTION_EDIT, (COLLECTION, [PHOTO]), {}),
    collections.take_out: (Permission.COLLECTION_EDIT, (COLLECTION, [PHOTO]), {}),
    collections.move_in_collection: (Permission.COLLECTION_EDIT, (COLLECTION, PHOTO, 0), {}),
    collections.delete_collection: (Permission.COLLECTION_EDIT, (COLLECTION,), {}),
    collections.photos_in: (Permission.COLLECTION_VIEW, (COLLECTION,), {}),
    collections.latest_collections: (Permission.COLLECTION_VIEW, (), {}),
    collections.comment_on: (Permission.COLLECTION_COMMENT, (COLLECTION, "This one first"), {}),
    collections.delete_comment: (Permission.COLLECTION_COMMENT, (CommentId("a-comment"),), {}),
    collections.collection_history: (Permission.COLLECTION_VIEW, (COLLECTION,), {}),
    collections.undo_change: (Permission.COLLECTION_EDIT, (COLLECTION, 1), {}),
    collections.put_back: (Permission.COLLECTION_EDIT, (COLLECTION, 1), {}),
    versions.photo_history: (Permission.PHOTO_VIEW, (PHOTO,), {}),
    versions.undo_version: (Permission.PHOTO_EDIT, (PHOTO, 2), {"day": "day"}),
    versions.put_back_version: (Permission.PHOTO_EDIT, (PHOTO, 1), {"day": "day"}),
    undo.latest_change: (Permission.PHOTO_EDIT, (), {}),
    undo.undo: (Permission.PHOTO_EDIT, (CHANGE,), {"day": "day", "bell": "bell"}),
}
# What nobody may do to somebody else, whatever their permissions.
OWN_ONLY = {access.choose_language, second_steps.new_codes}
OPERATOR_TOO = {second_steps.new_codes}
SUBJECT = Actor(Kind.SUBJECT, "somebody-in-the-photos")
EVERYBODY = (VISITOR, SUBJECT, VIEWER, EDITOR, ADMINISTRATOR, OFFICER, WORKER, OPERATOR)


def public_actions() -> Iterator[Callable[..., object]]:
    """Every public function of floor 2 that somebody is named for."""
    for found in pkgutil.iter_modules(actions.__path__):
        module = importlib.import_module(f"{actions.__name__}.{found.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            ours = function.__module__ == module.__name__ and not name.startswith("_")
            if ours and "by" in inspect.signature(function).parameters:
                yield function


def told(function: Callable[..., object]) -> str:
    return f"{function.__module__.rpartition('.')[2]}.{function.__name__}"


def test_every_action_stands_in_the_table() -> None:
    assert sorted(map(told, public_actions())) == sorted(map(told, TABLE))


def attempt(box: Box, function: Callable[..., object], by: Actor) -> None:
    _, arguments, named = TABLE[function]
    equipment = {"day": box.today(), "bell": box.bell, "clock": box.clock, "decoder": box.decoder}
    equipment["sealing"] = box.sealing
    filled = [equipment.get(a, a) if isinstance(a, str) else a for a in arguments]
    keywords = {k: equipment.get(v, v) if isinstance(v, str) else v for k, v in named.items()}
    if "now" in inspect.signature(function).parameters:
        keywords["now"] = box.now()
    function(box.safe, *filled, by=by, **keywords)


@pytest.mark.parametrize("function", TABLE, ids=told)
def test_an_action_is_for_those_who_hold_its_permission(
    box: Box, function: Callable[..., object], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    permission = TABLE[function][0]
    assert box.sealing.certificate  # the seal is made before entries are counted
    if function is intake.import_folder:
        monkeypatch.setitem(TABLE, function, (permission, (tmp_path,), TABLE[function][2]))
    for by in EVERYBODY:
        others = function not in OWN_ONLY or (by is OPERATOR and function in OPERATOR_TOO)
        may = decide(by, permission).allowed and others
        before, entries = [] if may else everything(box), len(log(box))
        try:
            attempt(box, function, by)
            refused = False
        except NotAllowed as problem:
            refused = problem.key == "access:denied"
        except KluisError:
            refused = False
        assert refused is not may, f"{by.id} and {permission}"
        if refused:
            (entry,) = log(box)[entries:]
            assert (entry.actor, entry.event.action, entry.event.outcome) == (by.id, permission, "refused")
            assert [row for row in everything(box) if not row[0].startswith("audit.")] == [
                row for row in before if not row[0].startswith("audit.")
            ]
