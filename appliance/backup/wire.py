"""One HTTP request to a target, over TLS wherever it leaves this machine."""

import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import SplitResult

from appliance.domain.errors import Fault

_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said. headers: with names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def done(self) -> bool:
        """Whether the server did it."""
        return self.status < HTTPStatus.MULTIPLE_CHOICES


def ask(to: SplitResult, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
    """One request. to: an address whose scheme and host count.

    Raises:
        Fault: when the server cannot be reached, or its certificate does not hold.
    """
    connection = _connection(to)
    try:
        connection.request(method, path, body or None, dict(headers))
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, told, answer.read())
    except (OSError, http.client.HTTPException) as problem:
        raise Fault(
            "backup:unreachable", "The target cannot be reached.", "Check the network and its address."
        ) from problem
    finally:
        connection.close()


def _connection(to: SplitResult) -> http.client.HTTPConnection:
    if to.scheme == "https":
        return http.client.HTTPSConnection(to.netloc, timeout=_SECONDS, context=ssl.create_default_context())
    return http.client.HTTPConnection(to.netloc, timeout=_SECONDS)
