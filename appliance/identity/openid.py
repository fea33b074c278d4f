"""OpenID Connect Core 1.0: the authorization code flow with PKCE (RFC 7636), as the relying party.

The box asks the addresses that the provider's own discovery document gives, over TLS, and follows no
redirect; so nobody who signs in can make it ask another address.
"""

import base64
import hashlib
import hmac
import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from urllib.error import URLError
from urllib.parse import quote, urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from appliance.domain.errors import Fault, NotAllowed

_SECONDS = 10
_LARGEST = 1_000_000
_LEEWAY = 60  # seconds that two clocks may differ
# Signatures by the provider's key only: none, and none by a shared secret.
_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA", "Ed25519", "RS384", "RS512", "ES384", "ES512"]
_MULTI = frozenset({"mfa", "otp", "hwk", "swk", "fpt", "face", "sc"})  # RFC 8176


@dataclass(frozen=True, slots=True)
class Client:
    """What the provider knows this box by. redirect: where it sends browsers back to."""

    issuer: str
    id: str
    secret: str
    redirect: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sign-in that is under way. verifier: of PKCE. again: whether the password must be asked anew."""

    state: str
    nonce: str
    verifier: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class Claims:
    """What the provider says of somebody. methods: how they proved it there (RFC 8176)."""

    subject: str
    name: str
    groups: frozenset[str]
    methods: frozenset[str]

    @property
    def two_steps(self) -> bool:
        """Whether the provider says that it took more than a password."""
        return bool(self.methods & _MULTI)


def address_to_ask(client: Client, attempt: Attempt) -> str:
    """Where to send the browser.

    Raises:
        Fault: when the provider does not answer as it should.
    """
    digest = hashlib.sha256(attempt.verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": client.redirect,
        "scope": "openid profile",
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    if attempt.again:
        asked |= {"prompt": "login", "max_age": "0"}
    endpoint = _discovered(client)["authorization_endpoint"]
    return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(asked)}"


def claims(client: Client, attempt: Attempt, code: str, groups_claim: str, now: datetime) -> Claims:
    """What the provider says of whoever came back with a code.

    Raises:
        Fault: when the provider does not answer as it should.
        NotAllowed: when what it says is not for this box, this browser and this moment.
    """
    known = _discovered(client)
    answer = _posted(client, known["token_endpoint"], code, attempt)
    keys = _fetched(known["jwks_uri"])
    try:
        token = jwt.decode(
            answer["id_token"], KeySet.import_key_set(cast("Any", keys)), algorithms=_ALGORITHMS
        )
        jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=_LEEWAY,
            iss={"essential": True, "value": known["issuer"]},
            aud={"essential": True, "value": client.id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        ).validate(token.claims)
    except (JoseError, KeyError, ValueError, TypeError) as problem:
        raise _not_believed() from problem
    return _checked(token.claims, client, attempt, groups_claim, now)


def _checked(
    told: Mapping[str, Any], client: Client, attempt: Attempt, groups_claim: str, now: datetime
) -> Claims:
    nonce, party = str(told.get("nonce", "")), told.get("azp", client.id)
    if not hmac.compare_digest(nonce.encode(), attempt.nonce.encode()) or party != client.id:
        raise _not_believed()
    if attempt.again and abs(now.timestamp() - _number(told.get("auth_time"))) > 5 * _LEEWAY:
        raise _not_believed()
    name = next((str(told[key]) for key in ("name", "preferred_username", "email") if told.get(key)), "")
    return Claims(str(told["sub"]), name, _texts(told.get(groups_claim)), _texts(told.get("amr")))


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _texts(value: object) -> frozenset[str]:
    return frozenset(one for one in value if isinstance(one, str)) if isinstance(value, list) else frozenset()


def _discovered(client: Client) -> dict[str, str]:
    address = client.issuer.rstrip("/") + "/.well-known/openid-configuration"
    found = _fetched(address)
    wanted = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
    if not all(isinstance(found.get(key), str) for key in wanted) or found["issuer"] != client.issuer:
        raise _silent()
    known = {key: str(found[key]) for key in wanted}
    for key in wanted[1:]:
        require_secure(known[key])
    return known


def require_secure(address: str) -> None:
    """Require an address over TLS, or on this very machine.

    Raises:
        Fault: when it is neither.
    """
    parts = urlsplit(address)
    if parts.scheme != "https" and not (
        parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")
    ):
        raise Fault(
            "openid:insecure", "The sign-in provider's address is not secure.", "It must begin with https://."
        )


def _fetched(address: str) -> dict[str, Any]:
    require_secure(address)
    return _asked(urllib.request.Request(address, headers={"Accept": "application/json"}))  # noqa: S310 - checked


def _posted(client: Client, address: str, code: str, attempt: Attempt) -> dict[str, Any]:
    pair = f"{quote(client.id, safe='')}:{quote(client.secret, safe='')}"
    body = urlencode(
        {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": client.redirect,
            "code_verifier": attempt.verifier,
        }
    )
    headers = {
        "Authorization": "Basic " + base64.b64encode(pair.encode()).decode(),
        "Accept": "application/json",
    }
    return _asked(urllib.request.Request(address, body.encode(), headers))  # noqa: S310 - checked


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_named: Any) -> None:
        return None


# No proxy and no other scheme: the box speaks to the provider alone.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())


def _asked(request: urllib.request.Request) -> dict[str, Any]:
    try:
        with _OPENER.open(request, timeout=_SECONDS) as answer:
            found = json.loads(answer.read(_LARGEST))
    except (URLError, OSError, ValueError) as problem:
        raise _silent() from problem
    if not isinstance(found, dict):
        raise _silent()
    return found


def _silent() -> Fault:
    return Fault(
        "openid:silent",
        "The sign-in provider does not answer as it should.",
        "Sign in with your password, or try again later.",
    )


def _not_believed() -> NotAllowed:
    return NotAllowed(
        "openid:not_believed", "What the sign-in provider says does not hold.", "Try signing in once more."
    )
