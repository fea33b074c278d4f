"""Serving the pages, and working through the queue."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Event

import click
from huey.consumer import Consumer

from appliance.cli.context import Context, pass_context
from appliance.config import Config
from appliance.logs import set_up_logs
from appliance.notify import pulse, tell
from appliance.tasks import Jobs
from appliance.vision.packs import load
from appliance.wiring import open_box, system_clock
from webui.certificate import ensure_certificate, fingerprint
from webui.server import Site, serve_lan, serve_loopback

_LOOK_FOR_MAIL = 3  # seconds: somebody may be waiting for a code
_NICE = 10
_OPEN = {Site.PAGES: "Open", Site.DOOR: "The subject's door:"}
_PATIENCE = 30  # seconds
_PR_SET_PDEATHSIG = 1


@click.command()
@click.option("--lan", is_flag=True, help="For the office: TLS 1.3, on the network.")
@click.option("--address", default="0.0.0.0", help="With --lan: on which address to listen.")  # noqa: S104
@click.option(
    "--worker", is_flag=True, help="Also examine photos, and watch for cards and shares, beside it."
)
@click.option("--door", "with_door", is_flag=True, help="Also serve the subject's door beside it.")
@pass_context
def serve(context: Context, lan: bool, address: str, worker: bool, with_door: bool) -> None:
    """Serve the pages: on this machine, or with --lan for the office."""
    config = context.config
    set_up_logs()
    open_box(config).close()  # a safe that does not open is told now, not by each worker
    with ExitStack() as beside:
        if worker:
            beside.enter_context(_beside(config, "worker"))
            beside.enter_context(_beside(config, "watch"))
        if with_door:
            where = ["--lan", "--address", address] if lan else []
            beside.enter_context(_beside(config, "door", *where))
        _serve(config, Site.PAGES, lan=lan, address=address)


@click.command()
@click.option("--lan", is_flag=True, help="For the office: TLS 1.3, on the network.")
@click.option("--address", default="0.0.0.0", help="With --lan: on which address to listen.")  # noqa: S104
@pass_context
def door(context: Context, lan: bool, address: str) -> None:
    """Serve the subject's door: forms to sign and people's own pages, and nothing else."""
    set_up_logs()
    open_box(context.config).close()
    _serve(context.config, Site.DOOR, lan=lan, address=address)


def _serve(config: Config, site: Site, *, lan: bool, address: str) -> None:
    if not lan:
        serve_loopback(config, site, lambda at: click.echo(f"{_OPEN[site]} {at}"))
        return
    certificate, _ = ensure_certificate(config.home / "tls", config.hosts, now=system_clock())
    port = config.port if site is Site.PAGES else config.door_port
    click.echo(f"{_OPEN[site]} https://{config.hosts[0]}:{port}/")
    if site is Site.PAGES:
        click.echo(f"Certificate (SHA-256): {fingerprint(certificate)}")
    serve_lan(config, site, address)


@contextmanager
def _beside(config: Config, *command: str) -> Iterator[None]:
    """A command of ours in a process beside this one, ended with it."""
    own = [sys.executable, "-m", "appliance.cli", "--home", str(config.home), *command]
    process = subprocess.Popen(own)  # noqa: S603 - ourselves
    signal.signal(signal.SIGTERM, _stop)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()  # the next one takes up what it was at


def _stop(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


@click.command()
@click.option("--workers", type=click.IntRange(1, 16), help="Processes that examine photos.")
@click.option("--no-mail", is_flag=True, help="Leave e-mail to `kluis courier`; then it needs no network.")
@pass_context
def worker(context: Context, workers: int | None, no_mail: bool) -> None:
    """Examine photos and carry out imports as they come, until stopped."""
    config = context.config
    set_up_logs()
    open_box(config).close()
    load(config.models)
    os.nice(_NICE)  # the pages come first
    os.register_at_fork(after_in_child=_die_with_parent)
    jobs = Jobs(config, mails=not no_mail)
    jobs.sweep()
    jobs.box.close()
    consumer = _Consumer(
        Jobs(config, mails=not no_mail).huey,
        workers=workers or config.workers,
        worker_type="process",
        max_delay=1.0,
        check_worker_health=True,
        graceful_signal="TERM",
    )
    consumer.run()


class _Consumer(Consumer):  # type: ignore[misc]
    """Tells systemd that it is ready, and that it is well as often as it looks after its workers."""

    def start(self) -> None:
        super().start()
        tell("READY=1")

    def check_worker_health(self) -> bool:
        pulse()
        return bool(super().check_worker_health())


@click.command()
@pass_context
def courier(context: Context) -> None:
    """Send the e-mails that wait and tell webhooks, until stopped; it needs a network, as the pages do."""
    set_up_logs()
    open_box(context.config).close()  # a queue is made only beside a safe
    jobs = Jobs(context.config)
    stop = Event()
    signal.signal(signal.SIGTERM, lambda _signal, _frame: stop.set())
    tell("READY=1")
    sent = 0
    while not stop.wait(0 if sent else _LOOK_FOR_MAIL):
        sent = jobs.deliver_some()
        pulse()
    jobs.box.close()


def _die_with_parent() -> None:
    """A worker whose consumer was killed would go on by itself, beside those of the next one."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


COMMANDS = (serve, door, worker, courier)
