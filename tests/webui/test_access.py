"""Who gets in, and where: every route for every role, and what stands in front of all of them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from threading import Event
from types import SimpleNamespace

import pytest
from flask import Flask

from appliance.actions.access import change_user, set_password, users
from appliance.actions.asking import requests
from appliance.actions.collections import create_collection
from appliance.actions.consent import quitclaims
from appliance.actions.erasure import erase_photo
from appliance.actions.evidence import evidence_of
from appliance.actions.grants import create_group, put_grant
from appliance.actions.intake import imports
from appliance.actions.paper import paper_view, take_scans
from appliance.actions.parcels import create_parcel
from appliance.actions.people import person_names
from appliance.actions.permission_lists import receive_list
from appliance.actions.photos import Filter
from appliance.actions.proposals import propose
from appliance.actions.rights import record_request
from appliance.actions.searches import save_search
from appliance.actions.self_audit import Around, audit_box
from appliance.actions.shoots import shoots
from appliance.domain.access import OPERATOR, Role
from appliance.domain.cards import Seen
from appliance.domain.consent import Light, Purpose
from appliance.domain.erasure import Cause
from appliance.domain.grants import EVERYTHING, Effect, Holder, HolderKind
from appliance.domain.grants import Right as PlaceRight
from appliance.domain.parcels import Terms
from appliance.domain.people import PersonId
from appliance.domain.proposals import Act, Wanted
from appliance.domain.release import Recipient
from appliance.domain.rights import Right
from appliance.domain.self_audit import Machine
from appliance.domain.sign_in import SESSION_IDLE
from appliance.domain.signing import RequestId
from appliance.wiring import Box
from tests.actions.scene import picture, told
from tests.conftest import Clock
from tests.webui.browser import Browser
from tests.webui.conftest import PASSWORD, Staff, face_of, photo_named, released
from webui import create_app
from webui.current import is_own
from webui.guards import LARGEST_FORM
from webui.news import stopping

EVERYBODY = frozenset({None, *Role})
VIEWER = frozenset(Role)
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
EDITOR = ADMINISTRATOR | {Role.EDITOR}
OVERSIGHT = ADMINISTRATOR | {Role.PRIVACY_OFFICER}
EDITOR_AND_OVERSIGHT = EDITOR | OVERSIGHT
PRIVACY_OFFICER = frozenset({Role.PRIVACY_OFFICER})

A_LIST = b"Name;Website;Until\nAnna;yes;31-12-2030\n"
# Whom each route is for, with what its form needs. A new route must be added here.
MATRIX: dict[tuple[str, str], tuple[frozenset[Role | None], dict[str, str]]] = {
    ("GET", "access.sign_in_page"): (EVERYBODY, {}),
    ("POST", "access.sign_in_now"): (EVERYBODY, {"name": "viewer", "password": PASSWORD}),
    ("POST", "access.sign_out_now"): (VIEWER, {}),
    ("POST", "access.passkey_options"): (EVERYBODY, {}),
    ("POST", "access.passkey_now"): (EVERYBODY, {"ticket": "none", "answer": "none"}),
    ("GET", "access.second_page"): (VIEWER, {}),
    ("POST", "access.second_now"): (VIEWER, {"code": "000000"}),
    ("GET", "access.password_page"): (VIEWER, {}),
    ("POST", "access.password_now"): (VIEWER, {"password": PASSWORD}),
    ("GET", "access.set_up_page"): (VIEWER, {}),
    ("GET", "access.confirm_page"): (VIEWER, {}),
    ("POST", "access.confirm_now"): (VIEWER, {"password": PASSWORD}),
    ("GET", "openid.begin"): (EVERYBODY, {}),
    ("GET", "openid.finish"): (EVERYBODY, {}),
    ("GET", "account.index"): (VIEWER, {}),
    ("GET", "settings.show"): (VIEWER, {}),
    ("GET", "design.show"): (VIEWER, {}),
    ("POST", "settings.choose_digest"): (
        VIEWER,
        {"every": "daily", "about": "photos", "address": "anna@waterdam.example"},
    ),
    ("POST", "account.password"): (VIEWER, {"current": PASSWORD, "password": "quite another sentence"}),
    ("POST", "account.strength_now"): (VIEWER, {"password": PASSWORD}),
    ("POST", "account.begin_authenticator"): (VIEWER, {}),
    ("POST", "account.finish_authenticator"): (VIEWER, {"ticket": "none", "code": "000000"}),
    ("POST", "account.passkey_options"): (VIEWER, {}),
    ("POST", "account.add_passkey"): (VIEWER, {"ticket": "none", "answer": "none"}),
    ("POST", "account.codes"): (VIEWER, {}),
    ("POST", "account.drop_authenticator"): (VIEWER, {}),
    ("POST", "account.drop_passkey"): (VIEWER, {}),
    ("POST", "account.end_session"): (VIEWER, {}),
    ("POST", "account.end_other_sessions"): (VIEWER, {}),
    ("POST", "language.choose"): (EVERYBODY, {"language": "nl"}),
    ("POST", "appearance.choose"): (EVERYBODY, {"appearance": "dark"}),
    ("GET", "health.show"): (EVERYBODY, {}),
    ("GET", "library.show"): (VIEWER, {}),
    ("GET", "library.waiting"): (VIEWER, {}),
    ("POST", "library.find"): (VIEWER, {"text": "obama"}),
    ("GET", "searches.index"): (VIEWER, {}),
    ("GET", "searches.show"): (VIEWER, {}),
    ("POST", "searches.save"): (VIEWER, {"name": "Green for the website", "shared": "1"}),
    ("POST", "searches.change"): (VIEWER, {"name": "Red for the website"}),
    ("POST", "searches.remove"): (VIEWER, {}),
    ("GET", "tags.choose"): (EDITOR, {}),
    ("GET", "shoots.choose"): (EDITOR, {}),
    ("POST", "shoots.put"): (EDITOR, {"photo": "{photo_id}", "shoot": "none"}),
    ("POST", "tags.change"): (EDITOR, {"photo": "{photo_id}", "tag-name": "Open day", "do": "add"}),
    ("GET", "photos.show"): (VIEWER, {}),
    ("GET", "photos.preview"): (VIEWER, {}),
    ("GET", "photos.face"): (VIEWER, {}),
    ("GET", "releases.index"): (VIEWER, {}),
    ("GET", "releases.new"): (EDITOR, {}),
    ("POST", "releases.make"): (EDITOR, {"purpose": "web", "photo": "{photo_id}", "together": "1"}),
    ("GET", "releases.receipt"): (VIEWER, {}),
    ("GET", "releases.recognise"): (VIEWER, {}),
    ("POST", "releases.recognise"): (VIEWER, {"file": "FILE"}),
    ("GET", "parcels.index"): (EDITOR_AND_OVERSIGHT, {}),
    ("GET", "parcels.new"): (EDITOR, {}),
    ("POST", "parcels.make"): (
        EDITOR,
        {
            "purpose": "web",
            "photo": "{photo_id}",
            "title": "Council",
            "recipient": "De Krant",
            "email": "foto@krant.example",
            "days": "7",
            "downloads": "3",
            "language": "nl",
        },
    ),
    ("GET", "parcels.show"): (EDITOR_AND_OVERSIGHT, {}),
    ("POST", "parcels.revoke"): (EDITOR, {}),
    ("GET", "watermark.show"): (VIEWER, {}),
    ("GET", "watermark.example"): (VIEWER, {}),
    ("POST", "watermark.change"): (ADMINISTRATOR, {"text": "Waterdam", "opacity": "40"}),
    ("GET", "recalls.index"): (VIEWER, {}),
    ("GET", "recalls.report"): (VIEWER, {}),
    ("POST", "recalls.answer"): (EDITOR_AND_OVERSIGHT, {"state": "removed"}),
    ("POST", "photos.heads"): (EDITOR, {"heads": "1"}),
    ("POST", "photos.described"): (EDITOR, {"title": "Open day"}),
    ("POST", "photos.release_now"): (EDITOR, {"purpose": "web"}),
    ("POST", "faces.confirm"): (EDITOR, {"person": "{person_id}"}),
    ("POST", "faces.reject"): (EDITOR, {"person": "{person_id}"}),
    ("POST", "faces.name"): (EDITOR, {"name": "Somebody New", "new": "1"}),
    ("POST", "faces.unname"): (EDITOR, {}),
    ("POST", "faces.resolve"): (EDITOR, {"resolution": "blur"}),
    ("POST", "doubts.nobody"): (EDITOR, {}),
    ("POST", "doubts.somebody"): (EDITOR, {}),
    ("POST", "doubts.again"): (EDITOR, {}),
    ("POST", "faces.remove"): (EDITOR, {}),
    ("POST", "faces.add"): (EDITOR, {"left": "10", "top": "10", "width": "20", "height": "20"}),
    ("GET", "duplicates.index"): (EDITOR, {}),
    ("POST", "duplicates.decide"): (EDITOR, {"decision": "both"}),
    ("POST", "duplicates.variant"): (EDITOR, {"as": "own"}),
    ("GET", "people.index"): (VIEWER, {}),
    ("GET", "people.suggest"): (VIEWER, {}),
    ("GET", "people.show"): (VIEWER, {}),
    ("POST", "people.add"): (EDITOR, {"name": "Somebody New"}),
    ("POST", "people.change"): (EDITOR, {"name": "Another Name"}),
    ("GET", "quitclaims.index"): (VIEWER, {}),
    ("GET", "quitclaims.show"): (VIEWER, {}),
    ("GET", "quitclaims.new"): (EDITOR, {}),
    ("POST", "quitclaims.record"): (EDITOR, {"basis": "consent", "answer-web": "granted"}),
    ("POST", "quitclaims.amend"): (EDITOR, {"answer-web": "declined"}),
    ("POST", "quitclaims.withdraw"): (EDITOR, {"all": "1"}),
    ("GET", "imports.index"): (VIEWER, {}),
    ("GET", "imports.show"): (VIEWER, {}),
    ("GET", "imports.progress"): (VIEWER, {}),
    ("GET", "cards.show"): (VIEWER, {}),
    ("GET", "cards.rules"): (VIEWER, {}),
    ("POST", "cards.change_rules"): (ADMINISTRATOR, {"begin": "ask"}),
    ("POST", "cards.import_card"): (EDITOR, {}),
    ("GET", "shares.index"): (ADMINISTRATOR, {}),
    ("POST", "shares.put"): (ADMINISTRATOR, {"name": "Studio", "place": "{root}", "after": "keep"}),
    ("POST", "shares.try_now"): (ADMINISTRATOR, {}),
    ("POST", "shares.remove"): (ADMINISTRATOR, {}),
    ("POST", "imports.begin"): (EDITOR, {}),
    ("GET", "moves.index"): (VIEWER, {}),
    ("POST", "moves.begin"): (EDITOR, {"folder": "{root}"}),
    ("GET", "moves.show"): (VIEWER, {}),
    ("GET", "moves.progress"): (VIEWER, {}),
    ("POST", "moves.count_again"): (EDITOR, {}),
    ("POST", "moves.try_some"): (EDITOR, {"photos": "5"}),
    ("POST", "moves.move_all"): (EDITOR, {}),
    ("GET", "uploads.index"): (EDITOR, {}),
    ("POST", "uploads.begin"): (EDITOR, {}),
    ("GET", "uploads.show"): (EDITOR, {}),
    ("PATCH", "uploads.take_part"): (EDITOR, {}),
    ("DELETE", "uploads.drop"): (EDITOR, {}),
    ("POST", "imports.finish"): (EDITOR, {}),
    ("POST", "imports.from_folder"): (EDITOR, {"folder": "{root}"}),
    ("POST", "imports.from_browser"): (EDITOR, {"photos": "FILE"}),
    ("GET", "self_audit.show"): (OVERSIGHT, {}),
    ("GET", "self_audit.pdf"): (OVERSIGHT, {}),
    ("GET", "self_audit.json"): (OVERSIGHT, {}),
    ("POST", "self_audit.judge"): (OVERSIGHT, {"judgement": "right"}),
    ("GET", "keeping.show"): (VIEWER, {}),
    ("GET", "rights.index"): (OVERSIGHT, {}),
    ("POST", "rights.record"): (
        PRIVACY_OFFICER,
        {"name": "Barack Obama", "right": "access", "received": "2026-11-24"},
    ),
    ("GET", "rights.show"): (OVERSIGHT, {}),
    ("POST", "rights.letter"): (PRIVACY_OFFICER, {"language": "nl"}),
    ("POST", "rights.export"): (PRIVACY_OFFICER, {"language": "nl"}),
    ("POST", "rights.extend"): (PRIVACY_OFFICER, {"note": "a large archive"}),
    ("POST", "rights.close"): (PRIVACY_OFFICER, {"note": "it is not theirs", "outcome": "refused"}),
    ("POST", "rights.lift"): (PRIVACY_OFFICER, {"note": "no longer disputed"}),
    ("POST", "rights.erase"): (PRIVACY_OFFICER, {"together": "blur", "sure": "1"}),
    ("GET", "erasures.index"): (OVERSIGHT, {}),
    ("GET", "erasures.show"): (OVERSIGHT, {}),
    ("POST", "erasures.certificate"): (OVERSIGHT, {"language": "nl"}),
    ("POST", "erasures.erase_photo"): (PRIVACY_OFFICER, {"cause": "decision", "sure": "1"}),
    ("GET", "users.index"): (OVERSIGHT, {}),
    ("POST", "users.add"): (ADMINISTRATOR, {"name": "new", "password": PASSWORD, "role": "viewer"}),
    ("POST", "users.change"): (ADMINISTRATOR, {"role": "viewer", "active": "1"}),
    ("POST", "users.password"): (ADMINISTRATOR, {"password": PASSWORD}),
    ("POST", "users.reset_second"): (ADMINISTRATOR, {}),
    ("POST", "users.change_rules"): (ADMINISTRATOR, {"second": "editor", "networks-viewer": "127.0.0.0/8"}),
    ("POST", "users.change_provider"): (
        ADMINISTRATOR,
        {"label": "Waterdam", "issuer": "https://login.example.org", "client": "kluis", "secret": "a secret"},
    ),
    ("GET", "grants.index"): (EDITOR_AND_OVERSIGHT, {}),
    ("POST", "grants.put"): (
        EDITOR,
        {"holder": "user:{user_id}", "scope": "shoot:{shoot_id}", "effect": "deny", "preset": "read_only"},
    ),
    ("POST", "grants.remove"): (EDITOR, {}),
    ("GET", "grants.groups"): (OVERSIGHT, {}),
    ("POST", "grants.add_group"): (ADMINISTRATOR, {"name": "Ward 3", "member": "{user_id}"}),
    ("POST", "grants.change_group"): (ADMINISTRATOR, {"name": "Ward 4", "member": "{user_id}"}),
    ("POST", "grants.remove_group"): (ADMINISTRATOR, {}),
    ("GET", "grants.explain"): (OVERSIGHT, {}),
    ("GET", "proposals.index"): (OVERSIGHT, {}),
    ("POST", "proposals.approve"): (OVERSIGHT, {}),
    ("POST", "proposals.refuse"): (OVERSIGHT, {}),
    ("POST", "proposals.withdraw"): (OVERSIGHT, {}),
    ("GET", "tokens.index"): (VIEWER, {}),
    ("POST", "tokens.make"): (VIEWER, {"label": "intranet", "scope": "photo:view", "days": "30"}),
    ("POST", "tokens.revoke_own"): (VIEWER, {}),
    ("GET", "tokens.of_all"): (OVERSIGHT, {}),
    ("POST", "tokens.revoke"): (ADMINISTRATOR, {}),
    ("GET", "webhooks.index"): (ADMINISTRATOR, {}),
    ("POST", "webhooks.add"): (
        ADMINISTRATOR,
        {"address": "https://cms.example.org/kluis", "happening": "photo.ready"},
    ),
    ("POST", "webhooks.try_now"): (ADMINISTRATOR, {}),
    ("POST", "webhooks.remove"): (ADMINISTRATOR, {}),
    ("GET", "audit.index"): (OVERSIGHT, {}),
    ("POST", "audit.check"): (OVERSIGHT, {}),
    ("GET", "audit.looks"): (OVERSIGHT, {}),
    ("POST", "audit.head"): (OVERSIGHT, {}),
    ("POST", "audit.export"): (OVERSIGHT, {"format": "csv"}),
    ("GET", "box.show"): (VIEWER, {}),
    ("GET", "box.models"): (VIEWER, {}),
    ("POST", "box.propose"): (ADMINISTRATOR, {"dpia": "DPIA-1"}),
    ("POST", "box.approve"): (PRIVACY_OFFICER, {}),
    ("POST", "box.stop"): (OVERSIGHT, {}),
    ("GET", "shoots.index"): (VIEWER, {}),
    ("GET", "shoots.show"): (VIEWER, {}),
    ("GET", "shoots.sheet"): (VIEWER, {}),
    ("POST", "shoots.add"): (EDITOR, {"name": "Council", "day": "2026-11-24"}),
    ("POST", "shoots.change"): (EDITOR, {"name": "Council", "day": "2026-11-24"}),
    ("POST", "shoots.recognition"): (EDITOR, {"scope": ""}),
    ("GET", "versions.index"): (VIEWER, {}),
    ("POST", "versions.undo"): (EDITOR, {}),
    ("POST", "versions.put_back"): (EDITOR, {}),
    ("GET", "collections.index"): (VIEWER, {}),
    ("POST", "collections.make"): (EDITOR, {"title": "Report", "photo": "{photo_id}"}),
    ("GET", "collections.choose"): (EDITOR, {}),
    ("POST", "collections.add"): (EDITOR, {"collection": "{collection_id}", "photo": "{other_id}"}),
    ("GET", "collections.show"): (VIEWER, {}),
    ("POST", "collections.change"): (EDITOR, {"title": "Report"}),
    ("POST", "collections.remove"): (EDITOR, {"photo": "{photo_id}"}),
    ("POST", "collections.order"): (EDITOR, {"photo": "{photo_id}", "to": "1"}),
    ("POST", "collections.cover"): (EDITOR, {"photo": "{photo_id}"}),
    ("POST", "collections.delete"): (EDITOR, {}),
    ("POST", "collections.comment"): (VIEWER, {"text": "This one first", "photo": "{photo_id}"}),
    ("POST", "collections.delete_comment"): (VIEWER, {}),
    ("GET", "collections.history"): (VIEWER, {}),
    ("POST", "collections.undo"): (EDITOR, {}),
    ("POST", "collections.put_back"): (EDITOR, {}),
    ("GET", "naming.index"): (VIEWER, {}),
    ("POST", "naming.name"): (EDITOR, {"face": "{face_id}", "person": "{person_id}"}),
    ("POST", "naming.take_back"): (EDITOR, {}),
    ("POST", "people.merge"): (EDITOR, {"name": "Joe Biden"}),
    ("POST", "people.unmerge"): (EDITOR, {}),
    ("GET", "photos.on_day"): (VIEWER, {}),
    ("GET", "quitclaim_templates.index"): (VIEWER, {}),
    ("GET", "quitclaim_templates.show"): (VIEWER, {}),
    ("GET", "quitclaim_templates.edit"): (VIEWER, {}),
    ("POST", "quitclaim_templates.add"): (OVERSIGHT, {"audience": "model", "controller": "Waterdam"}),
    ("POST", "quitclaim_templates.write"): (
        OVERSIGHT,
        {"version": "1", "asked-web": "1", "months-web": "12"},
    ),
    ("POST", "quitclaim_templates.retire"): (OVERSIGHT, {}),
    ("GET", "requests.index"): (VIEWER, {}),
    ("GET", "requests.new"): (VIEWER, {}),
    ("POST", "requests.ask"): (
        EDITOR,
        {"template": "{template_id}", "language": "nl", "channel": "link", "person": "{person_id}"},
    ),
    ("POST", "requests.link"): (EDITOR, {}),
    ("POST", "requests.cancel"): (EDITOR, {}),
    ("POST", "requests.hand_over"): (VIEWER, {"token": "{token}"}),
    ("POST", "requests.poster"): (EDITOR, {"token": "{token}", "event": "Council"}),
    ("POST", "requests.paper"): (EDITOR, {"token": "{token}"}),
    ("GET", "renewals.index"): (VIEWER, {}),
    ("POST", "renewals.renew"): (EDITOR, {"quitclaims": "{quitclaim_id}"}),
    ("GET", "paper.index"): (EDITOR, {}),
    ("GET", "paper.show"): (EDITOR, {}),
    ("GET", "paper.picture"): (EDITOR, {}),
    ("POST", "paper.send"): (EDITOR, {"pages": "SCAN", "request": "{request_id}"}),
    ("POST", "paper.confirm"): (EDITOR, {}),
    ("POST", "paper.discard"): (EDITOR, {}),
    ("GET", "permission_lists.index"): (ADMINISTRATOR, {}),
    ("GET", "permission_lists.show"): (ADMINISTRATOR, {}),
    ("POST", "permission_lists.receive"): (ADMINISTRATOR, {"list": "LIST"}),
    ("POST", "permission_lists.map_columns"): (ADMINISTRATOR, {"basis": "consent", "field-0": "name"}),
    ("POST", "permission_lists.commit"): (ADMINISTRATOR, {}),
    ("POST", "permission_lists.undo"): (ADMINISTRATOR, {}),
    ("POST", "permission_lists.discard"): (ADMINISTRATOR, {}),
    ("GET", "evidence.document"): (EDITOR_AND_OVERSIGHT, {}),
    ("GET", "evidence.bundle"): (EDITOR_AND_OVERSIGHT, {}),
    ("GET", "evidence.certificate"): (VIEWER, {}),
    ("GET", "evidence.verifier"): (VIEWER, {}),
    ("GET", "mail.show"): (EDITOR_AND_OVERSIGHT, {}),
    ("POST", "mail.change"): (
        ADMINISTRATOR,
        {"host": "localhost", "port": "25", "security": "none", "sender": "kluis@waterdam.example"},
    ),
    ("POST", "mail.test"): (ADMINISTRATOR, {"address": "somebody@waterdam.example"}),
    ("GET", "inbox.show"): (VIEWER, {}),
    ("GET", "figures.show"): (VIEWER, {}),
    ("GET", "photos.life"): (VIEWER, {}),
    ("GET", "guide.index"): (VIEWER, {}),
    ("GET", "guide.show"): (VIEWER, {}),
    ("GET", "guide.test"): (VIEWER, {}),
    ("POST", "guide.answer"): (VIEWER, {}),
    ("GET", "guide.certificate"): (VIEWER, {}),
    ("GET", "inbox.first_steps"): (VIEWER, {}),
    ("GET", "notices.index"): (VIEWER, {}),
    ("GET", "news.now"): (VIEWER, {}),
    ("GET", "news.stream"): (VIEWER, {}),
    ("POST", "notices.see"): (VIEWER, {}),
    ("GET", "static"): (EVERYBODY, {}),
}
QUERIES = {
    "photos.on_day": "?day=2026-11-24",
    "searches.save": "?light=green",
    "grants.index": "?scope=shoot:{shoot_id}",
    "grants.explain": "?photo={photo_id}",
    "releases.new": "?light=green",
    "parcels.new": "?light=green",
    "collections.choose": "?photo={photo_id}",
    "tags.choose": "?light=green",
    "shoots.choose": "?light=green",
}
# These need things to stand as their own tests make them stand; here only who may ask is tried.
DEPEND_ON_STATE = frozenset(
    {
        *("access.passkey_now", "access.second_now", "access.password_now", "access.confirm_now"),
        *("openid.begin", "openid.finish", "account.end_session", "account.drop_passkey"),
        *("account.add_passkey", "account.finish_authenticator", "account.drop_authenticator"),
        "box.approve",
        "collections.delete_comment",
        "versions.undo",
        "versions.put_back",
        "box.propose",
        "grants.put",
        "grants.remove",
        "grants.index",
        "cards.import_card",
        "shares.try_now",
        "shares.remove",
        "duplicates.decide",
        "mail.test",
        "naming.take_back",
        "paper.confirm",
        "people.unmerge",
        "proposals.withdraw",
        "permission_lists.undo",
        "quitclaim_templates.write",
        "recalls.answer",
        "renewals.renew",
        "rights.lift",
        "requests.paper",
        "requests.poster",
        "searches.change",
        "searches.remove",
        "self_audit.judge",
        "shoots.recognition",
        "moves.count_again",
        "moves.move_all",
        "moves.progress",
        "moves.show",
        "moves.try_some",
        "webhooks.try_now",
        "webhooks.remove",
        "tokens.revoke",
        "tokens.revoke_own",
        "uploads.begin",
        "uploads.drop",
        "uploads.show",
        "uploads.take_part",
    }
)
EVERYBODY_THERE_IS: tuple[Role | None, ...] = (None, *Role)


def cases() -> Iterator[tuple[str, str, tuple[Role | None, ...]]]:
    """Looking and being refused change nothing: one safe does for all of that. Each change has its own."""
    for (method, endpoint), (allowed, _) in MATRIX.items():
        together = tuple(r for r in EVERYBODY_THERE_IS if method == "GET" or r not in allowed)
        if together:
            yield method, endpoint, together
        yield from ((method, endpoint, (r,)) for r in EVERYBODY_THERE_IS if r not in together)


class EmptySlots:
    """A card service that sees no card."""

    def seen(self) -> Seen:
        return Seen()


def routes(app: Flask) -> Iterator[tuple[str, str]]:
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            yield method, rule.endpoint


class Things(dict[str, str]):
    """What takes long to make is made when it is asked for."""

    def __init__(self, box: Box, known: dict[str, str]) -> None:
        super().__init__(known)
        self._box = box

    def __missing__(self, key: str) -> str:
        makers = {"release_id": released, "parcel_id": _shared, "list_id": _listed, "scan_id": _scan}
        makers |= {"asked_id": _asked, "erasure_id": _erased}
        makers |= {"report_id": _audited, "search_id": _saved, "collection_id": _collected}
        makers |= {"proposal_id": _proposed, "group_id": _grouped, "grant_id": _granted}
        self[key] = makers[key](self._box)
        return self[key]


def things(box: Box) -> Things:
    """The parts of addresses: things that exist."""
    now, day = box.now(), box.today()
    found = quitclaims(box.safe, by=OPERATOR, now=now, day=day)
    known = {
        "topic": "consent",
        "photo_id": photo_named(box, "KLUI0001"),
        "other_id": photo_named(box, "KLUI0002"),
        "face_id": face_of(box, "KLUI0001"),
        "doubt_id": "a place that is none",
        "person_id": _people(box)["Barack Obama"],
        "quitclaim_id": found[-1][1].current.id,
        "import_id": imports(box.safe, by=OPERATOR, now=now)[0].id,
        "user_id": next(u.id for u in users(box.safe, by=OPERATOR, now=now) if u.name == Role.VIEWER),
        "kind": "proxy",
        "insertion": "a card that is not in",
        "share_id": "a share that is none",
        "filename": "logo.svg",
        "shoot_id": shoots(box.safe, by=OPERATOR, now=now)[0].shoot.id,
        **_of_the_form(box),
    }
    return Things(box, known)


def _people(box: Box) -> dict[str, PersonId]:
    return {person.name: person.id for person in person_names(box.safe, by=OPERATOR, now=box.now())}


def _audited(box: Box) -> str:
    """A report of a self-audit."""
    around = Around(Machine(), door_plain=False, head_addresses=())
    return audit_box(box.safe, around, by=OPERATOR, now=box.now(), day=box.today()).id


def _asked(box: Box) -> str:
    """Somebody's request to be erased."""
    day = box.today()
    person = _people(box)["Barack Obama"]
    made = record_request(box.safe, person, Right.ERASURE, day, by=OPERATOR, now=box.now(), day=day)
    return made.id


def _erased(box: Box) -> str:
    """A photo that is gone."""
    photo_id, journal = photo_named(box, "KLUI0008"), box.config.journal
    return erase_photo(box.safe, journal, photo_id, Cause.DECISION, by=OPERATOR, now=box.now()).id


def _listed(box: Box) -> str:
    return receive_list(box.safe, A_LIST, "old.csv", by=OPERATOR, now=box.now()).id


def _proposed(box: Box) -> str:
    """Something that waits for a second person."""
    return propose(box.safe, Wanted(Act.DESTROY), by=OPERATOR, now=box.now()).id


def _grouped(box: Box) -> str:
    """A group of nobody."""
    return create_group(box.safe, by=OPERATOR, now=box.now(), name="Ward 2").id


def _granted(box: Box) -> str:
    """A rule that changes nothing."""
    holder, see = Holder(HolderKind.GROUP, _grouped(box)), {PlaceRight.SEE}
    return put_grant(box.safe, holder, EVERYTHING, Effect.ALLOW, see, by=OPERATOR, now=box.now()).id


def _collected(box: Box) -> str:
    """A collection of one photo."""
    photos = [photo_named(box, "KLUI0001")]
    return create_collection(box.safe, "Report", "", photos, by=OPERATOR, now=box.now()).id


def _scan(box: Box) -> str:
    """A page that came back of the form that is still open."""
    request_id = RequestId(_of_the_form(box)["request_id"])
    take_scans(box.safe, box.decoder, [picture(1)], by=OPERATOR, now=box.now(), request_id=request_id)
    return paper_view(box.safe, request_id, by=OPERATOR, now=box.now()).scans[0].id


def _of_the_form(box: Box) -> dict[str, str]:
    """What the staff's safe holds of a form that was signed, and of one that was not."""
    signed, still_open = sorted(
        requests(box.safe, by=OPERATOR, now=box.now()), key=lambda one: one.request.answered_at is None
    )
    (kept,) = [
        one
        for _, quitclaim in quitclaims(box.safe, by=OPERATOR, now=box.now(), day=box.today())
        for one in evidence_of(box.safe, quitclaim.current.id, by=OPERATOR, now=box.now())
    ]
    return {
        "template_id": signed.template.id,
        "request_id": still_open.request.id,
        "evidence_id": kept.id,
        "number": "1",
        "comment_id": "a comment that is none",
        "token": "a token that opens nothing",
        "change_id": "a change that is none",
        "passkey_id": "a passkey that is none",
        "session_key": "a session that is none",
        "move_id": "an archive that is none",
        "upload_id": "an upload that is none",
        "recall_id": "a recall that is none",
        "token_id": "a token that is none",
        "webhook_id": "a webhook that is none",
    }


def _shared(box: Box) -> str:
    """A share link."""
    terms = Terms("Council", Purpose.WEB, Recipient("De Krant", "foto@krant.example"))
    photos = [photo_named(box, "KLUI0001")]
    return create_parcel(box.safe, photos, terms, "", 30, by=OPERATOR, now=box.now()).parcel.id


def _saved(box: Box) -> str:
    """A search that everybody sees."""
    wanted = Filter(light=Light.GREEN)
    return save_search(box.safe, "Green", wanted, shared=True, by=OPERATOR, now=box.now()).id


def address(app: Flask, endpoint: str, parts: dict[str, str]) -> str:
    rule = next(one for one in app.url_map.iter_rules() if one.endpoint == endpoint)
    with app.test_request_context():
        built = app.url_map.bind("localhost").build(endpoint, {key: parts[key] for key in rule.arguments})
    return str(built)


def test_every_route_is_in_the_matrix(box: Box) -> None:
    app = create_app(box, https=False)
    assert set(routes(app)) == set(MATRIX)


@pytest.mark.parametrize(("method", "endpoint", "roles"), list(cases()))
def test_each_route_answers_those_it_is_for_and_nobody_else(
    app: Flask,
    office: Box,
    as_role: Callable[[Role | None], Browser],
    method: str,
    endpoint: str,
    roles: tuple[Role | None, ...],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(app.extensions, "stopping", Event())
    stopping(app).set()  # so that the stream of news ends at once
    allowed, form = MATRIX[method, endpoint]
    office.card_service = EmptySlots()  # type: ignore[misc, assignment]
    root = tmp_path_factory.mktemp("root")
    office.config = replace(office.config, import_roots=(root,))
    parts = things(office)
    parts["root"] = str(root)
    if endpoint == "paper.show":
        assert parts["scan_id"]  # it shows the pages that came back
    path = address(app, endpoint, parts)
    for role in roles:
        browser, before = as_role(role), len(told(office))
        if method == "GET":
            answer = browser.get(path + QUERIES.get(endpoint, "").format_map(parts))
        elif endpoint.startswith("uploads."):
            headers = {
                "X-CSRFToken": browser.form_token(),
                "Accept": "application/json",
                "Tus-Resumable": "1.0.0",
            }
            headers |= {
                "Content-Type": "application/offset+octet-stream",
                "Upload-Offset": "0",
                "Upload-Length": "7",
            }
            answer = browser.client.open(path, method=method, data=b"a photo", headers=headers)
        else:
            filled = {key: value.format_map(parts) for key, value in form.items()}
            answer = browser.post(path, _with_file(filled))
        if role in allowed and endpoint in DEPEND_ON_STATE:
            assert answer.status_code in (200, 201, 303, 400, 403, 404), answer.get_data(as_text=True)[:500]
            assert "access:denied" not in " ".join(told(office)[before:])
        elif role in allowed:
            assert answer.status_code in (200, 201, 302, 303), answer.get_data(as_text=True)[:500]
            assert (
                role is None or "/sign-in" not in answer.headers.get("Location", "") or "sign_out" in endpoint
            )
        elif role is None:
            assert answer.status_code in (303, 401)
            assert answer.status_code == 401 or answer.headers["Location"].startswith("/sign-in")
        else:
            assert answer.status_code == 403
            assert "access:denied" in told(office)[-1]


def _with_file(form: dict[str, str]) -> dict[str, object]:
    files = {"FILE": (b"a photo", "a.jpg"), "LIST": (A_LIST, "old.csv"), "SCAN": (picture(2), "form.jpg")}
    return {k: (BytesIO(files[v][0]), files[v][1]) if v in files else v for k, v in form.items()}


@pytest.mark.parametrize("endpoint", sorted(e for m, e in MATRIX if m == "POST"))
def test_a_form_without_its_token_is_refused(
    app: Flask, office: Box, administrator: Browser, endpoint: str
) -> None:
    path = address(app, endpoint, things(office))
    before = told(office)
    answer = administrator.client.post(path, data={"all": "1"}, headers={"Accept": "text/html"})
    assert answer.status_code == 400
    assert "too old" in answer.get_data(as_text=True)
    assert told(office) == before


def test_a_token_of_another_browser_is_refused(
    administrator: Browser, as_role: Callable[[Role | None], Browser]
) -> None:
    stolen = as_role(Role.EDITOR).form_token()
    assert administrator.client.post("/people", data={"name": "X", "csrf_token": stolen}).status_code == 400


def test_a_strangers_body_is_never_read(visitor: Browser, editor: Browser) -> None:
    large = {"photos": "x" * (LARGEST_FORM + 1)}
    assert visitor.client.post("/imports/upload", data=large).status_code in (303, 401)
    assert visitor.client.post("/sign-in", data=large).status_code == 413
    assert editor.client.post("/people", data=large).status_code == 413


def test_headers_are_on_everything(app: Flask, office: Box, editor: Browser, visitor: Browser) -> None:
    parts = things(office)
    paths = [address(app, e, parts) for e in ("library.show", "photos.preview", "static", "library.waiting")]
    answers = [editor.get(path) for path in (*paths, "/nowhere")] + [visitor.get("/sign-in")]
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in answer.headers
    assert editor.get("/").headers["Cache-Control"] == "no-store"


def test_over_https_cookies_are_bound_to_the_host(office: Box, staff: Staff) -> None:
    app = create_app(office, https=True)
    client = app.test_client()
    home = "https://localhost"
    page = client.get(f"{home}/sign-in", headers={"Accept": "text/html"})
    assert page.headers["Strict-Transport-Security"]
    found = re.search(r'csrf_token" value="([^"]+)"', page.get_data(as_text=True))
    assert found
    form = {"name": "viewer", "password": PASSWORD, "csrf_token": found[1]}
    assert client.post(f"{home}/sign-in", data=form).status_code == 400  # it says not where it comes from
    answer = client.post(f"{home}/sign-in", data=form, headers={"Referer": f"{home}/sign-in"})
    assert answer.status_code == 303
    cookies = {cookie.split("=")[0]: cookie for cookie in answer.headers.getlist("Set-Cookie")}
    opened = cookies["__Host-kluis"]
    for part in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert part in opened
    assert "Domain" not in opened
    assert client.get(f"{home}/", headers={"Accept": "text/html"}).status_code == 200


def test_other_hosts_are_refused(visitor: Browser) -> None:
    assert visitor.get("/sign-in", headers={"Host": "evil.example"}).status_code == 400
    assert visitor.get("/", headers={"Host": "evil.example"}).status_code == 400
    assert visitor.get("/sign-in", headers={"Host": "127.0.0.1:8791"}).status_code == 200
    assert visitor.get("/sign-in", headers={"Host": "portretkluis.local"}).status_code == 200


def test_signing_in_opens_the_page_that_was_asked_for(visitor: Browser) -> None:
    asked = visitor.get("/people?text=obama")
    assert asked.headers["Location"] == "/sign-in?to=/people?text%3Dobama"
    answer = visitor.sign_in("viewer", PASSWORD, to="/people?text=obama")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/people?text=obama")
    assert visitor.get("/people").status_code == 200


ELSEWHERE = [
    *("//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "evil.example"),
    *("/\t/evil.example", "/\n/evil.example", "javascript:alert(1)", "", "///evil.example", "/ok\\..\\evil"),
]


@pytest.mark.parametrize("to", ELSEWHERE)
def test_nobody_is_sent_elsewhere(visitor: Browser, to: str) -> None:
    assert not is_own(to)
    assert visitor.post("/language", {"language": "nl", "to": to}).headers["Location"] == "/"
    assert visitor.post("/appearance", {"appearance": "dark", "to": to}).headers["Location"] == "/"
    if "\n" not in to:
        assert visitor.sign_in("viewer", PASSWORD, to=to).headers["Location"] == "/"


def test_a_wrong_password_says_nothing_of_the_name(visitor: Browser) -> None:
    known = visitor.sign_in("viewer", "wrong password here")
    unknown = visitor.sign_in("nobody", "wrong password here")
    assert known.status_code == unknown.status_code == 403
    sentence = "That name and password do not fit."
    assert sentence in known.get_data(as_text=True)
    assert sentence in unknown.get_data(as_text=True)
    assert "wrong password here" not in known.get_data(as_text=True)


def test_a_guesser_is_slowed_and_the_office_is_not_locked_out(visitor: Browser, clock: Clock) -> None:
    for _ in range(5):
        visitor.sign_in("viewer", "wrong password here")
    slowed = visitor.sign_in("viewer", PASSWORD)
    assert slowed.status_code == 403
    assert "Too many failed tries. Try again in 2 s." in slowed.get_data(as_text=True)
    clock.advance(seconds=3)
    assert visitor.sign_in("viewer", PASSWORD).status_code == 303


def test_one_address_tries_thirty_times_a_minute(visitor: Browser) -> None:
    token = visitor.form_token()
    answers = [visitor.client.post("/sign-in", data={"csrf_token": token}).status_code for _ in range(31)]
    assert answers[:30] == [403] * 30
    assert answers[30] == 429


def test_a_session_ends_at_sign_out(viewer: Browser, app: Flask, staff: Staff) -> None:
    again = Browser(app, staff.tokens[Role.VIEWER])
    assert again.get("/").status_code == 200
    answer = viewer.post("/sign-out")
    assert answer.headers["Location"] == "/sign-in"
    assert any(c.startswith("kluis=;") for c in answer.headers.getlist("Set-Cookie"))
    assert viewer.get("/").headers["Location"].startswith("/sign-in")
    assert again.get("/").headers["Location"].startswith("/sign-in")  # the cookie was kept: it opens nothing


def test_a_session_ends_when_nothing_happens(viewer: Browser, clock: Clock) -> None:
    clock.advance(seconds=(SESSION_IDLE - timedelta(seconds=1)).total_seconds())
    assert viewer.get("/").status_code == 200
    clock.advance(seconds=(SESSION_IDLE + timedelta(seconds=1)).total_seconds())
    assert viewer.get("/").status_code == 303


@pytest.mark.parametrize("how", ["inactive", "password"])
def test_a_session_ends_when_the_administrator_says_so(office: Box, viewer: Browser, how: str) -> None:
    found = next(u for u in users(office.safe, by=OPERATOR, now=office.now()) if u.name == Role.VIEWER)
    assert viewer.get("/").status_code == 200
    if how == "inactive":
        change_user(office.safe, replace(found, active=False), by=OPERATOR, now=office.now())
    else:
        set_password(office.safe, found.id, PASSWORD + "!", by=OPERATOR, now=office.now())
    assert viewer.get("/").status_code == 303


def test_a_picture_in_the_browsers_cache_is_asked_for_each_time(
    office: Box, viewer: Browser, clock: Clock
) -> None:
    path = f"/photos/{photo_named(office, 'KLUI0001')}/proxy.jpg"
    first = viewer.get(path)
    assert first.mimetype == "image/jpeg"
    assert first.headers["Cache-Control"] == "private, no-cache"
    marked = {"If-None-Match": first.headers["ETag"]}
    before = len(told(office))
    again = viewer.get(path, headers=marked)
    assert (again.status_code, again.data) == (304, b"")
    assert "photo:preview" in told(office)[before]
    clock.advance(hours=1)
    assert viewer.get(path, headers=marked).status_code == 303


@pytest.mark.parametrize(
    "headers", [{}, {"Range": "bytes=0-99"}, {"If-None-Match": "*"}, {"Accept": "image/*"}]
)
def test_a_visitor_gets_no_byte_of_a_picture(office: Box, visitor: Browser, headers: dict[str, str]) -> None:
    photo_id, face_id = photo_named(office, "KLUI0001"), face_of(office, "KLUI0001")
    for path in (
        f"/photos/{photo_id}/proxy.jpg",
        f"/photos/{photo_id}/thumbnail.jpg",
        f"/faces/{face_id}.jpg",
    ):
        answer = visitor.get(path, headers=headers)
        assert answer.status_code in (303, 401)
        assert b"\xff\xd8" not in answer.data
        assert visitor.client.head(path, headers=headers).status_code in (303, 401)


def test_the_original_has_no_address(office: Box, administrator: Browser) -> None:
    photo_id = photo_named(office, "KLUI0001")
    for name in ("original.jpg", "sidecar.jpg", "original", "../proxy.jpg"):
        assert administrator.get(f"/photos/{photo_id}/{name}").status_code == 404
    assert administrator.get("/static/../__init__.py").status_code == 404
    assert administrator.get("/static/%2e%2e/__init__.py").status_code == 404


def test_a_script_is_told_in_json(visitor: Browser, editor: Browser) -> None:
    asked = {"Accept": "application/json"}
    stranger = visitor.get("/waiting.json", headers=asked)
    assert (stranger.status_code, stranger.get_json()["key"]) == (401, "access:signed_out")
    unknown = editor.get("/imports/nothing.json", headers=asked)
    assert (unknown.status_code, unknown.get_json()["key"]) == (404, "import:unknown")
    assert editor.get("/nowhere", headers=asked).get_json()["error"] == "This page does not exist."


def test_each_user_has_a_language(viewer: Browser, editor: Browser) -> None:
    viewer.post("/language", {"language": "nl", "to": "/people"})
    assert '<html lang="nl"' in viewer.get("/people").get_data(as_text=True)
    assert "Personen" in viewer.get("/people").get_data(as_text=True)
    assert '<html lang="en"' in editor.get("/people").get_data(as_text=True)


def test_a_visitor_chooses_a_language_before_signing_in(visitor: Browser) -> None:
    assert "Sign in" in visitor.get("/sign-in").get_data(as_text=True)
    visitor.post("/language", {"language": "nl", "to": "/sign-in"})
    assert "Inloggen" in visitor.get("/sign-in").get_data(as_text=True)
    assert visitor.post("/language", {"language": "xx"}).status_code in (303, 400)
    assert "Inloggen" in visitor.get("/sign-in").get_data(as_text=True)


def test_light_or_dark_is_kept_in_the_browser(viewer: Browser) -> None:
    assert 'data-appearance="system"' in viewer.get("/").get_data(as_text=True)
    viewer.post("/appearance", {"appearance": "dark", "to": "/"})
    assert 'data-appearance="dark"' in viewer.get("/").get_data(as_text=True)
    viewer.post("/appearance", {"appearance": '"><script>', "to": "/"})
    assert 'data-appearance="dark"' in viewer.get("/").get_data(as_text=True)


def test_what_breaks_is_told_without_a_traceback(
    app: Flask, editor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_named: object) -> SimpleNamespace:
        raise ZeroDivisionError("a name that must not be seen")

    monkeypatch.setattr("webui.people.actions.people", broken)
    answer = editor.get("/people")
    assert answer.status_code == 500
    assert "Nothing was lost." in answer.get_data(as_text=True)
    assert "must not be seen" not in answer.get_data(as_text=True)
