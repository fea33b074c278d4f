"""The papers as a test: what the code knows is documented, what is documented exists, no link is dead."""

import ast
import functools
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

import click
import pytest

from appliance.cli import kluis
from appliance.config import FILE, Config, read_config
from appliance.domain.access import HELD_BY, WORKER, Permission, Role, decide
from appliance.domain.consent import LIGHT_OF
from appliance.domain.cures import CURE_OF
from appliance.domain.errors import Fault, KluisError, Mistake, NotAllowed, Tampered, Unreadable
from appliance.domain.photos import Resolution
from webui.ways import LABELS

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
FIRMWARE = ROOT / "firmware-config" / "README.md"
PAPERS = [ROOT / "README.md", ROOT / "CHANGELOG.md", FIRMWARE, *sorted(DOCS.rglob("*.md"))]
LARGEST_FILE = 400_000
NOUN_AND_VERB = r"[a-z]+:[a-z_]+"
AUDIT_LOG = "## What the audit log holds"
KINDS: Mapping[type[KluisError], str] = MappingProxyType(
    {
        Mistake: "mistake",
        Fault: "fault",
        NotAllowed: "not allowed",
        Unreadable: "unreadable",
        Tampered: "tampered",
    }
)


def text(path: Path) -> str:
    return path.read_text("utf-8")


def rows(paper: str) -> Iterator[list[str]]:
    """The cells of every row of every table, but for headings and rules."""
    lines = paper.splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("|") and not following.startswith("|--") and not line.startswith("|--"):
            yield [cell.strip() for cell in line.strip().strip("|").split("|")]


def table(paper: str, wanted: str) -> dict[str, list[str]]:
    """Rows whose first cell is code that fits a pattern, by that cell; each stands there once."""
    found: dict[str, list[str]] = {}
    for first, *others in rows(paper):
        code = re.fullmatch(rf"`({wanted})`", first)
        if code:
            assert code[1] not in found, f"{code[1]} stands twice"
            found[code[1]] = others
    return found


@functools.cache
def sources() -> tuple[tuple[str, ast.Module], ...]:
    return tuple(
        (str(path.relative_to(ROOT)), ast.parse(text(path)))
        for package in ("appliance", "webui")
        for path in sorted((ROOT / package).rglob("*.py"))
    )


def calls(*names: str) -> Iterator[tuple[str, str, ast.Call]]:
    """Every call of these names: the module, the name and the call."""
    for module, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in names and node.args:
                    yield module, name, node


def constants(node: ast.expr, **sets: type[StrEnum]) -> list[str] | None:
    """Every text that an expression can be: a constant, either side of an `if`, a member behind a text.

    sets: what a name in an f-string can be. None for anything else.
    """
    match node:
        case ast.Constant(value=str(value)):
            return [value]
        case ast.IfExp(body=one, orelse=other):
            return [*(constants(one) or ()), *(constants(other) or ())]
        case ast.JoinedStr(
            values=[ast.Constant(value=str(value)), ast.FormattedValue(value=ast.Name(id=of))]
        ):
            return [f"{value}{member}" for member in sets[of]] if of in sets else None
    return None


def said() -> set[str]:
    """Every `noun:verb` that stands in the code as a text."""
    return {
        node.value
        for _, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(NOUN_AND_VERB, node.value)
    }


# --- commands ---------------------------------------------------------------------------------------------


def leaves(group: click.Group, path: tuple[str, ...] = ("kluis",)) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command
        if isinstance(command, click.Group):
            yield from leaves(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


COMMANDS = dict(leaves(kluis))


def command_sections() -> dict[str, str]:
    parts = re.split(r"^### (kluis .+)$", text(DOCS / "commands.md"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented_with_its_options_and_an_example(name: str) -> None:
    section = command_sections().get(name, "")
    assert section, f"docs/commands.md has no section '### {name}'"
    assert f"{name}" in "".join(re.findall(r"```sh\n(.*?)```", section, re.DOTALL)), "no example"
    options = [opt for p in COMMANDS[name].params for opt in (*p.opts, *p.secondary_opts) if opt[:2] == "--"]
    missing = [opt for opt in options if not re.search(re.escape(opt) + r"(?![\w-])", section)]
    assert not missing, f"{name}: {missing}"


def test_every_documented_command_exists() -> None:
    assert set(command_sections()) <= set(COMMANDS)


def examples() -> list[str]:
    """Every call of kluis in the papers, without comments and what the shell does."""
    blocks = [b for path in PAPERS for b in re.findall(r"```sh\n(.*?)```", text(path), re.DOTALL)]
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    calls_of_kluis = [re.sub(r"^\S*/kluis ", "kluis ", line.strip()) for line in lines]
    bare = [re.sub(r"\s+(#|\d?[<>]).*", "", line) for line in calls_of_kluis if line.startswith("kluis ")]
    return sorted(set(bare))


@pytest.mark.parametrize("line", examples())
def test_every_example_is_understood(line: str) -> None:
    """Parsed as the program does it, to the last value; a file that it names need not be there."""
    command: click.Command = kluis
    words = shlex.split(line)[1:]
    while isinstance(command, click.Group):
        assert words, f"{line}: which command?"
        name, *words = words
        found = command.get_command(click.Context(command), name)
        assert found, f"{line}: there is no {name}"
        command = found
    try:
        command.make_context(line, words)
    except click.BadParameter as problem:
        if "does not exist" not in problem.message:
            raise


def test_the_options_of_kluis_itself_are_documented() -> None:
    opening = text(DOCS / "commands.md").split("## Exit status")[0]
    assert all(opt in opening for p in kluis.params for opt in p.opts if opt.startswith("--"))


# --- settings ---------------------------------------------------------------------------------------------


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    known = {field.name for field in fields(Config)} - {"home"}
    documented = set(table(text(DOCS / "settings.md"), r"[a-z_]+"))
    assert documented == known


def test_the_example_of_the_settings_file_is_understood(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", text(DOCS / "settings.md"), re.DOTALL)
    assert example is not None
    assert set(tomllib.loads(example[1])) == {field.name for field in fields(Config)} - {"home"}
    (tmp_path / FILE).write_text(example[1])
    assert read_config(tmp_path, {}).organisation == "Gemeente Voorbeeld"


class Asked(dict[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def get(self, key: str, otherwise: str | None = None) -> str | None:  # type: ignore[override]
        self.names.add(key)
        return otherwise


def test_every_variable_of_the_environment_is_documented() -> None:
    asked = Asked()
    read_config(None, asked)
    options = {p.envvar for p in kluis.params if isinstance(p.envvar, str)}
    documented = set(table(text(DOCS / "settings.md"), r"KLUIS_[A-Z_]+"))
    assert documented == asked.names | options
    elsewhere = {
        name
        for path in (ROOT / "Makefile", ROOT / ".ci" / "run", *sorted((ROOT / "tests").rglob("conftest.py")))
        for name in re.findall(r"(?<![A-Z_])KLUIS_[A-Z_]+", text(path))
    }
    assert not {name for name in elsewhere if name not in text(DOCS / "settings.md")}


# --- permissions, audit actions, errors, reasons ----------------------------------------------------------


def test_the_table_of_permissions_is_what_is_decided() -> None:
    documented = table(text(DOCS / "permissions.md").split(AUDIT_LOG)[0], NOUN_AND_VERB)
    assert set(documented) == set(Permission)
    for name, cells in documented.items():
        permission = Permission(name)
        held = [permission in HELD_BY[role] for role in Role] + [decide(WORKER, permission).allowed]
        assert [cell == "yes" for cell in cells[:5]] == held, name


def audit_actions() -> set[str]:
    """What is recorded, wherever an event is made; a refusal's action is a permission."""
    found: set[str] = set()
    for module, _, call in calls("Event"):
        if module == "appliance/store/audit.py":
            continue  # reads entries back
        actions = constants(call.args[0], resolution=Resolution)
        if actions is None:
            assert ast.unparse(call.args[0]) == "to", f"{module}: an action that cannot be listed"
        found |= set(actions or ())
    return found


def documented_actions() -> set[str]:
    return set(table(text(DOCS / "permissions.md").split(AUDIT_LOG)[1], NOUN_AND_VERB))


def test_every_audit_action_is_documented_and_every_documented_one_exists() -> None:
    assert documented_actions() == audit_actions()


def test_every_error_is_documented_with_its_kind() -> None:
    classes = {one.__name__: kind for one, kind in KINDS.items()}
    documented = table(text(DOCS / "errors.md"), NOUN_AND_VERB)
    for module, name, call in calls(*classes):
        keys = constants(call.args[0])
        if keys is None:
            # The decoder repeats what its child said; the outcomes of mail have their sentences beside them.
            repeats = {"appliance/imaging/decode.py", "appliance/mail/smtp.py"}
            assert module in repeats, f"{module}: a key that cannot be listed"
        for key in keys or ():
            assert key in documented, f"{key} ({module}) is not in docs/errors.md"
            assert documented[key][0] == classes[name], f"{key} ({module}) is a {classes[name]}"


def test_every_documented_error_exists() -> None:
    gone = set(table(text(DOCS / "errors.md"), NOUN_AND_VERB)) - said()
    assert not gone


def test_every_noun_and_verb_in_the_code_is_documented() -> None:
    errors = set(table(text(DOCS / "errors.md"), NOUN_AND_VERB))
    undocumented = said() - errors - documented_actions() - {str(p) for p in Permission}
    assert not undocumented


def test_kinds_of_errors_and_their_exit_status_are_documented() -> None:
    documented = {
        cells[0]: cells[1] for cells in rows(text(DOCS / "errors.md")) if cells[0] in KINDS.values()
    }
    assert documented == {kind: str(one.exit_status) for one, kind in KINDS.items()}


def test_every_reason_is_documented_with_its_light() -> None:
    documented = table(text(DOCS / "lights.md"), r"[a-z_]+")
    assert {key: cells[0] for key, cells in documented.items()} == {
        why.value: light.value for why, light in LIGHT_OF.items()
    }
    links = {key: cells[-1] for key, cells in documented.items() if cells[-1] != "none"}
    assert links == {why.value: LABELS[cure] % {"name": "…"} for why, cure in CURE_OF.items()}


# --- requirements -----------------------------------------------------------------------------------------

REQUIREMENTS = [*(f"S{n}" for n in range(1, 40)), *(f"P{n}" for n in range(1, 28))]


def requirements() -> dict[str, list[str]]:
    found = rows(text(DOCS / "requirements.md"))
    return {cells[0]: cells[1:] for cells in found if re.fullmatch(r"[SP]\d+", cells[0])}


def test_the_state_of_every_requirement_is_told() -> None:
    assert list(requirements()) == REQUIREMENTS
    assert {state for _, state, *_ in requirements().values()} <= {"holds", "partly", "not yet"}


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_what_holds_names_a_test_that_exists(name: str) -> None:
    _, state, shown, *_ = requirements()[name]
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", shown)
    assert named or state == "not yet", f"{name} {state}, but no test is named"
    for path, function in named:
        assert (ROOT / path).is_file(), f"{name}: {path}"
        assert not function or re.search(rf"def {function}\(", text(ROOT / path)), f"{name}: {function}"


# --- links, names and what must not be there --------------------------------------------------------------


def anchors(path: Path) -> set[str]:
    """What headings are called in addresses."""
    bare = re.sub(r"```.*?```", "", text(path), flags=re.DOTALL)
    titles = re.findall(r"^#+ (.+)$", bare, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def links(path: Path) -> Iterator[str]:
    bare = re.sub(r"```.*?```", "", text(path), flags=re.DOTALL)
    yield from re.findall(r"\]\(([^)\s]+)\)", bare)
    yield from re.findall(r"(?:src|srcset|href)=\"([^\"]+)\"", bare)


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    for link in links(path):
        if re.match(r"https?:|mailto:", link):
            continue
        target, _, anchor = link.partition("#")
        file = (path.parent / target).resolve() if target else path
        assert file.exists(), f"{link} is not there"
        assert file.is_relative_to(ROOT), f"{link} leads out of the repository"
        assert not anchor or anchor in anchors(file), f"{link}: no such heading"


def test_every_paper_is_reached_from_the_readme() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            local = [link.partition("#")[0] for link in links(path) if "://" not in link]
            waiting += [(path.parent / one).resolve() for one in local if one.endswith(".md")]
    assert set(PAPERS) <= seen, sorted(str(p.relative_to(ROOT)) for p in set(PAPERS) - seen)


def test_papers_that_the_code_names_exist() -> None:
    code = [path for package in ("appliance", "webui") for path in sorted((ROOT / package).rglob("*.py"))]
    for path in (*code, ROOT / "Makefile"):
        for name in re.findall(r"\bdocs/[\w./-]+\w", text(path)):
            assert (ROOT / name).exists(), f"{path.relative_to(ROOT)} names {name}"


def test_every_decision_is_listed_once_and_has_its_number() -> None:
    pages = sorted(DOCS.glob("decisions/[0-9]*.md"))
    numbers = [page.name[:4] for page in pages]
    assert sorted(set(numbers)) == numbers
    assert [f"# {int(number)}. " for number in numbers] == [
        re.split(r"(?<=\. )", text(page), maxsplit=1)[0] for page in pages
    ]
    listed = [link for link in links(DOCS / "decisions" / "README.md") if re.match(r"\d{4}-", link)]
    assert listed == [page.name for page in pages]


def test_make_targets_that_papers_name_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", text(ROOT / "Makefile"), re.MULTILINE))
    named = {name for path in PAPERS for name in re.findall(r"\bmake ([a-z]+)\b(?=`|$|\s+#)", text(path))}
    assert {"demo", "test"} <= named <= targets


@functools.cache
def repository() -> tuple[Path, ...]:
    """Every file that is in the repository, or will be once it is committed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file())


# In pieces, so that this file does not hold what it looks for.
UNWANTED = {
    "a path of one machine": r"(?<![\w.~-])/(?:work|root|tmp/w|opt/pypi[\w-]*)/",
    "the host of a registry": r"(?:pypi|pythonhosted|npmjs|deb\.debian)\.(?:org|com)",
    "the address of an index": r"(?<!emit-)index-ur[l]",
}


def test_the_repository_names_no_machine_and_no_registry() -> None:
    found = []
    for path in repository():
        data = path.read_bytes()
        if b"\0" in data:
            continue
        for what, pattern in UNWANTED.items():
            hit = re.search(pattern, data.decode("utf-8"))
            if hit:
                found.append(f"{path.relative_to(ROOT)}: {what}: {hit[0]}")
    assert not found


def test_the_repository_holds_no_large_file() -> None:
    large = [p.relative_to(ROOT) for p in repository() if p.stat().st_size > LARGEST_FILE]
    assert not large


# Reckoned from a birth date that somebody gave, for consent of minors (GDPR article 8).
FROM_BIRTH_DATES = {"age", "_about_age", "CAME_OF_AGE"}
GUESSES = {"age", "sex", "gender", "emotion", "mood", "ethnicity", "race", "skin"}


def test_nothing_is_guessed_of_a_face() -> None:
    """P6: no name in the code and no column says such a thing."""
    names = {
        name
        for _, tree in sources()
        for node in ast.walk(tree)
        for name in (getattr(node, key, None) for key in ("id", "attr", "arg", "name"))
        if isinstance(name, str)
    }
    schema = "".join(text(path) for path in (ROOT / "appliance" / "store" / "migrations").glob("*.sql"))
    names -= FROM_BIRTH_DATES
    words = {word for name in (*names, *re.findall(r"\w+", schema)) for word in name.lower().split("_")}
    assert not words & GUESSES


def test_an_age_is_reckoned_from_a_known_birth_date_alone() -> None:
    """The one module that knows of age; it has no face in it."""
    people = ast.parse(text(ROOT / "appliance" / "domain" / "people.py"))
    (age,) = (node for node in people.body if isinstance(node, ast.FunctionDef) and node.name == "age")
    assert [one.arg for one in age.args.args] == ["born", "day"]


def test_the_licence_is_whole() -> None:
    licence = text(ROOT / "LICENSE")
    assert licence.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    articles = [int(n) for n in re.findall(r"^(\d+)\.", licence, re.MULTILINE)]
    assert articles == list(range(1, 16))
    assert licence.rstrip().endswith("require the production of a new EUPL version.")
