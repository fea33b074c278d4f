"""The pages."""

from typing import Any

from appliance.wiring import Box


def create_app(box: Box, *, https: bool) -> Any:
    """x."""
    raise NotImplementedError
