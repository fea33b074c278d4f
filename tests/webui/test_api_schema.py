"""The API against its own document: whatever schemathesis asks is answered as the document says.

No check is left out. What is as documented and yet cannot be done so is 422, which schemathesis is told.
A longer run, by its own program, is among the acceptance tests.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig

from appliance.wiring import Box, open_box
from tests.conftest import Clock, config_of
from tests.webui.conftest import Staff
from tests.webui.test_api import Caller, things
from webui import create_app
from webui.api import OPERATIONS
from webui.guards import limiter

EXAMPLES = 2  # of each operation and kind
CANNOT_BE_DONE = "422"


def schema_of(app: object) -> schemathesis.BaseSchema:
    config = SchemathesisConfig()
    checks = config.projects.default.checks
    checks.positive_data_acceptance.expected_statuses.append(CANNOT_BE_DONE)
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, config=config)


@pytest.fixture(scope="module")
def safe(tmp_path_factory: pytest.TempPathFactory, staff: Staff) -> Iterator[Box]:
    home = Path(shutil.copytree(staff.home, tmp_path_factory.mktemp("schema") / "home"))
    opened = open_box(config_of(home), clock=Clock())
    yield opened
    opened.close()


@pytest.mark.parametrize("mode", schemathesis.GenerationMode, ids=lambda mode: mode.value)
def test_whatever_is_asked_is_answered_as_documented(safe: Box, mode: schemathesis.GenerationMode) -> None:
    app = create_app(safe, https=False)
    limiter.reset()
    caller = Caller(app.test_client(), safe)
    token, known = caller.token(), things(safe)
    schema = schema_of(app)
    tried = set[str]()
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=EXAMPLES,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            database=None,
        )
        @given(case=operation.as_strategy(generation_mode=mode), real=st.booleans())
        def ask(case: schemathesis.Case, real: bool) -> None:
            if real:
                case.path_parameters |= {key: known[key] for key in case.path_parameters if key in known}
            case.call_and_validate(headers={"Authorization": f"Bearer {token.text}"})

        ask()
        tried.add(f"{operation.method.upper()} {operation.path}")
    assert tried == {f"{one.method} {one.path}" for one in OPERATIONS}
