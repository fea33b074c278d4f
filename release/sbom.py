"""The bill of materials of a release: CycloneDX 1.6 (ECMA-424), from the lock file and the networks."""

import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from appliance.vision.archives import FACE_MODELS, MEDIAPIPE

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)((?:(?!^\S).)*)", re.MULTILINE | re.DOTALL)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def bill_of_materials(version: str, lock: Path) -> dict[str, Any]:
    """What the program is made of, and by which hashes it is fetched. lock: requirements/runtime.txt."""
    locked = lock.read_text("utf-8")
    components = [*_packages(locked), *_networks()]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'portretkluis {version} {locked}')}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "portretkluis",
                "name": "portretkluis",
                "version": version,
                "licenses": [{"license": {"id": "EUPL-1.2"}}],
            }
        },
        "components": components,
        "dependencies": [{"ref": "portretkluis", "dependsOn": [one["bom-ref"] for one in components]}],
    }


def _packages(locked: str) -> Iterator[dict[str, Any]]:
    """Of a package there are as many hashes as it has files; which one was used stands in SHA256SUMS."""
    for name, version, rest in _PIN.findall(locked):
        purl = f"pkg:pypi/{name.lower()}@{version}"
        yield {
            "type": "library",
            "bom-ref": purl,
            "name": name,
            "version": version,
            "purl": purl,
            "externalReferences": [
                {
                    "type": "distribution",
                    "url": purl,
                    "hashes": [{"alg": "SHA-256", "content": found} for found in _HASH.findall(rest)],
                }
            ],
        }


def _networks() -> Iterator[dict[str, Any]]:
    for archive in (MEDIAPIPE, FACE_MODELS):
        purl = f"pkg:pypi/{archive.package}@{archive.version}"
        yield {
            "type": "machine-learning-model",
            "bom-ref": f"model:{purl}",
            "name": archive.package,
            "version": archive.version,
            "purl": purl,
            "hashes": [{"alg": "SHA-256", "content": archive.sha256}],
        }
