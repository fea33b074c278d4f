"""A small browser for tests without a real one: it keeps cookies, sends the form's token, and reads pages."""

import re
from collections.abc import Mapping
from html import unescape
from html.parser import HTMLParser

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

TOKEN = re.compile(r'name="csrf(?:_|-)token" (?:value|content)="([^"]+)"')
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
VOID |= {"rect", "circle", "path", "use", "image"}
LEFT_OPEN = {"option", "p", "li"}


class Browser:
    """One person's browser. `token`: of a session that is open already."""

    def __init__(self, app: Flask, token: str = "", language: str = "en") -> None:
        self.client: FlaskClient = app.test_client()
        self.headers = {"Accept": "text/html", "Accept-Language": language}
        if token:
            self.client.set_cookie("kluis", token)

    def get(self, path: str, **options: object) -> TestResponse:
        headers = {**self.headers, **dict(options.pop("headers", {}))}  # type: ignore[call-overload]
        return self.client.get(path, headers=headers, buffered=True, **options)  # type: ignore[arg-type]

    def post(
        self, path: str, data: Mapping[str, object] | None = None, *, follow: bool = False
    ) -> TestResponse:
        """Send a form, with the token of this browser."""
        form = {"csrf_token": self.form_token(), **(data or {})}
        headers = {**self.headers, "Referer": "http://localhost/"}
        return self.client.post(path, data=form, headers=headers, follow_redirects=follow)

    def form_token(self) -> str:
        """As a form of this browser holds it."""
        page = self.client.get("/sign-in", follow_redirects=True, headers=self.headers)
        found = TOKEN.search(page.get_data(as_text=True))
        assert found, "a page without a token"
        return unescape(found[1])

    def sign_in(self, name: str, password: str, to: str = "") -> TestResponse:
        return self.post("/sign-in", {"name": name, "password": password, "to": to})


class Page(HTMLParser):
    """A page as its reader meets it: ids, headings, pictures, fields and forms."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.wrong: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        if self._open:
            self.wrong.append(f"never closed: {self._open}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if tag not in VOID and tag not in LEFT_OPEN:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or tag in LEFT_OPEN:
            return
        if not self._open or self._open[-1] != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()} closes {self._open[-1:]}")
        elif self._open:
            self._open.pop()

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [found for name, found in self.tags if name == tag]


def words(answer: TestResponse) -> str:
    """What stands on a page, without its tags."""
    page = re.sub(r'<svg class="sprite".*?</svg>', " ", answer.get_data(as_text=True), flags=re.DOTALL)
    text = re.sub(r"<[^>]+>", " ", page)
    return " ".join(unescape(text).split())
