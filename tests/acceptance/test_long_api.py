"""The API against its own document, for long: schemathesis by its own program, with every phase it has."""

import subprocess
import sys
from pathlib import Path

import pytest
from limits import parse

import webui.api
from appliance.wiring import Box
from tests.webui.conftest import Staff, office, served, staff
from tests.webui.test_api import Caller
from webui import create_app

__all__ = ["Staff", "office", "staff"]  # fixtures

pytestmark = pytest.mark.acceptance

SETTINGS = """\
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", "401", "403", "404", "409", "422", "429"]
"""


@pytest.mark.timeout(3600)
def test_the_api_is_what_its_document_says(
    office: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webui.api, "REQUESTS", parse("1000000/minute"))
    app = create_app(office, https=False)
    token = Caller(app.test_client(), office).token()
    (tmp_path / "schemathesis.toml").write_text(SETTINGS)
    program = Path(sys.executable).with_name("st")
    with served(app) as port:
        done = subprocess.run(
            [
                *(str(program), "--config-file", "schemathesis.toml", "run"),
                f"http://127.0.0.1:{port}/api/v1/openapi.json",
                *("--header", f"Authorization: Bearer {token.text}", "--max-examples", "100"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-20_000:]
