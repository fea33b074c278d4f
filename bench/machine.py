"""What the figures were measured on."""

import os
import platform
from importlib import metadata
from pathlib import Path

import psutil

_LIBRARIES = ("ai-edge-litert", "cryptography", "numpy", "opencv-python-headless", "simplejpeg", "sqlcipher3")
_TELLING = ("avx2", "avx512f", "avx512_vnni", "sha_ni", "aes", "asimd", "asimddp", "sha2")


def facts() -> dict[str, object]:
    """Processor, cores, memory, system, and the versions of what decides the speed."""
    return {
        "processor": _processor("model name") or _processor("Model") or platform.machine(),
        "cores": os.cpu_count(),
        "features": [flag for flag in _TELLING if flag in _flags()],
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
        "libraries": {name: metadata.version(name) for name in _LIBRARIES},
    }


def _flags() -> set[str]:
    return set((_processor("flags") or _processor("Features")).split())


def _processor(key: str) -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == key:
            return value.strip()
    return ""


def busy() -> float:
    """How many processes want the processors, on average over a minute: the load of other work."""
    return os.getloadavg()[0]
