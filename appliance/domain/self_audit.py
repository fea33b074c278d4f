"""The self-audit: what is judged of a box, one topic after another, and how long a finding may stay open.

Pure: from facts to findings. A topic without a finding is green; one that this machine cannot tell is said
to be so, and is not green. To add a check, add its problem, its rule to `RULES`, and its words.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from appliance.domain.access import Role, UserId
from appliance.domain.duties import Due, Standing
from appliance.domain.photos import PhotoId

FIX_WITHIN = timedelta(days=30)
STALE_AFTER = timedelta(days=90)
UNUSED_AFTER = timedelta(days=7)
HEAD_WITHIN = timedelta(days=2)
ASKED_WITHIN = timedelta(days=14)
_KEPT = timedelta(days=1)  # the worker clears away what ended, each hour
SAMPLE = 20  # photos; enough to look through by hand in a quarter of an hour
# systemd-analyze tells exposure from 0 to 10, and calls 5.0 and more "medium", 7.5 and more "exposed".
EXPOSED_AMBER, EXPOSED_RED = 5.0, 7.5


class Grade(StrEnum):
    """The light of a finding; the last where the machine has no such thing to look at."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    NOT_HERE = "not_here"


class Topic(StrEnum):
    """What is looked at."""

    SECOND_STEPS = "second_steps"
    ACCOUNTS = "accounts"
    TOKENS = "tokens"
    RIGHTS = "rights"
    COPIES = "copies"
    SAMPLE = "sample"
    TLS = "tls"
    FILES = "files"
    SANDBOX = "sandbox"
    UPDATES = "updates"
    DUTIES = "duties"
    REQUESTS = "requests"
    AUDIT_LOG = "audit_log"


class Problem(StrEnum):
    """What may be wrong; the words for each are in `self_audit_words`."""

    NONE = "none"
    NOT_LOOKED = "not_looked"
    SECOND_STEP_MISSING = "second_step_missing"
    SECOND_STEP_ADVISED = "second_step_advised"
    ACCOUNT_STALE = "account_stale"
    ACCOUNT_NEVER_USED = "account_never_used"
    TOKENS_EXPIRED = "tokens_expired"
    TOKEN_NEVER_USED = "token_never_used"  # noqa: S105 - a finding, no token
    RIGHTS_UNUSED = "rights_unused"
    COPIES_NOT_PERMITTED = "copies_not_permitted"
    COPIES_UNCLEAR = "copies_unclear"
    SAMPLE_WAITS = "sample_waits"
    SAMPLE_WRONG = "sample_wrong"
    CERTIFICATE_ENDED = "certificate_ended"
    CERTIFICATE_ENDS = "certificate_ends"
    CERTIFICATE_WEAK = "certificate_weak"
    CERTIFICATE_OTHER_NAME = "certificate_other_name"
    DOOR_PLAIN = "door_plain"
    FILES_OPEN = "files_open"
    UNIT_EXPOSED = "unit_exposed"
    UPDATES_WAIT = "updates_wait"
    UPDATES_NOT_ASKED = "updates_not_asked"
    NO_BACKUPS = "no_backups"
    DUTY_FAILED = "duty_failed"
    DUTY_OVERDUE = "duty_overdue"
    DUTY_NEVER = "duty_never"
    REQUESTS_OVERDUE = "requests_overdue"
    LOG_BROKEN = "log_broken"
    HEAD_TO_NOBODY = "head_to_nobody"
    HEAD_NOT_SENT = "head_not_sent"


# What the office may decide otherwise: it is told each time, and has no last day.
ADVICE = frozenset({Problem.SECOND_STEP_ADVISED})

Values = Mapping[str, str | int | float]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found. thing: an opaque id, or the name of a duty, unit or host."""

    topic: Topic
    problem: Problem
    grade: Grade
    thing: str = ""
    values: Values = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Under what it is followed from one audit to the next."""
        return f"{self.problem}:{self.thing}" if self.thing else str(self.problem)

    @property
    def open(self) -> bool:
        """Whether somebody has to do something."""
        return self.grade in (Grade.AMBER, Grade.RED) and self.problem not in ADVICE


# --- facts ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Account:
    """A user who may sign in. seen_at: when last; None for never. actions: what they did since `STALE_AFTER`
    ago, by the audit log. must_have: whether their role needs a second step."""

    id: UserId
    role: Role
    added_at: datetime
    seen_at: datetime | None
    second_step: bool
    must_have: bool
    actions: frozenset[str] = frozenset()
    emergency: bool = False


class TokenKind(StrEnum):
    """What opens something without a password."""

    SESSION = "session"
    SHARE_LINK = "share_link"
    PROGRAM = "program"


@dataclass(frozen=True, slots=True)
class Token:
    """A token that is kept. used: whether it ever opened something."""

    kind: TokenKind
    id: str
    made_at: datetime
    ends_at: datetime
    used: bool


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What browsers are shown; there is none while the pages are for this machine alone.

    strong: whether its key and signature are of today's strength.
    """

    ends_at: datetime
    strong: bool
    missing_hosts: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Machine:
    """What the machine tells; None where it does not. open_files: paths in the data directory that others
    may use. units: exposure by systemd-analyze. updates: packages with a security update."""

    certificate: CertificateFacts | None = None
    open_files: Sequence[str] = ()
    units: Mapping[str, float] | None = None
    updates: int | None = None
    updates_asked: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """The photos of an audit that somebody has to look at. wrong: judged to be wrong, and still so."""

    audit: str = ""
    waiting: int = 0
    wrong: Sequence[PhotoId] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What the findings rest on. not_permitted, unclear: copies that left, whose light is red or amber today
    and that nobody said were removed."""

    now: datetime
    accounts: Sequence[Account]
    tokens: Sequence[Token]
    not_permitted: int
    unclear: int
    sample: Sample
    machine: Machine
    door_plain: bool
    has_backups: bool
    duties: Sequence[Due]
    requests_overdue: int
    log_broken_at: int | None
    head_addresses: int
    head_at: datetime | None
    can_mail: bool


# --- rules ------------------------------------------------------------------------------------------------


def _second_steps(facts: Facts) -> Iterator[Finding]:
    without = [one for one in facts.accounts if not one.second_step and not one.emergency]
    for one in without:
        if one.must_have:
            yield Finding(Topic.SECOND_STEPS, Problem.SECOND_STEP_MISSING, Grade.RED, one.id)
    if count := sum(not one.must_have for one in without):
        values = {"count": count}
        yield Finding(Topic.SECOND_STEPS, Problem.SECOND_STEP_ADVISED, Grade.AMBER, values=values)


def _accounts(facts: Facts) -> Iterator[Finding]:
    for one in facts.accounts:
        if one.emergency or facts.now - (one.seen_at or one.added_at) <= STALE_AFTER:
            continue
        problem = Problem.ACCOUNT_NEVER_USED if one.seen_at is None else Problem.ACCOUNT_STALE
        days = (facts.now - (one.seen_at or one.added_at)).days
        yield Finding(Topic.ACCOUNTS, problem, Grade.AMBER, one.id, {"days": days})


def _tokens(facts: Facts) -> Iterator[Finding]:
    kept = facts.now - _KEPT
    ended = [one for one in facts.tokens if one.kind is TokenKind.SESSION and one.ends_at < kept]
    if ended:
        yield Finding(Topic.TOKENS, Problem.TOKENS_EXPIRED, Grade.AMBER, values={"count": len(ended)})
    for one in facts.tokens:
        if not one.used and one.ends_at > facts.now and facts.now - one.made_at > UNUSED_AFTER:
            days = (facts.now - one.made_at).days
            values: Values = {"kind": one.kind.value, "days": days}
            yield Finding(Topic.TOKENS, Problem.TOKEN_NEVER_USED, Grade.AMBER, one.id, values)


# What looking around leaves in the log; whoever left no more than this needs no more than to look.
_LOOKING = frozenset(
    {
        *("photo:view", "photo:preview", "photo:list", "person:view", "person:list"),
        *("quitclaim:view", "quitclaim:list", "face:list", "user:language", "release:recognise"),
    }
)
_OF_EVERYBODY = frozenset({"session", "account", "notice", "access"})
_OF_ADMINISTRATORS = frozenset(
    {
        *("user", "mail", "share", "template", "list", "watermark", "intake", "recognition"),
        *("backup", "audit", "retention", "rights", "hold", "erasure", "watermark", "card"),
    }
)


def least_role(role: Role, actions: Iterable[str]) -> Role:
    """The least role that does for what somebody really did."""
    done = {one for one in actions if one.partition(":")[0] not in _OF_EVERYBODY and one not in _LOOKING}
    if role is Role.ADMINISTRATOR and any(one.partition(":")[0] in _OF_ADMINISTRATORS for one in done):
        return role
    if role in (Role.ADMINISTRATOR, Role.EDITOR):
        return Role.EDITOR if done else Role.VIEWER
    return role


def _rights(facts: Facts) -> Iterator[Finding]:
    for one in facts.accounts:
        seen = one.seen_at is not None and facts.now - one.seen_at <= STALE_AFTER
        if one.emergency or not seen or facts.now - one.added_at <= STALE_AFTER:
            continue  # too new to tell, or told of already
        least = least_role(one.role, one.actions)
        if least is not one.role:
            values = {"role": one.role.value, "least": least.value}
            yield Finding(Topic.RIGHTS, Problem.RIGHTS_UNUSED, Grade.AMBER, one.id, values)


def _copies(facts: Facts) -> Iterator[Finding]:
    if facts.not_permitted:
        values = {"count": facts.not_permitted}
        yield Finding(Topic.COPIES, Problem.COPIES_NOT_PERMITTED, Grade.RED, values=values)
    if facts.unclear:
        yield Finding(Topic.COPIES, Problem.COPIES_UNCLEAR, Grade.AMBER, values={"count": facts.unclear})


def _sample(facts: Facts) -> Iterator[Finding]:
    sample = facts.sample
    if sample.waiting:
        values = {"count": sample.waiting}
        yield Finding(Topic.SAMPLE, Problem.SAMPLE_WAITS, Grade.AMBER, sample.audit, values)
    for photo_id in sample.wrong:
        yield Finding(Topic.SAMPLE, Problem.SAMPLE_WRONG, Grade.RED, photo_id)


_CERTIFICATE_AHEAD = timedelta(days=21)


def _tls(facts: Facts) -> Iterator[Finding]:
    shown = facts.machine.certificate
    if shown is not None:
        if shown.ends_at <= facts.now:
            yield Finding(Topic.TLS, Problem.CERTIFICATE_ENDED, Grade.RED)
        elif shown.ends_at <= facts.now + _CERTIFICATE_AHEAD:
            values = {"days": (shown.ends_at - facts.now).days}
            yield Finding(Topic.TLS, Problem.CERTIFICATE_ENDS, Grade.AMBER, values=values)
        if not shown.strong:
            yield Finding(Topic.TLS, Problem.CERTIFICATE_WEAK, Grade.RED)
        for host in shown.missing_hosts:
            yield Finding(Topic.TLS, Problem.CERTIFICATE_OTHER_NAME, Grade.AMBER, host)
    if facts.door_plain:
        yield Finding(Topic.TLS, Problem.DOOR_PLAIN, Grade.RED)


def _files(facts: Facts) -> Iterator[Finding]:
    if found := facts.machine.open_files:
        values: Values = {"count": len(found), "first": found[0]}
        yield Finding(Topic.FILES, Problem.FILES_OPEN, Grade.RED, values=values)


def _sandbox(facts: Facts) -> Iterator[Finding]:
    if facts.machine.units is None:
        yield _not_looked(Topic.SANDBOX)
        return
    for unit, exposure in facts.machine.units.items():
        if exposure >= EXPOSED_AMBER:
            grade = Grade.RED if exposure >= EXPOSED_RED else Grade.AMBER
            yield Finding(Topic.SANDBOX, Problem.UNIT_EXPOSED, grade, unit, {"exposure": exposure})


def _updates(facts: Facts) -> Iterator[Finding]:
    waiting, asked = facts.machine.updates, facts.machine.updates_asked
    if waiting is None:
        yield _not_looked(Topic.UPDATES)
        return
    if waiting:
        yield Finding(Topic.UPDATES, Problem.UPDATES_WAIT, Grade.RED, values={"count": waiting})
    if asked is not None and facts.now - asked > ASKED_WITHIN:
        values = {"days": (facts.now - asked).days}
        yield Finding(Topic.UPDATES, Problem.UPDATES_NOT_ASKED, Grade.AMBER, values=values)


_OF_STANDING = {
    Standing.FAILED: (Problem.DUTY_FAILED, Grade.RED),
    Standing.OVERDUE: (Problem.DUTY_OVERDUE, Grade.RED),
    Standing.NEVER: (Problem.DUTY_NEVER, Grade.AMBER),
}


def _duties(facts: Facts) -> Iterator[Finding]:
    if not facts.has_backups:
        yield Finding(Topic.DUTIES, Problem.NO_BACKUPS, Grade.RED)
    for one in facts.duties:
        if one.standing in _OF_STANDING:
            problem, grade = _OF_STANDING[one.standing]
            thing = f"{one.duty}/{one.target}" if one.target else str(one.duty)
            values: Values = {"duty": one.duty.value, "target": one.target}
            yield Finding(Topic.DUTIES, problem, grade, thing, values)


def _requests(facts: Facts) -> Iterator[Finding]:
    if count := facts.requests_overdue:
        yield Finding(Topic.REQUESTS, Problem.REQUESTS_OVERDUE, Grade.RED, values={"count": count})


def _audit_log(facts: Facts) -> Iterator[Finding]:
    if facts.log_broken_at is not None:
        values = {"number": facts.log_broken_at}
        yield Finding(Topic.AUDIT_LOG, Problem.LOG_BROKEN, Grade.RED, values=values)
    if not facts.head_addresses or not facts.can_mail:
        yield Finding(Topic.AUDIT_LOG, Problem.HEAD_TO_NOBODY, Grade.AMBER)
    elif facts.head_at is None or facts.now - facts.head_at > HEAD_WITHIN:
        yield Finding(Topic.AUDIT_LOG, Problem.HEAD_NOT_SENT, Grade.RED)


def _not_looked(topic: Topic) -> Finding:
    return Finding(topic, Problem.NOT_LOOKED, Grade.NOT_HERE, topic)


RULES: Mapping[Topic, Callable[[Facts], Iterator[Finding]]] = {
    Topic.SECOND_STEPS: _second_steps,
    Topic.ACCOUNTS: _accounts,
    Topic.TOKENS: _tokens,
    Topic.RIGHTS: _rights,
    Topic.COPIES: _copies,
    Topic.SAMPLE: _sample,
    Topic.TLS: _tls,
    Topic.FILES: _files,
    Topic.SANDBOX: _sandbox,
    Topic.UPDATES: _updates,
    Topic.DUTIES: _duties,
    Topic.REQUESTS: _requests,
    Topic.AUDIT_LOG: _audit_log,
}


def findings(facts: Facts) -> tuple[Finding, ...]:
    """What is found, topic by topic; of each topic something."""
    found: list[Finding] = []
    for topic, rule in RULES.items():
        found += list(rule(facts)) or [Finding(topic, Problem.NONE, Grade.GREEN, topic)]
    return tuple(found)


# --- following --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Followed:
    """A finding from when it was found until it is fixed. told_at: when it was mailed that it is overdue."""

    finding: Finding
    found_at: datetime
    due_on: date
    fixed_at: datetime | None = None
    told_at: datetime | None = None

    def overdue(self, day: date) -> bool:
        """Whether it should have been fixed by now."""
        return self.fixed_at is None and day > self.due_on

    def grade(self, day: date) -> Grade:
        """Its light: what stays open too long is red, however light it was."""
        return Grade.RED if self.overdue(day) else self.finding.grade


def follow(
    known: Iterable[Followed], found: Iterable[Finding], now: datetime, day: date
) -> tuple[Followed, ...]:
    """What is open after an audit, and what was fixed. known: what was open before it.

    A finding that is there again keeps its last day; one that comes back after it was fixed is a new one.
    What could not be looked at this time stays open: not to see it is not to fix it.
    """
    there = {one.key: one for one in found if one.open}
    unseen = {one.topic for one in found if one.problem is Problem.NOT_LOOKED}
    followed: list[Followed] = []
    for one in known:
        again = there.pop(one.finding.key, None)
        if again is not None:
            followed.append(replace(one, finding=again))
        elif one.finding.topic in unseen:
            followed.append(one)
        else:
            followed.append(replace(one, fixed_at=now))
    fresh = (Followed(one, now, day + FIX_WITHIN) for one in there.values())
    return (*followed, *fresh)
