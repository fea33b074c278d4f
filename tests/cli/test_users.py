"""Who can sign in, typed; a password never stands in the command."""

import os
from pathlib import Path

import click
import pytest

from appliance.actions.sign_in import sign_in
from appliance.domain.errors import Mistake
from appliance.wiring import Box
from tests.actions.scene import fill
from tests.cli.conftest import Run
from tests.cli.test_commands import COMMANDS

PASSWORD = "een zin die lang genoeg is é"


def by_descriptor(text: str) -> int:
    reading, writing = os.pipe()
    os.write(writing, text.encode())
    os.close(writing)
    return reading


def test_a_password_comes_by_descriptor_or_file(kluis: Run, box: Box, tmp_path: Path) -> None:
    home = box.config.home
    descriptor = by_descriptor(f"{PASSWORD}\n")
    added = kluis(
        home, "users", "add", "Anna", "--role", "administrator", "--password-fd", descriptor, "--json"
    )
    os.close(descriptor)
    assert added.status == 0
    assert {k: added.json[k] for k in ("name", "role")} == {"name": "Anna", "role": "administrator"}
    fill(tmp_path, {"password": f"{PASSWORD} of Bob\r\nand a second line".encode()})
    assert kluis(home, "users", "add", "Bob", "--password-file", tmp_path / "password").status == 0

    assert sign_in(box.safe, "Anna", PASSWORD, now=box.now())
    assert sign_in(box.safe, "Bob", f"{PASSWORD} of Bob", now=box.now())
    listed = kluis(home, "users", "list", "--json").json
    assert [(u["name"], u["role"], u["active"]) for u in listed] == [
        ("Anna", "administrator", True),
        ("Bob", "viewer", True),
    ]


def test_no_command_takes_a_secret_as_an_argument() -> None:
    """Arguments are there to read for everybody on the machine."""
    secrets = ("password", "code", "key", "secret", "token")
    for name, command in COMMANDS.items():
        for parameter in command.params:
            if any(word in (parameter.name or "") for word in secrets):
                given = (parameter.name or "").endswith(("_file", "_fd"))
                assert given or isinstance(parameter.type, click.Path), f"{name} {parameter.name}"


@pytest.mark.parametrize("command", ["add", "password"])
def test_without_a_password_nothing_is_done(kluis: Run, home: Path, tmp_path: Path, command: str) -> None:
    fill(tmp_path, {"p": PASSWORD.encode()})
    kluis(home, "users", "add", "Bob", "--role", "administrator", "--password-file", tmp_path / "p")
    before = kluis(home, "users", "list", "--json").json
    for options in (
        (),
        ("--password-file", tmp_path / "nowhere"),
        ("--password-fd", "99"),
        ("--password-file", tmp_path / "p", "--password-fd", "0"),
        ("--password-file", fill(tmp_path, {"short": b"short"}) / "short"),
        ("--password-file", fill(tmp_path, {"bytes": b"\xff" * 20}) / "bytes"),
    ):
        refused = kluis(home, "users", command, "Anna" if command == "add" else "Bob", *options)
        assert (refused.status, refused.out) == (1, ""), options
    assert kluis(home, "users", "list", "--json").json == before


def test_a_user_gets_another_role_password_or_leave(kluis: Run, box: Box, tmp_path: Path) -> None:
    home = box.config.home
    fill(tmp_path, {"p": PASSWORD.encode(), "q": b"another sentence of length"})
    kluis(home, "users", "add", "Anna", "--role", "administrator", "--password-file", tmp_path / "p")
    kluis(home, "users", "add", "Bob", "--password-file", tmp_path / "p")
    assert kluis(home, "users", "change", "bob", "--role", "editor").status == 0
    assert kluis(home, "users", "password", "BOB", "--password-file", tmp_path / "q").status == 0
    assert sign_in(box.safe, "Bob", "another sentence of length", now=box.now())[0].role == "editor"
    assert kluis(home, "users", "change", "Bob", "--inactive").status == 0
    with pytest.raises(Mistake):
        sign_in(box.safe, "Bob", "another sentence of length", now=box.now())

    refused = kluis(home, "users", "change", "Anna", "--inactive")
    assert (refused.status, "Somebody must stay administrator." in refused.err) == (1, True)
    assert kluis(home, "users", "change", "Nobody").status == 1
