"""The architecture as a test: imports go down only, and there is no circle."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Which floor a module is on; the longest prefix counts. No room of floor 1 knows another.
FLOORS = {
    "appliance": 0,
    "appliance.domain": 0,
    "appliance.store": 1,
    "appliance.imaging": 1,
    "appliance.vision": 1,
    "appliance.sources": 1,
    "appliance.cards": 1,
    "appliance.evidence": 1,
    "appliance.identity": 1,
    "appliance.mail": 1,
    "appliance.backup": 1,
    "appliance.leaving": 1,
    "appliance.machine": 1,
    "appliance.webhooks": 1,
    "appliance.actions": 2,
    "appliance.config": 3,
    "appliance.logs": 3,
    "appliance.notify": 3,
    "appliance.wiring": 3,
    "appliance.tasks": 4,
    "appliance.demo": 4,
    "appliance.watcher": 5,
    "appliance.cli": 6,
    "webui": 5,
}
EQUIPMENT = tuple(name for name, floor in FLOORS.items() if floor == 1)
STANDARD_LIBRARY_ONLY = "appliance.domain"
NO_CLOCK_NO_FILES = {"os", "pathlib", "random", "secrets", "time", "sqlite3", "socket", "subprocess", "io"}


def modules() -> dict[str, Path]:
    found = {}
    for package in ("appliance", "webui"):
        for path in (ROOT / package).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def imports_of(name: str) -> Iterator[str]:
    """Every module that a module imports, wherever in it: lazily and under TYPE_CHECKING too."""
    path = MODULES[name]
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                up = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*up, *([base] if base else [])])
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                yield whole if whole in MODULES else base


def floor(name: str) -> int:
    return FLOORS[room(name)]


def room(name: str) -> str:
    return max((known for known in FLOORS if f"{name}.".startswith(f"{known}.")), key=len)


def ours(name: str) -> set[str]:
    return {one for one in imports_of(name) if one.split(".")[0] in ("appliance", "webui")}


@pytest.mark.parametrize("name", sorted(MODULES))
def test_imports_go_down_only(name: str) -> None:
    up = {
        other
        for other in ours(name)
        if floor(other) > floor(name) or (floor(other) == floor(name) == 1 and room(other) != room(name))
    }
    assert not up, f"{name} reaches up, or into another room: {sorted(up)}"


@pytest.mark.parametrize("name", sorted(n for n in MODULES if n.startswith("webui")))
def test_pages_never_touch_equipment(name: str) -> None:
    assert not {other for other in ours(name) if other.startswith(EQUIPMENT)}


@pytest.mark.parametrize("name", sorted(n for n in MODULES if n.startswith(STANDARD_LIBRARY_ONLY)))
def test_the_domain_is_pure(name: str) -> None:
    others = {one.split(".")[0] for one in imports_of(name)} - {"appliance"}
    assert others <= sys.stdlib_module_names
    assert not others & NO_CLOCK_NO_FILES
    source = MODULES[name].read_text("utf-8")
    assert ".now(" not in source
    assert ".today(" not in source


def test_the_program_that_runs_as_root_loads_nothing_else_of_ours() -> None:
    """Whatever it loads could be turned against the box with its rights."""
    program = "import sys, appliance.cards.__main__; print(*sys.modules)"
    command = [sys.executable, "-c", program]
    loaded = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    foreign = {name.split(".")[0] for name in loaded} - sys.stdlib_module_names
    assert {name for name in foreign if not name.startswith("_")} == {"appliance", "pyudev"}
    assert {one for name in MODULES if name.startswith("appliance.cards") for one in ours(name)} <= {
        "appliance.domain.cards",
        *(name for name in MODULES if name.startswith("appliance.cards")),
    }


def test_there_is_no_circle() -> None:
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, f"a circle: {' -> '.join([*trail[trail.index(name) :], name])}"
        if name in done:
            return
        for other in sorted(ours(name) & set(MODULES)):
            # A package is not "used" by its own parts when they import their siblings.
            if other != name and not name.startswith(f"{other}."):
                visit(other, (*trail, name))
        done.add(name)

    for name in sorted(MODULES):
        visit(name, ())


def test_every_module_is_on_a_floor() -> None:
    homeless = [name for name in MODULES if room(name) == "appliance" and name != "appliance"]
    assert not homeless
    assert room("webui.library") == "webui"
