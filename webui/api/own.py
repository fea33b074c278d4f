"""The token that asks."""

from flask import g

from webui.api import schemas
from webui.api.operations import Resource

token = Resource("token")


@token.get("/token", None)
def show_token() -> schemas.TokenTold:
    """Tell what this token may do, and until when."""
    one = g.bearer.token
    return schemas.TokenTold(
        id=one.id,
        label=one.label,
        user=one.user_id,
        scopes=sorted(one.scopes),
        expires_at=one.expires_at,
    )
