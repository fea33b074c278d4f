"""The bell: it says that there is work, never what is in it. The database knows what is left to do."""

from typing import Protocol

from appliance.domain.moves import MoveId
from appliance.domain.photos import FaceId, ImportId, PhotoId


class Bell(Protocol):
    """Whoever listens may miss a ring or hear it twice: a job may run twice, a sweep catches the rest."""

    def analyse(self, photo_id: PhotoId) -> None:
        """A photo is stored and waits to be examined."""

    def enrol(self, face_id: FaceId) -> None:
        """A face was confirmed of somebody who agreed to recognition."""

    def take_in(self, import_id: ImportId) -> None:
        """An import was asked for."""

    def deliver(self) -> None:
        """An e-mail waits."""

    def count(self, move_id: MoveId) -> None:
        """An archive waits to be counted."""


class Silent:
    """A bell that nobody hears: for work that is done at once by whoever asked."""

    def analyse(self, photo_id: PhotoId) -> None:
        """Nobody is told."""

    def enrol(self, face_id: FaceId) -> None:
        """Nobody is told."""

    def take_in(self, import_id: ImportId) -> None:
        """Nobody is told."""

    def deliver(self) -> None:
        """Nobody is told."""

    def count(self, move_id: MoveId) -> None:
        """Nobody is told."""
