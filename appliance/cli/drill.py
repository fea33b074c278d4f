"""The restore drill, and its certificate."""

import http.client
import threading
from functools import partial
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import click

from appliance.actions.certificates import drill_certificate
from appliance.actions.drill import drill as try_restoring
from appliance.cli.backup import chosen
from appliance.cli.context import Context, pass_context
from appliance.cli.duties import carry_out
from appliance.cli.printing import json_option
from appliance.cli.secrets import read_secret, secret_options
from appliance.domain.access import OPERATOR, Role, User, UserId
from appliance.domain.duties import Duty, Run
from appliance.domain.errors import Fault, Mistake
from appliance.domain.photos import PhotoId
from appliance.domain.wording import Language
from appliance.store.ids import new_id
from appliance.store.safe import Safe
from appliance.wiring import Box, open_keyring, try_recovery_code
from webui import create_app
from webui.access import only_look

# Holds no grants, and must see any photo; that it only looks is the rule of the pages it is given.
_LOOKER = User(UserId("drill"), "Drill", Role.PRIVACY_OFFICER)
_LOOPBACK = "127.0.0.1"
_SECONDS = 60
_JPEG = b"\xff\xd8"


@click.group()
def drill() -> None:
    """Putting a backup back, in a place of its own, to know that it works."""


@drill.command("run")
@click.option("--full", is_flag=True, help="Everything instead of a sample: for a timer each quarter.")
@click.option("--target", "only", help="From this target alone.")
@json_option
@pass_context
def run_command(context: Context, full: bool, only: str | None, as_json: bool) -> None:
    """Restore, compare, open the consents, walk the log, start the pages. For a timer each night."""
    box = context.box
    shelf = box.shelf
    jobs = [
        partial(
            try_restoring,
            box.safe,
            shelf,
            target,
            full=full,
            open_ring=partial(open_keyring, box.config),
            show=partial(fetch, box),
            day=box.today(),
            clock=box.clock,
        )
        for target in chosen(box, only)
    ]
    carry_out(context, "drill", jobs, as_json=as_json)


@drill.command("certificate")
@click.argument("run")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--language", type=click.Choice([one.value for one in Language]), default="nl")
@pass_context
def certificate_command(context: Context, run: str, file: Path, language: str) -> None:
    """Write the sealed certificate of the drill RUN to a FILE (PDF)."""
    box = context.box
    spoken = Language(language)
    file.write_bytes(
        drill_certificate(box.safe, box.sealing, run, language=spoken, by=OPERATOR, now=box.now())
    )
    click.echo(f"The certificate is in {file}.")


@drill.command("kit")
@secret_options("code")
@pass_context
def kit_command(context: Context, code_file: Path | None, code_fd: int | None) -> None:
    """Try the code of the recovery kit on the keys of safe and backups; once a year, from the paper."""
    code = read_secret("recovery code", code_file, code_fd)
    carry_out(context, "drill-kit", [partial(_try_kit, context.box, code)], as_json=False)


def _try_kit(box: Box, code: str) -> Run:
    begun = box.now()
    try:
        opened = try_recovery_code(box.config, code)
    except Mistake as problem:
        return Run(new_id(), Duty.RECOVERY_KIT, begun, box.now(), False, findings={"problem": problem.key})
    return Run(new_id(), Duty.RECOVERY_KIT, begun, box.now(), True, findings={"opened": list(opened)})


class _Quiet(WSGIRequestHandler):
    """Logs nothing: the address names a photo."""

    def log_message(self, *_told: object) -> None:
        return


def fetch(box: Box, restored: Safe, photo_id: PhotoId) -> None:
    """Start the pages over a restored safe, read-only and on this machine alone, and fetch a photo from them.

    Raises:
        Fault: when they do not give it.
    """
    copy = Box(box.config, restored, clock=box.clock)
    app = create_app(copy, https=False, enter=partial(only_look, _LOOKER))
    with make_server(_LOOPBACK, 0, app, handler_class=_Quiet) as server:
        server.timeout = _SECONDS
        serving = threading.Thread(target=server.handle_request, daemon=True)  # one, and no more
        serving.start()
        connection = http.client.HTTPConnection(_LOOPBACK, server.server_port, timeout=_SECONDS)
        try:
            connection.request("GET", f"/photos/{photo_id}/proxy.jpg")
            answer = connection.getresponse()
            data = answer.read()
        except OSError as problem:
            raise _no_pages() from problem
        finally:
            connection.close()
            serving.join(_SECONDS)
    if answer.status != http.client.OK or not data.startswith(_JPEG):
        raise _no_pages()


def _no_pages() -> Fault:
    return Fault(
        "drill:pages", "The pages of the restored safe do not show a photo.", "Run it again; look into it."
    )


COMMANDS = (drill,)
