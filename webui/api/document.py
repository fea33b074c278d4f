"""The OpenAPI 3.1 document, made from the operations and their types."""

from http import HTTPStatus
from typing import Any

import msgspec

from appliance import __version__
from webui.api.operations import FILE_TYPES, File, Operation
from webui.api.problems import MEDIA_TYPE, Problem
from webui.api.schemas import ID

_REF = "#/components/schemas/{name}"
_ABOUT = """\
Photos, people, quitclaims, verdicts and releases of a safe, for other tools. A request carries a token that
somebody made under their account; it acts for them, within its scopes, until it ends. Every request stands
in the audit log. Ids are opaque. Sentences are in the language that `Accept-Language` asks for, Dutch or
English."""
_TAGS = {
    "token": "The token that asks.",
    "photos": "The library.",
    "imports": "Photos on their way in.",
    "verdicts": "May this photo be used for this purpose on this day?",
    "people": "Who stands in photos.",
    "quitclaims": "Who permitted what.",
    "webhooks": "Addresses that are told what happens.",
    "releases": "Copies that left, with their receipts.",
}
_TELLS = {
    HTTPStatus.BAD_REQUEST: "It is not as documented.",
    HTTPStatus.UNAUTHORIZED: "No token, or one that opens nothing.",
    HTTPStatus.FORBIDDEN: "The token, or its user, may not.",
    HTTPStatus.NOT_FOUND: "There is no such thing.",
    HTTPStatus.CONFLICT: "A rule refuses it now; the reasons are told.",
    HTTPStatus.LENGTH_REQUIRED: "The file's length is not told.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is too large.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body is of another type.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "It is as documented, and yet cannot be done so; the sentence says why.",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many requests; wait as `Retry-After` says.",
}


def document(operations: tuple[Operation, ...], server: str) -> dict[str, Any]:
    """The document. server: the address below which the paths are."""
    types = {t for one in operations for t in (one.query, one.body, one.answer) if isinstance(t, type)}
    known = sorted(types | {Problem}, key=lambda one: one.__name__)
    schemas, components = msgspec.json.schema_components(known, ref_template=_REF)
    by_type = dict(zip(known, schemas, strict=True))
    queries = {one.query.__name__: components[one.query.__name__] for one in operations if one.query}
    paths: dict[str, dict[str, Any]] = {}
    for one in operations:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, by_type, queries)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Portretkluis",
            "version": __version__,
            "summary": "The API of a safe for portraits.",
            "description": _ABOUT,
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "servers": [{"url": server}],
        "security": [{"token": []}],
        "tags": [{"name": name, "description": told} for name, told in _TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": {name: one for name, one in components.items() if name not in queries},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token, made under one's account or with `kluis tokens add`.",
                }
            },
        },
    }


def _operation(
    one: Operation, by_type: dict[type, dict[str, Any]], queries: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    summary, rest = one.told
    scope = f"The token must be made for `{one.permission}`." if one.permission else "Any token may."
    told: dict[str, Any] = {
        "operationId": one.name,
        "tags": [one.tag],
        "summary": summary,
        "description": f"{rest}\n\n{scope}".strip(),
        "parameters": _parameters(one, queries),
        "responses": _responses(one, by_type),
    }
    if one.permission:
        told["x-permission"] = one.permission.value
    if one.body is not None:
        told["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": by_type[one.body]}},
        }
    if one.takes_file:
        told["requestBody"] = {"required": True, "content": {name: {} for name in FILE_TYPES}}
    return told


def _parameters(one: Operation, queries: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": part, "in": "path", "required": True, "schema": {"type": "string", "pattern": ID}}
        for part in one.parts
    ]
    if one.query is None:
        return found
    asked = queries[one.query.__name__]
    for name, schema in asked["properties"].items():
        plain = {key: value for key, value in schema.items() if key not in ("description", "default")}
        parameter = {"name": name, "in": "query", "schema": _without_null(plain)}
        parameter["required"] = name in asked.get("required", ())
        if "description" in schema:
            parameter["description"] = schema["description"]
        if schema.get("default") is not None:
            parameter["schema"]["default"] = schema["default"]
        found.append(parameter)
    return found


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """In an address nothing can be null: it is left out."""
    several = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    return several[0] if len(several) == 1 else schema


def _responses(one: Operation, by_type: dict[type, dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {str(one.status.value): {"description": _good(one), **_content(one, by_type)}}
    problem = {"content": {MEDIA_TYPE: {"schema": by_type[Problem]}}}
    for status in _failures(one):
        found[str(status.value)] = {"description": _TELLS[status], **problem}
    return found


def _good(one: Operation) -> str:
    if isinstance(one.answer, File):
        return one.answer.what
    return "Done." if one.answer is None else f"{(one.answer.__doc__ or '').splitlines()[0]}"


def _content(one: Operation, by_type: dict[type, dict[str, Any]]) -> dict[str, Any]:
    if isinstance(one.answer, File):
        return {"content": {name: {} for name in one.answer.media_types}}
    return {} if one.answer is None else {"content": {"application/json": {"schema": by_type[one.answer]}}}


def _failures(one: Operation) -> list[HTTPStatus]:
    """What else it may answer, from what it reads."""
    found = [HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS]
    found += [HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY]
    if one.parts or one.body is not None:
        found.append(HTTPStatus.NOT_FOUND)
    if one.body is not None or one.takes_file:
        found += [HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE]
    if one.takes_file:
        found.append(HTTPStatus.LENGTH_REQUIRED)
    if one.method != "GET" or isinstance(one.answer, File):
        found.append(HTTPStatus.CONFLICT)
    return sorted(found)
