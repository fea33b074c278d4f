"""The few S3 requests that restic does not make: locking objects, and trying to break the lock.

Signed by AWS Signature Version 4 (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html).
"""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import datetime
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree as ET

from appliance.backup.wire import Answer, ask
from appliance.domain.backup import Target
from appliance.domain.errors import Fault

_SPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"
LOCK_MODE = "x-amz-object-lock-mode"
LOCK_UNTIL = "x-amz-object-lock-retain-until-date"


class Bucket:
    """A bucket with a prefix, by the box's own credentials."""

    def __init__(self, target: Target) -> None:
        parts = urlsplit(target.address)
        self._server = parts
        self._bucket, _, prefix = parts.path.strip("/").partition("/")
        self.prefix = f"{prefix}/" if prefix else ""
        self._target = target

    def ask(
        self,
        method: str,
        key: str,
        now: datetime,
        *,
        query: Mapping[str, str] = {},
        body: bytes = b"",
        headers: Mapping[str, str] = {},
    ) -> Answer:
        """One request. key: of an object, its prefix included; empty for the bucket itself.

        Raises:
            Fault: when the server cannot be reached.
        """
        path = quote(f"/{self._bucket}/{key}" if key else f"/{self._bucket}")
        sent = dict(headers) | {"host": self._server.netloc}
        if body:
            sent["content-md5"] = b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
        signed = signature(method, path, query, sent, body, self._target, now)
        address = f"{path}?{_query(query)}" if query else path
        return ask(self._server, method, address, signed, body)

    def keys(self, under: str, now: datetime) -> Iterator[str]:
        """The keys of the objects that are there now, below a prefix."""
        token = ""
        while True:
            query = {"list-type": "2", "prefix": self.prefix + under}
            if token:
                query["continuation-token"] = token
            answer = self.ask("GET", "", now, query=query)
            if not answer.done:
                raise _refused()
            listed = ET.fromstring(answer.body)  # noqa: S314 - from the target; expat bounds entities
            yield from (str(one.text) for one in listed.iter(f"{_SPACE}Key"))
            token = listed.findtext(f"{_SPACE}NextContinuationToken") or ""
            if not token:
                return

    def lock(
        self, key: str, until: datetime, now: datetime, *, version: str = "", mode: str = "COMPLIANCE"
    ) -> bool:
        """Lock an object until a day, or longer than it was. Returns whether the server did it."""
        body = (
            f'<Retention xmlns="{_SPACE[1:-1]}"><Mode>{mode}</Mode>'
            f"<RetainUntilDate>{until:%Y-%m-%dT%H:%M:%SZ}</RetainUntilDate></Retention>"
        ).encode()
        query = {"retention": ""} | ({"versionId": version} if version else {})
        return self.ask("PUT", key, now, query=query, body=body).done


def signature(
    method: str,
    path: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    body: bytes,
    target: Target,
    now: datetime,
) -> dict[str, str]:
    """The headers with which a request is signed. path: percent-encoded."""
    region, stamp = target.region or "us-east-1", f"{now:%Y%m%dT%H%M%SZ}"
    hashed = hashlib.sha256(body).hexdigest()
    sent = {name.lower(): value for name, value in headers.items()}
    sent |= {"x-amz-date": stamp, "x-amz-content-sha256": hashed}
    names = ";".join(sorted(sent))
    told = "".join(f"{name}:{sent[name].strip()}\n" for name in sorted(sent))
    canonical = "\n".join((method, path, _query(query), told, names, hashed))
    scope = f"{stamp[:8]}/{region}/s3/aws4_request"
    to_sign = "\n".join(("AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()))
    key = b"AWS4" + target.secret.encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    mark = hmac.digest(key, to_sign.encode(), "sha256").hex()
    sent["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={target.user}/{scope}, SignedHeaders={names}, Signature={mark}"
    )
    return sent


def _query(query: Mapping[str, str]) -> str:
    return "&".join(
        f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in sorted(query.items())
    )


def _refused() -> Fault:
    return Fault("backup:refused", "The target refuses the box.", "Check user, secret and rights there.")
