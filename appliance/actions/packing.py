"""Many copies as one ZIP, made while it is sent: each photo is asked about when its turn comes (P12)."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from appliance.actions.release import Copy
from appliance.actions.zipping import Zipping
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.photos import PhotoId

MOST_COPIES = 500
README = "README.txt"
CERTIFICATE = "box.pem"
_README = """\
NEDERLANDS
Bij elke foto hoort een bewijs: het bestand met dezelfde naam en .receipt.json erachter. Het zegt waarvoor de
foto gebruikt mag worden. Gebruik de foto alleen daarvoor.
Controleren, zonder internet: kluis receipt verify BEWIJS --file FOTO --certificate box.pem
Vergelijk box.pem eerst met het certificaat dat de organisatie zelf laat zien.
In dit pakket: {copies}. Weggelaten, omdat ze nu niet (meer) mogen: {left_out}.

ENGLISH
Each photo has its receipt: the file of the same name with .receipt.json behind it. It says what the photo may
be used for. Use it for nothing else.
To check it, without a network: kluis receipt verify RECEIPT --file PHOTO --certificate box.pem
First compare box.pem with the certificate that the organisation itself shows.
In this package: {copies}. Left out, because they are not allowed (any more): {left_out}.
"""


def packed(
    photo_ids: Iterable[PhotoId], copy: Callable[[PhotoId], Copy], certificate: bytes, *, now: datetime
) -> Iterator[bytes]:
    """The bytes of a ZIP with a copy of each photo and its receipt, in parts.

    copy: releases one photo, or refuses; what it refuses is left out, and its number told. Any other error
    ends the stream without its end, so that no ZIP opens that is less than it seems.
    """
    copies = left_out = 0
    with Zipping(now) as zipping:
        for photo_id in photo_ids:
            try:
                made = copy(photo_id)
            except (NotAllowed, Mistake):
                left_out += 1
                continue
            copies += 1
            zipping.put(made.file_name, made.data)
            zipping.put(made.receipt_name, made.receipt)
            yield zipping.fetch()
        zipping.put(CERTIFICATE, certificate)
        zipping.put(README, _README.format(copies=copies, left_out=left_out).encode())
    yield zipping.fetch()


def require_few(photo_ids: list[PhotoId]) -> list[PhotoId]:
    """Require a number of copies that can be made at once.

    Raises:
        Mistake: when there is none, or there are too many.
    """
    if not photo_ids:
        raise Mistake("release:no_photo", "No photo was chosen.", "Choose at least one.")
    if len(photo_ids) > MOST_COPIES:
        raise Mistake(
            "release:too_many",
            "That is too many at once.",
            "Choose at most {most} photos.",
            values={"most": MOST_COPIES},
        )
    return list(dict.fromkeys(photo_ids))
