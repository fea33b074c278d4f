"""The safe: the database, the encrypted files beside it, and the keys to both."""

from collections.abc import Iterator
from dataclasses import dataclass

from appliance.domain.errors import Fault
from appliance.domain.photos import PhotoId
from appliance.store.blobs import Blobs
from appliance.store.database import Store, View
from appliance.store.keys import Keyring
from appliance.store.photos import BlobKind, Kept


def about(photo_id: PhotoId, kind: BlobKind) -> str:
    """What an encrypted file is sealed to: a file put in another's place does not open."""
    return f"{photo_id}/{kind}"


@dataclass(frozen=True, slots=True)
class Safe:
    """What keeps photos. A photo's files are sealed with its own key, which the ring wraps."""

    store: Store
    blobs: Blobs
    ring: Keyring

    def data_key(self, view: View, photo_id: PhotoId) -> bytes:
        """A photo's own key.

        Raises:
            Tampered: when the stored key does not belong to this photo and this ring.
        """
        return self.ring.unwrap(view.photos.wrapped_key(photo_id), photo_id)

    def read(self, view: View, photo_id: PhotoId, kind: BlobKind) -> bytes:
        """The plain bytes of one of a photo's files.

        Raises:
            Fault: when the photo has no such file (not analysed yet, or set aside).
            Tampered: when the file is not what was written.
        """
        return b"".join(self.stream(view, photo_id, kind))

    def stream(self, view: View, photo_id: PhotoId, kind: BlobKind) -> Iterator[bytes]:
        """The same in parts, each checked before it is given; they may be taken when the view is closed.

        Raises:
            Fault, Tampered: as `read` does; the latter as soon as a part is not what was written.
        """
        kept = view.photos.kept(photo_id, kind)
        if kept is None:
            view.photos.get(photo_id)  # a photo that is unknown is another matter
            raise Fault(
                "photo:not_ready", "This photo has no such picture yet.", "Wait until it is analysed."
            )
        return self.blobs.stream(kept.place, key=self.data_key(view, photo_id), about=about(photo_id, kind))

    def keep(self, photo_id: PhotoId, kind: BlobKind, data: bytes, key: bytes) -> Kept:
        """Encrypt one of a photo's files. The caller adds the row, or deletes the file again."""
        blob = self.blobs.write([data], key=key, about=about(photo_id, kind))
        return Kept(kind, blob.place, blob.bytes, blob.sha256)
