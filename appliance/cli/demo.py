"""The demonstration, from an empty folder to the open browser."""

import secrets
import time
from dataclasses import dataclass
from pathlib import Path

import click

from appliance.actions.access import create_user, set_password, users
from appliance.actions.photos import Filter, LibraryPage, library, look_at
from appliance.actions.second_steps import new_codes, second_steps_of_all
from appliance.cli.context import Context, pass_context
from appliance.cli.intake import analyse_waiting, import_now
from appliance.cli.printing import show
from appliance.cli.serve import serve
from appliance.config import read_config
from appliance.demo.card import make_card
from appliance.demo.practice import is_ready, make_practice
from appliance.demo.story import agree, name_and_enrol
from appliance.domain.access import OPERATOR, Role, User
from appliance.domain.consent import PUBLICATION, Light, Verdict
from appliance.domain.errors import Mistake
from appliance.domain.photos import ShootId, Stage
from appliance.domain.wording import Language, sentences
from appliance.store.recovery_kit import RecoveryKit
from appliance.vision.packs import install
from appliance.wiring import Box, make_safe

_ADMINISTRATOR, _OFFICER = "demo", "demo-privacy"
_USERS = {_ADMINISTRATOR: Role.ADMINISTRATOR, _OFFICER: Role.PRIVACY_OFFICER}


@click.command()
@click.option(
    "--folder", type=click.Path(path_type=Path), default=Path(".demo"), help="Where all of it goes."
)
@click.option("--photos", type=click.Path(path_type=Path), help="Your own folder of photos instead.")
@click.option("--packages", type=click.Path(path_type=Path), help="Take the pinned packages from here.")
@click.option("--serve/--no-serve", "serving", default=True, help="Open the pages at the end.")
@pass_context
@click.pass_context
def demo(
    ctx: click.Context,
    _given: Context,
    folder: Path,
    photos: Path | None,
    packages: Path | None,
    serving: bool,
) -> None:
    """Import a card of real portraits and show every light."""
    if photos is not None and not photos.is_dir():
        raise Mistake("import:no_folder", "There is no such folder of photos.", "Check the path.")
    home = (folder / ("own" if photos else "home")).absolute()
    config = read_config(home)
    if not config.keyring.exists():
        _step("Making the safe")
        kit = RecoveryKit.new()
        make_safe(config, kit)
        _keep(home / "recovery-kit.txt", kit.text())
    install(config.models, cache=config.cache, packages=packages, progress=_step)
    with Context(home) as context:
        box = context.box
        card = photos or make_card(folder / "card", config.cache, packages, _step)
        sign_ins = home / "sign-in.txt"
        people = _sign_ins(box, sign_ins)
        shoot_id = agree(box, people[_ADMINISTRATOR].user, people[_OFFICER].user) if photos is None else None
        _run(context, box, card, shoot_id)
    if serving:
        if photos is None and not is_ready(config):
            _step("Making the practice safe")
            make_practice(config, packages, _step)
        click.echo()
        for name, one in people.items():
            click.echo(
                f"Sign in as {click.style(name, bold=True)} with {click.style(one.password, bold=True)}"
                f" ({one.user.role.replace('_', ' ')}), second step {click.style(one.codes[0], bold=True)}"
            )
        click.echo(f"Each of these codes is good once; more of them, and the passwords, are in {sign_ins}")
        click.echo()
        with Context(home) as opened:
            _serve(ctx, opened)


def _serve(ctx: click.Context, opened: Context) -> None:
    with click.Context(serve, parent=ctx, obj=opened) as inner:
        inner.invoke(serve, lan=False, address="127.0.0.1", worker=True, with_door=True)


def _run(context: Context, box: Box, card: Path, shoot_id: ShootId | None) -> None:
    _step("Importing the card")
    begun = time.monotonic()
    report = import_now(box, card, shoot_id)
    analyse_waiting(context)
    if shoot_id is not None:
        name_and_enrol(box)
    _table(box)
    click.echo(
        f"\n{report.stored} photos stored, {report.known} known already;"
        f" {time.monotonic() - begun:.1f} s in all"
    )


def _table(box: Box) -> None:
    """Photo, faces, who, light per purpose, why."""
    click.echo()
    page = library(box.safe, by=OPERATOR, now=box.now(), day=box.today(), wanted=Filter(), limit=500)
    show(_rows(box, page), as_json=False)


def _rows(box: Box, page: LibraryPage) -> list[dict[str, object]]:
    rows = []
    for card in sorted(page.cards, key=lambda card: card.photo.name):
        view = look_at(box.safe, card.photo.id, by=OPERATOR, now=box.now(), day=box.today())
        maybe = [f"{person.name}?" for face in view.faces for person, _ in face.suggestions]
        row: dict[str, object] = {
            "photo": card.photo.name,
            "faces": card.faces if card.photo.stage is Stage.ANALYSED else card.photo.stage.value,
            "who": [*card.names, *maybe],
        }
        row |= {purpose.value: card.lights[purpose].value for purpose in PUBLICATION}
        row["why"] = _why(view.verdicts, {p: person.name for p, person in view.people.items()})
        rows.append(row)
    return rows


def _why(verdicts: tuple[Verdict, ...], names: dict[str, str]) -> str:
    """The reasons of the best light, so that a green one shows why it is green."""
    order = (Light.GREEN, Light.AMBER, Light.RED)
    best = min(verdicts, key=lambda v: order.index(v.light))
    told = sentences(best, Language.ENGLISH, lambda person_id: names.get(person_id, "somebody"))
    return f"{best.purpose}: {' '.join(told)}"


@dataclass(frozen=True, slots=True)
class _SignIn:
    user: User
    password: str
    codes: tuple[str, ...]


def _sign_ins(box: Box, file: Path) -> dict[str, _SignIn]:
    """The demonstration's users; passwords are kept beside the safe, and codes until one was used."""
    lines = [line.split() for line in file.read_text().splitlines()] if file.exists() else []
    kept = {name: known_to_it for name, *known_to_it in lines}
    left = second_steps_of_all(box.safe, by=OPERATOR, now=box.now())
    known = {user.name: user for user in users(box.safe, by=OPERATOR, now=box.now())}
    found = {}
    for name, role in _USERS.items():
        password, *codes = kept.get(name) or [secrets.token_urlsafe(12)]
        user = known.get(name) or create_user(
            box.safe, by=OPERATOR, now=box.now(), name=name, password=password, role=role
        )
        if name in known and name not in kept:
            set_password(box.safe, user.id, password, by=OPERATOR, now=box.now())
        if user.id not in left or not codes or left[user.id].codes_left < len(codes):
            codes = [*new_codes(box.safe, user.id, by=OPERATOR, now=box.now())]
        found[name] = _SignIn(user, password, tuple(codes))
    _keep(file, "".join(f"{name} {one.password} {' '.join(one.codes)}\n" for name, one in found.items()))
    return found


def _keep(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text)


def _step(line: str) -> None:
    click.echo(click.style("· ", fg="cyan") + line, err=True)


COMMANDS = (demo,)
