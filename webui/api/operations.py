"""What the API can do, as data: each operation with its types, from which requests are read, answers are
written and the document is made. What is documented is therefore what happens.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, get_type_hints

from msgspec import Struct

from appliance.domain.access import Permission

Run = Callable[..., Any]
FILE_TYPES = ("application/octet-stream", "image/*")  # what a body that is a file may be
QUERY, BODY, DATA = "asked", "body", "data"  # the names by which a function says what it reads


@dataclass(frozen=True, slots=True)
class File:
    """An answer that is no JSON: its media types, and what it is."""

    media_types: tuple[str, ...]
    what: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address.

    path: as in the document, `/photos/{photo}`. permission: what the token must hold; None for what any
    token may. query, body: what is read. takes_file: whether the body is a file, streamed as it comes.
    """

    method: str
    path: str
    run: Run
    tag: str
    permission: Permission | None
    query: type[Struct] | None
    body: type[Struct] | None
    takes_file: bool
    answer: type[Struct] | File | None
    status: HTTPStatus

    @property
    def name(self) -> str:
        """By which Flask and the document know it: `photos.index`."""
        return f"{self.tag}.{self.run.__name__}"

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of the address that are ids."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))

    @property
    def rule(self) -> str:
        """The address as Flask writes it."""
        return self.path.replace("{", "<").replace("}", ">")

    @property
    def told(self) -> tuple[str, str]:
        """One sentence, and the rest, from the function's own words."""
        summary, _, rest = inspect.getdoc(self.run).partition("\n\n")  # type: ignore[union-attr]
        return summary, rest


class Resource:
    """The operations on one noun."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.operations: list[Operation] = []

    def get(self, path: str, permission: Permission | None, file: File | None = None) -> Callable[[Run], Run]:
        """Looks, and changes nothing."""
        return self._add("GET", path, permission, HTTPStatus.OK, file)

    def post(
        self,
        path: str,
        permission: Permission | None,
        status: HTTPStatus = HTTPStatus.CREATED,
        file: File | None = None,
    ) -> Callable[[Run], Run]:
        """Makes something, or asks what is too long for an address."""
        return self._add("POST", path, permission, status, file)

    def put(self, path: str, permission: Permission) -> Callable[[Run], Run]:
        """Writes anew; doing it twice changes nothing more."""
        return self._add("PUT", path, permission, HTTPStatus.OK, None)

    def _add(
        self, method: str, path: str, permission: Permission | None, status: HTTPStatus, file: File | None
    ) -> Callable[[Run], Run]:
        def keep(run: Run) -> Run:
            hints = get_type_hints(run)
            answer = file or hints["return"]
            self.operations.append(
                Operation(
                    method=method,
                    path=path,
                    run=run,
                    tag=self.tag,
                    permission=permission,
                    query=hints.get(QUERY),
                    body=hints.get(BODY),
                    takes_file=DATA in hints,
                    answer=None if answer is type(None) else answer,
                    status=status,
                )
            )
            return run

        return keep
