"""One request to an address that somebody registered, which must lead to nothing inside.

A name is looked up once, every place that it leads to is judged, and the connection goes to that place: a
name that leads elsewhere a moment later changes nothing (DNS rebinding). No redirect is followed, no proxy
is used, and of the answer the status alone is read.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

EACH_STEP, ALTOGETHER = 10.0, 30.0  # seconds
_NAT64 = ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it: the status of the answer, or a word for why there was none."""

    outcome: str
    status: int = 0

    @property
    def taken(self) -> bool:
        """Whether the receiver has it."""
        return 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """Whether the receiver wants nothing any more (RFC 9110, 410)."""
        return self.status == 410


def post(
    address: str, body: bytes, headers: Mapping[str, str], allowed: Sequence[str] = (), authority: str = ""
) -> Answer:
    """Send it. allowed: networks, as CIDR, that may be reached though they are private. authority: PEM.

    An outcome is a value: what cannot be sent now is no fault of the box.
    """
    parts = urlsplit(address)
    host, port = parts.hostname or "", parts.port or 443
    try:
        places = [info[4][:2] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except OSError:
        return Answer("no_such_host")
    if not places or not all(may_be_reached(str(place), allowed) for place, _ in places):
        return Answer("private_address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        context = ssl.create_default_context(cadata=authority or None)
        with socket.create_connection((str(places[0][0]), port), EACH_STEP) as raw:
            return _asked(raw, context, host, port, path, body, headers)
    except ssl.SSLCertVerificationError:
        return Answer("not_trusted")
    except TimeoutError:
        return Answer("timed_out")
    except (OSError, http.client.HTTPException):
        return Answer("no_connection")


def _asked(
    raw: socket.socket,
    context: ssl.SSLContext,
    host: str,
    port: int,
    path: str,
    body: bytes,
    headers: Mapping[str, str],
) -> Answer:
    """Over a connection that is there. A receiver that answers a byte at a time is cut off."""
    with context.wrap_socket(raw, server_hostname=host) as secured:
        watch = threading.Timer(ALTOGETHER, _cut, [secured])
        watch.daemon = True
        watch.start()
        try:
            connection = http.client.HTTPSConnection(host, port)
            connection.sock = secured
            connection.request("POST", path, body, dict(headers) | {"Connection": "close"})
            status = connection.getresponse().status
        finally:
            watch.cancel()
    return Answer(str(status), status)


def _cut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def may_be_reached(address: str, allowed: Sequence[str] = ()) -> bool:
    """Whether a place is on the open internet, or in a network that the office allows.

    Addresses that stand for others (mapped, NAT64, 6to4, Teredo) are judged by what they stand for.
    """
    try:
        place = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(place, IPv6Address) and place.ipv4_mapped is not None:
        place = place.ipv4_mapped
    if any(place in ip_network(one) for one in allowed):
        return True
    if isinstance(place, IPv6Address) and _stands_for(place) is not None:
        return False
    return place.is_global and not place.is_multicast


def _stands_for(place: IPv6Address) -> IPv4Address | None:
    if place in _NAT64:
        return IPv4Address(int(place) & 0xFFFFFFFF)
    teredo = place.teredo
    return place.sixtofour or (teredo[1] if teredo else None)
