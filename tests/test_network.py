"""Who speaks to a network: a module that does must be named here, with what keeps its address safe (SSRF)."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# What opens connections, or runs what does.
REACHING = (
    "http.client",
    "urllib.request",
    "smtplib",
    "socket",
    "ssl",
    "smbclient",
    "ftplib",
    "aiohttp",
    "httpx",
)
REACHING += ("requests", "telnetlib", "poplib", "imaplib", "xmlrpc", "websockets", "paramiko")
KNOWN = {
    "appliance/actions/webhooks.py": "no connection: it reads a certificate",
    "appliance/backup/wire.py": "targets that IT named at the command line",
    "appliance/cards/door.py": "a socket of this machine",
    "appliance/cli/drill.py": "a port of this machine, that it opened itself",
    "appliance/identity/openid.py": "the provider that an administrator set, over TLS, without redirects",
    "appliance/mail/smtp.py": "the mail server that an administrator set, over TLS",
    "appliance/notify.py": "the socket of systemd",
    "appliance/sources/card_service.py": "a socket of this machine",
    "appliance/sources/shares.py": "shares that an administrator set",
    "appliance/vision/adding.py": "an address that the operator typed at the command line",
    "appliance/webhooks/posting.py": "addresses of receivers: every place that they lead to is judged first",
    "webui/certificate.py": "no connection: names of this machine",
    "webui/server.py": "listens, and connects to nothing",
}


def reached(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    names = {
        name
        for node in ast.walk(tree)
        for name in (
            [one.name for one in node.names]
            if isinstance(node, ast.Import)
            else [f"{node.module}.{one.name}" for one in node.names] + [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    return {one for one in REACHING if any(name == one or name.startswith(f"{one}.") for name in names)}


def test_no_other_module_opens_connections() -> None:
    found = {
        str(path.relative_to(ROOT))
        for package in ("appliance", "webui")
        for path in sorted((ROOT / package).rglob("*.py"))
        if reached(path)
    }
    assert found == set(KNOWN)


def test_nothing_in_the_pages_fetches_an_address_that_a_visitor_gave() -> None:
    """Views reach no network by themselves: what they ask for stands in settings, or is made by staff."""
    pages = {name for name in KNOWN if name.startswith("webui/")}
    assert pages == {"webui/certificate.py", "webui/server.py"}
