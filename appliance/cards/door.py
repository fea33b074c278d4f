"""The socket by which the unprivileged importer speaks to the card service: JSON, a line each way.

`list` tells what is in, `watch` tells it when it changed, `mount` mounts one card and
`release` gives it back.
In its unit, what is mounted is seen by this service alone; the importer is handed the open folder (unix(7),
SCM_RIGHTS). A mount lasts as long as its connection: an importer that dies lets go of the card by dying.
"""

import json
import os
import socket
import socketserver
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from appliance.cards.mounting import NotMounted, Reader, give_to_group
from appliance.cards.service import CardService, log
from appliance.domain.cards import to_json

LONGEST_LINE = 4096
LONGEST_WAIT = 60.0  # seconds
_MOST_CONNECTIONS = 32
_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid: unix(7), SO_PEERCRED


class CardServer(socketserver.ThreadingUnixStreamServer):
    """Answers root and one user; the kernel says who is at the other end.

    It belongs to that user's group rather than to the user: giving a file away takes a right of its own.
    """

    daemon_threads = True
    request_queue_size = _MOST_CONNECTIONS

    def __init__(self, path: Path, service: CardService, reader: Reader) -> None:
        self.service = service
        self._allowed = {0, reader.uid}
        path.unlink(missing_ok=True)
        before = os.umask(0o117)
        try:
            super().__init__(str(path), _Connection)
        finally:
            os.umask(before)
        give_to_group(path, reader)

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002 - as the base has it
        """Whether the process at the other end may speak at all."""
        given = request.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        _, uid, _ = _CREDENTIALS.unpack(given)
        if uid not in self._allowed:
            log("peer_refused", uid=uid)
        return uid in self._allowed

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that breaks is no news; its card is given back by then."""


class _Connection(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, CardServer)  # noqa: S101 - it makes no others
        self._service = self.server.service
        self._held = ""
        try:
            while line := self.rfile.readline(LONGEST_LINE):
                answer = self._answer(line)
                told = json.dumps(answer).encode() + b"\n"
                if "folder" in answer:
                    self._hand_over(told, str(answer["folder"]))
                else:
                    self.connection.sendall(told)
        finally:
            if self._held:
                self._service.give_back(self._held, whole=False)

    def _hand_over(self, told: bytes, folder: str) -> None:
        """The answer, with the open folder. Only to go through: what may be read there its own rights say."""
        descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            socket.send_fds(self.connection, [told], [descriptor])
        finally:
            os.close(descriptor)

    def _answer(self, line: bytes) -> Mapping[str, Any]:
        doings: dict[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]] = {
            "list": lambda _asked: to_json(self._service.seen()),
            "watch": self._watch,
            "mount": self._mount,
            "release": self._release,
        }
        try:
            asked = json.loads(line)
            return doings[asked["do"]](asked)
        except NotMounted as problem:
            return {"error": problem.key}
        except (ValueError, KeyError, TypeError):
            return {"error": "card:bad_request"}

    def _watch(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        seconds = max(0.0, min(LONGEST_WAIT, float(asked["seconds"])))  # so that NaN is the longest
        return to_json(self._service.wait(int(asked["after"]), seconds))

    def _mount(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        if self._held:
            return {"error": "card:busy"}
        insertion = str(asked["insertion"])
        folder = self._service.take(insertion)
        self._held = insertion
        return {"folder": str(folder)}

    def _release(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        if not self._held:
            return {"error": "card:absent"}
        held, self._held = self._held, ""
        return {"removable": self._service.give_back(held, whole=asked["whole"] is True)}
