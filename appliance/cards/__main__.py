"""`python -m appliance.cards`: the card service, as root."""

import argparse
import os
import pwd
import sys
import threading
from pathlib import Path

import pyudev

from appliance.cards.door import CardServer
from appliance.cards.mounting import Reader, give_to_group
from appliance.cards.service import CardService, log
from appliance.cards.usb import Gate

SOCKET = Path("/run/portretkluis-cards/socket")


def main() -> None:
    """Run until stopped."""
    options = _options()
    if os.geteuid() != 0:
        sys.exit("The card service mounts, so it must be root.")
    user = pwd.getpwnam(options.user)
    reader = Reader(user.pw_uid, user.pw_gid)
    place: Path = options.socket
    mounts = place.parent / "mounted"
    _make_folders(place.parent, mounts, reader)
    context = pyudev.Context()
    monitor = pyudev.Monitor.from_netlink(context)
    for subsystem in ("block", "usb"):
        monitor.filter_by(subsystem)
    monitor.start()  # before the first look, so that nothing comes in between unseen
    gate = None if options.unsafe_any_usb else Gate(options.usb_allow)
    service = CardService(context, mounts, reader, gate, options.led)
    service.start()
    with CardServer(place, service, reader) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        log("ready")
        while True:
            device = monitor.poll()
            if device is not None:
                service.heed(device)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="kluis cards serve", description=__doc__)
    parser.add_argument("--user", required=True, help="who may read the cards")
    parser.add_argument("--socket", type=Path, default=SOCKET, help="where it listens")
    parser.add_argument("--usb-allow", action="append", default=[], metavar="VENDOR:PRODUCT")
    parser.add_argument("--unsafe-any-usb", action="store_true", help="leave other USB devices alone")
    parser.add_argument("--led", default="", help="lamp that is lit while a card is read")
    return parser.parse_args()


def _make_folders(place: Path, mounts: Path, reader: Reader) -> None:
    """The user may come to the socket, and see whether a card is in; others may not."""
    for folder in (place, mounts):
        folder.mkdir(parents=True, exist_ok=True)
        give_to_group(folder, reader)
        folder.chmod(0o750)


if __name__ == "__main__":
    main()
