"""The house's watermark: how it looks, on whose previews it lies, and what is marked unseen (S25)."""

import base64
import json
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from appliance.actions.photos import BlobKind, picture
from appliance.domain.access import Actor, Permission, Role
from appliance.domain.audit import Event
from appliance.domain.errors import Mistake
from appliance.domain.photos import PhotoId
from appliance.imaging.copies import proxy
from appliance.imaging.decode import Decoder
from appliance.imaging.watermark import LONGEST_TEXT, Style, logo_of, watermarked
from appliance.store.database import View
from appliance.store.safe import Safe

_SETTING = "watermark"
LEAST, MOST = 0.15, 0.8  # opacity: less is not seen, more hides the photo


@dataclass(frozen=True, slots=True)
class Marking:
    """The style, and the roles whose previews are marked; recipients of links see it until verified.

    unseen_links, unseen_roles: whether what leaves by share links, and the copies that these roles make,
    carry an invisible mark that names the link or the release.
    """

    style: Style
    roles: frozenset[Role] = frozenset()
    unseen_links: bool = False
    unseen_roles: frozenset[Role] = frozenset()


def marking(view: View, organisation: str) -> Marking:
    """How previews are marked; by the organisation's name until somebody chose otherwise."""
    kept = view.settings.get(_SETTING)
    if kept is None:
        return Marking(Style(organisation[:LONGEST_TEXT]))
    row = json.loads(kept)
    style = Style(row["text"], row["opacity"], base64.b64decode(row["logo"]))
    return Marking(
        style,
        frozenset(Role(one) for one in row["roles"]),
        row.get("unseen_links", False),
        frozenset(Role(one) for one in row.get("unseen_roles", ())),
    )


def mark_key(safe: Safe) -> bytes:
    """The key of the invisible marks. It outlives a change of the root key, as marks that left do."""
    return safe.ring.lasting_secret("invisible mark")


def watermark(safe: Safe, organisation: str, *, by: Actor, now: datetime) -> Marking:
    """How previews are marked."""
    with safe.store.look(by=by, to=Permission.HEALTH_VIEW, now=now) as view:
        return marking(view, organisation)


def change_watermark(
    safe: Safe,
    decoder: Decoder,
    wanted: Marking,
    logo: bytes | None = None,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Choose how previews are marked. logo: the file of a picture, dark on white; None to keep the style's.

    Raises:
        Mistake: when the text or opacity makes no sense.
        Unreadable: when the logo is no picture.
    """
    style = wanted.style
    if not style.text.strip() or len(style.text) > LONGEST_TEXT or not style.text.isprintable():
        raise Mistake(
            "watermark:bad_text",
            "The watermark needs a text.",
            "Use 1 to {most} letters.",
            values={"most": LONGEST_TEXT},
        )
    if not LEAST <= style.opacity <= MOST:
        raise Mistake("watermark:opacity", "Choose how strong the watermark is.", "From 15 to 80 percent.")
    with safe.store.look(by=by, to=Permission.SETTING_EDIT, now=now):
        pass  # before a stranger's picture is decoded
    if logo is not None:
        style = replace(style, logo=logo_of(decoder.decode(logo, at_least=400).pixels))
    unseen = sorted(role.value for role in wanted.unseen_roles)
    row = {
        "text": style.text.strip(),
        "opacity": style.opacity,
        "logo": base64.b64encode(style.logo).decode("ascii"),
        "roles": sorted(role.value for role in wanted.roles),
        "unseen_links": wanted.unseen_links,
        "unseen_roles": unseen,
    }
    with safe.store.begin(by=by, to=Permission.SETTING_EDIT, now=now) as tx:
        tx.settings.put(_SETTING, json.dumps(row))
        marks = f"unseen_links={wanted.unseen_links} unseen_roles={','.join(unseen)}"
        tx.record(Event("watermark:change", detail=f"logo={bool(style.logo)} {marks}"))


def preview(
    safe: Safe,
    decoder: Decoder,
    photo_id: PhotoId,
    kind: BlobKind,
    organisation: str,
    *,
    by: Actor,
    now: datetime,
) -> bytes:
    """The proxy or thumbnail of a photo, as JPEG, marked for the roles that the house chose."""
    data = picture(safe, photo_id, kind, by=by, now=now)
    with safe.store.look(by=by, to=Permission.PHOTO_VIEW, now=now, on=photo_id) as view:
        found = marking(view, organisation)
    if by.role not in found.roles:
        return data
    return proxy(watermarked(decoder.decode(data).pixels, found.style))


def example(safe: Safe, organisation: str, *, by: Actor, now: datetime) -> bytes:
    """How the mark looks on light, dark and busy ground, as JPEG."""
    style = watermark(safe, organisation, by=by, now=now).style
    shades = np.linspace(250, 5, 720, dtype=np.float32)
    ground = np.repeat(shades[None, :], 360, axis=0)
    busy = 60 * np.sin(np.arange(720) / 3)[None, :] * (np.arange(360)[:, None] > 180)
    pixels = np.clip(ground + busy, 0, 255).astype(np.uint8)
    return proxy(watermarked(np.repeat(pixels[..., None], 3, axis=2), style))
