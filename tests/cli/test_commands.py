"""What holds for every command there is, taken from the commands themselves."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from appliance.actions.photos import count_heads
from appliance.cli import kluis as commands
from appliance.domain.access import OPERATOR
from appliance.domain.errors import KluisError
from appliance.wiring import open_box
from tests.actions.scene import examine, fill, named, picture, take
from tests.cli.conftest import Run, process
from tests.conftest import config_of

# These print no listing: they make, change or serve something, and say so in a line or two.
NO_LISTING = {
    "practice make",
    "rights lift",
    "practice remove",
    "init",
    "unlock",
    "rekey",
    "cards serve",
    "cards import",
    "shares set",
    "shares try",
    "shares remove",
    "watch",
    "models add",
    "models card",
    "models install",
    "models use",
    "models verify",
    "shoot put",
    "shoot recognise",
    "recognition propose",
    "recognition stop",
    "evidence verifier",
    "serve",
    "door",
    "worker",
    "courier",
    "bounce",
    "metrics",
    "certificate show",
    "certificate new",
    "certificate request",
    "certificate install",
    "cold prepare",
    "cold move",
    "cold fetch",
    "users password",
    "groups change",
    "groups remove",
    "grants remove",
    "users change",
    "demo",
    "destroy",
    "completion",
    "accountability",
    "audit export",
    "backup add",
    "backup key",
    "backup remove",
    "drill certificate",
    "drill kit",
    "proposals withdraw",
    "self-audit report",
    "self-audit verify",
    "digest send",
    "duties check",
    "erase certificate",
    "hold end",
    "hold place",
    "hold review",
    "disk",
    "rights letter",
    "permission-list discard",
    "photos tag",
    "photos untag",
    "search remove",
    "repair",
    "restore",
    "retention remove",
    "retention set",
    "rights close",
    "rights export",
    "rights extend",
    "rights record",
    "users emergency",
    "users networks",
    "users reset-second-step",
    "tokens revoke",
}
# What a command must be given beside what it asks for itself, to come as far as opening the safe.
GIVEN = {
    "tokens add": ["--scope", "photo:view"],
    "shares set": ["--place", "/mnt"],
    "release": ["--output", "."],
    "users add": ["--password-file", os.devnull],
    "grants put": ["--group", "Colleagues", "--right", "see"],
    "users password": ["--password-file", os.devnull],
    "unlock": ["--code-file", os.devnull],
    "rekey": ["--kit", "kit.txt", "--kit-noted"],
    "drill kit": ["--code-file", os.devnull],
    "backup key": ["--code-file", os.devnull],
}
NEED_NO_SAFE = {
    "init",
    "cards serve",
    "disk",
    "eval",
    "models add",
    "models card",
    "models use",
    "models install",
    "models list",
    "models verify",
    "evidence verify",
    "evidence verifier",
    "receipt verify",
    "restore",
    "demo",
    "completion",
}


def leaves(group: click.Group, *above: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command
        assert command.name == name
        if isinstance(command, click.Group):
            yield from leaves(command, *above, name)
        else:
            yield " ".join([*above, name]), command


COMMANDS = dict(leaves(commands))
GROUPS = sorted({name.split()[0] for name in COMMANDS if " " in name})


@pytest.mark.parametrize("name", ["", *GROUPS, *COMMANDS])
def test_every_command_explains_itself(kluis: Run, name: str) -> None:
    shown = kluis(None, *name.split(), "--help")
    assert shown.status == 0
    assert shown.err == ""
    assert f"Usage: kluis {name}".rstrip() in shown.out
    command: click.Command = commands
    for part in name.split():
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), part)
        assert found
        command = found
    assert command.help
    assert command.help.split("\n")[0].split()[0] in shown.out
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help or parameter.opts[0] in SELF_EXPLAINING, f"{name} {parameter.opts[0]}"


def test_help_can_be_asked_shortly(kluis: Run) -> None:
    assert kluis(None, "-h").out == kluis(None, "--help").out
    assert kluis(None, "people", "-h").out == kluis(None, "people", "--help").out


SELF_EXPLAINING = {
    "--department",
    "--email",
    "--role",
    "--active",
    "--basis",
    "--precision",
    "--limit",
    "--scope",
    "--language",
    "--to",
}


def test_every_listing_can_be_had_as_json() -> None:
    without = {n for n, c in COMMANDS.items() if not any("--json" in p.opts for p in c.params)}
    assert without == NO_LISTING


CHANGING = {
    "started",
    "at",
    "proposed_at",
    "approved_at",
    "made",
    "detail",
    "action",
    "outcome",
    "thing",
    "actor",
    "note",
    "head",
}
LISTINGS = [
    "shoot list",
    "recognition show",
    "people list",
    "quitclaim list",
    "imports",
    "releases",
    "users list",
    "audit list --limit 5",
    "audit verify",
    "models list",
    "verdict --all",
    "status",
    "doctor",
]


@pytest.mark.parametrize("name", LISTINGS)
def test_a_listing_says_the_same_in_a_table_and_as_json(kluis: Run, demo_box: object, name: str) -> None:
    home = demo_box.config.home  # type: ignore[attr-defined]
    shown, found = kluis(home, *name.split()), kluis(home, *name.split(), "--json")
    assert (shown.status, found.status) == (0, 0)
    rows = found.json if isinstance(found.json, list) else [found.json]
    for row in rows:
        assert list(row)
        for key, value in row.items():
            assert key.replace("_", " ") in shown.out
            # Looking at the log lengthens it; times are shorter in a table, and long texts are cut.
            if isinstance(value, str) and len(value) < 30 and key not in CHANGING:
                assert value in shown.out


@pytest.mark.parametrize(
    "name", ["shoot list", "people list", "imports", "releases", "users list", "verdict --all"]
)
def test_an_empty_listing_is_an_empty_list(kluis: Run, home: Path, name: str) -> None:
    assert kluis(home, *name.split(), "--json").json == []
    assert kluis(home, *name.split()).out == "Nothing yet.\n"


def asked(command: click.Command) -> Iterator[str]:
    """Something for each argument and option that a command cannot do without."""
    for parameter in command.params:
        if parameter.required:
            if isinstance(parameter, click.Option):
                yield parameter.opts[0]
            yield something(parameter.type)


def something(kind: click.ParamType) -> str:
    if isinstance(kind, click.Choice):
        return str(kind.choices[0])
    if isinstance(kind, click.DateTime):
        return "2027-01-01"
    if isinstance(kind, click.Path) and not kind.file_okay:
        return "."
    if isinstance(kind, click.Path | click.File):
        return os.devnull
    return "1" if isinstance(kind, click.types.IntParamType) else "one"


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - NEED_NO_SAFE - {"doctor"}))
def test_where_no_safe_is_every_command_says_so(
    kluis: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    refused = kluis(tmp_path / "nowhere", *name.split(), *asked(COMMANDS[name]), *GIVEN.get(name, []))
    assert refused.status == 1
    assert refused.out == ""
    assert refused.err.startswith("Error: There is no safe in this data directory.\n")
    assert "kluis init" in refused.err
    assert list(tmp_path.iterdir()) == []


def test_the_doctor_finds_that_there_is_no_safe(kluis: Run, tmp_path: Path) -> None:
    found = kluis(tmp_path / "nowhere", "doctor", "--json")
    assert found.status == 2
    assert found.json[0]["check"] == "keys and database"
    assert found.json[0]["result"] == "wrong"
    assert "There is no safe in this data directory." in found.json[0]["note"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("people",),
        ("people", "add"),
        ("verdict", "--day", "today"),
        ("--nonsense",),
        ("audit", "list", "--limit", "0"),
    ],
)
def test_a_mistake_in_the_command_itself_ends_with_one(
    kluis: Run, home: Path, arguments: tuple[str, ...]
) -> None:
    refused = kluis(home, *arguments)
    assert refused.status == 1
    assert "Usage: " in refused.err + refused.out


# In processes of their own: what another program sees.


@pytest.fixture(scope="module")
def two_photos(tmp_path_factory: pytest.TempPathFactory, empty_home: Path, pack: object) -> Path:
    """A safe, at the real time, with one photo that may go anywhere and one in which nobody was counted."""
    folder = tmp_path_factory.mktemp("two")
    home = Path(shutil.copytree(empty_home, folder / "home"))
    box = open_box(config_of(home))
    take(box, fill(folder / "card", {"GREEN.JPG": picture(1), "AMBER.JPG": picture(2)}))
    examine(box)
    count_heads(box.safe, named(box, "GREEN.JPG"), 0, by=OPERATOR, now=box.now(), day=box.today())
    fill(folder, {"green": named(box, "GREEN.JPG").encode(), "amber": named(box, "AMBER.JPG").encode()})
    box.close()
    return home


def test_the_exit_status_tells_other_programs_how_it_went(two_photos: Path, tmp_path: Path) -> None:
    """0 fine, 1 a mistake to mend, 2 something is broken, 3 not allowed."""
    green = (two_photos.parent / "green").read_text()
    amber = (two_photos.parent / "amber").read_text()
    fine = process(two_photos, "release", green, "web", "-o", tmp_path / "copy.jpg", "--json")
    assert (fine.status, fine.err) == (0, "")
    assert (tmp_path / "copy.jpg").read_bytes()[:3] == b"\xff\xd8\xff"

    refused = process(two_photos, "release", amber, "web", "-o", tmp_path / "no.jpg")
    assert refused.status == 3
    assert refused.out == ""
    assert "its light is amber" in refused.err
    assert "  - No face was found." in refused.err
    assert not (tmp_path / "no.jpg").exists()

    assert process(tmp_path / "nowhere", "status").status == 1
    assert process(two_photos, "people", "show", "nobody").status == 1
    wrong_key = fill(tmp_path, {"key": os.urandom(32)}) / "key"
    broken = process(two_photos, "status", env={"KLUIS_MACHINE_KEY": str(wrong_key)})
    assert broken.status == 2
    assert "does not open with this machine's key" in broken.err


def test_the_data_directory_comes_from_the_environment_too(two_photos: Path) -> None:
    environment = os.environ | {"KLUIS_HOME": str(two_photos)}
    command = [sys.executable, "-m", "appliance.cli", "status", "--json"]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout)["photos_analysed"] == 2


def test_a_reader_that_stops_reading_is_no_error(two_photos: Path) -> None:
    command = f"{sys.executable} -m appliance.cli --home {two_photos} verdict --all"
    script = f"{command} | true; echo ${{PIPESTATUS[0]}}"
    ran = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("0\n", "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_commands(kluis: Run, shell: str) -> None:
    script = kluis(None, "completion", shell)
    assert script.status == 0
    assert "_KLUIS_COMPLETE" in script.out
    assert "kluis" in script.out


def test_what_bash_is_given_is_bash_and_completes(tmp_path: Path, kluis: Run) -> None:
    script = fill(tmp_path, {"completion": kluis(None, "completion", "bash").out.encode()}) / "completion"
    bash = (
        f"source {script}; PATH={Path(sys.executable).parent}:$PATH;"
        " COMP_WORDS=(kluis quit); COMP_CWORD=1; _kluis_completion kluis; echo ${COMPREPLY[@]}"
    )
    ran = subprocess.run(["bash", "-c", bash], capture_output=True, text=True, check=True)
    assert ran.stdout == "quitclaim\n"


def test_errors_know_their_exit_status() -> None:
    def all_of(kind: type[KluisError]) -> Iterator[type[KluisError]]:
        yield kind
        for below in kind.__subclasses__():
            yield from all_of(below)

    assert {kind.__name__: kind.exit_status for kind in all_of(KluisError)} == {
        "KluisError": 2,
        "Mistake": 1,
        "Fault": 2,
        "NotAllowed": 3,
        "SecondNeeded": 3,
        "Unreadable": 1,
        "Tampered": 2,
    }
