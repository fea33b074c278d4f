"""Passkeys (Web Authentication, Level 3): a key pair in somebody's device, bound to this box's address."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

# A passkey stands for both steps, so the device must have asked for a finger, a face or its own code.
_VERIFIED = UserVerificationRequirement.REQUIRED


@dataclass(frozen=True, slots=True)
class Site:
    """Where a passkey is good: host is the name in the address bar, origin the whole of its front."""

    host: str
    origin: str
    name: str


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """What a device offered and proved to have."""

    id: str
    public_key: bytes
    sign_count: int


def options_to_make(
    site: Site, user_id: str, name: str, challenge: bytes, existing: Sequence[str]
) -> dict[str, object]:
    """What the browser needs to make a passkey. existing: ids of those that need not be made again."""
    options = generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_id=user_id.encode(),
        user_name=name,
        user_display_name=name,
        challenge=challenge,
        exclude_credentials=[PublicKeyCredentialDescriptor(base64url_to_bytes(one)) for one in existing],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=_VERIFIED
        ),
    )
    return _plain(options_to_json(options))


def options_to_use(site: Site, challenge: bytes, allowed: Sequence[str]) -> dict[str, object]:
    """What the browser needs to use a passkey; without allowed ids it offers those that it has."""
    options = generate_authentication_options(
        rp_id=site.host,
        challenge=challenge,
        allow_credentials=[PublicKeyCredentialDescriptor(base64url_to_bytes(one)) for one in allowed],
        user_verification=_VERIFIED,
    )
    return _plain(options_to_json(options))


def _plain(text: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(text)
    return found


def made(site: Site, answer: str, challenge: bytes) -> NewPasskey | None:
    """The passkey that a device made for this challenge at this site; None when it proves nothing."""
    try:
        proved = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    return NewPasskey(
        bytes_to_base64url(proved.credential_id), proved.credential_public_key, proved.sign_count
    )


def named(answer: str) -> str:
    """The id of the passkey that an answer is of, not proved yet; empty when it names none."""
    try:
        found = json.loads(answer)["id"]
    except (ValueError, KeyError, TypeError):
        return ""
    return found if isinstance(found, str) else ""


def used(site: Site, answer: str, challenge: bytes, public_key: bytes, sign_count: int) -> int | None:
    """The new count of a passkey that proved itself for this challenge; None when it did not."""
    try:
        proved = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    return proved.new_sign_count
