"""The bodies of requests and answers that the gateway can write and read. No I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from gateway.integrations.openapi.references import References
from gateway.integrations.openapi.refusals import OperationSkipped
from gateway.integrations.openapi.schemas import Budget, Schemas, is_binary

_MEDIA = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,80}/[a-z0-9*][a-z0-9!#$&^_.+-]{0,80}")
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
MAX_MEDIA = 20
FILE = {
    "type": "object",
    "properties": {
        "base64": {"type": "string", "description": "the content of the file, in base64"},
        "filename": {"type": "string", "maxLength": 200},
        "content_type": {"type": "string", "maxLength": 100},
    },
    "required": ["base64"],
    "additionalProperties": False,
}
"""What a call gives for a file."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """The body of a request. ``format`` is json, form, multipart, text or base64.

    ``files`` are the fields of a multipart body that are files; ``styles`` says of the other fields
    of a form how lists and objects are written, as pairs of style and explode.
    """

    format: str
    content_type: str
    schema: dict[str, Any]
    required: bool
    files: tuple[str, ...] = ()
    styles: dict[str, tuple[str, bool]] = field(default_factory=dict)


def read_body(
    given: Any, method: str, references: References, schemas: Schemas, budget: Budget
) -> Body | None:
    """Return the body of an operation, if it has one. Raises ``OperationSkipped``."""
    if given is None:
        return None
    body = references.whole(given, "the body")
    required = body.get("required") is True
    if method in ("get", "head", "options"):
        if required:
            raise OperationSkipped("body_of_get", f"a {method.upper()} with a body is not sent")
        return None
    chosen = _chosen(body.get("content"))
    if chosen is None:
        if required:
            raise OperationSkipped(
                "body_unsupported", "its body is neither JSON, a form, text nor a file"
            )
        return None
    format_, content_type, media = chosen
    schema = media.get("schema", {})
    if format_ == "base64":
        return Body(format=format_, content_type=content_type, schema=FILE_ALONE, required=required)
    if format_ in ("form", "multipart"):
        return _fields(format_, content_type, media, required, references, schemas, budget)
    made = schemas.convert(schema, budget) if format_ == "json" else {"type": "string"}
    return Body(format=format_, content_type=content_type, schema=made, required=required)


FILE_ALONE = {
    "type": "object",
    "properties": {"base64": FILE["properties"]["base64"]},  # type: ignore[index]
    "required": ["base64"],
    "additionalProperties": False,
}
"""The body where it is one file."""


def _chosen(content: Any) -> tuple[str, str, dict[str, Any]] | None:
    """Return format, content type and description of the body that is written most easily."""
    best: tuple[int, str, str, dict[str, Any]] | None = None
    for media, described in list(content.items())[:MAX_MEDIA] if isinstance(content, dict) else ():
        plain = media.partition(";")[0].strip().lower()
        if not isinstance(described, dict) or not (plain == "*/*" or _MEDIA.fullmatch(plain)):
            continue
        rank, format_ = _format(plain)
        if format_ and (best is None or rank < best[0]):
            best = (rank, format_, "application/json" if "*" in plain else plain, described)
    return None if best is None else best[1:]


def _format(media: str) -> tuple[int, str]:
    if media == "application/json":
        return 0, "json"
    if media.endswith("+json") or media in ("*/*", "application/*", "text/json"):
        return 1, "json"
    if media == FORM:
        return 2, "form"
    if media == MULTIPART:
        return 3, "multipart"
    if media.startswith("text/") and "*" not in media:
        return 4, "text"
    is_file = media == "application/octet-stream" or media.startswith(
        ("image/", "audio/", "video/")
    )
    return (5, "base64") if is_file and "*" not in media else (6, "")


def _fields(
    format_: str,
    content_type: str,
    media: dict[str, Any],
    required: bool,
    references: References,
    schemas: Schemas,
    budget: Budget,
) -> Body:
    schema = references.whole(media.get("schema", {}), "the body")
    made = schemas.convert(schema, budget)
    properties = schema.get("properties")
    files = []
    if format_ == "multipart" and isinstance(properties, dict):
        for name, each in properties.items():
            whole = references.whole(each, "a field") if isinstance(each, dict) else {}
            if is_binary(whole) and name in made.get("properties", {}):
                made["properties"][name] = FILE
                files.append(name)
    return Body(
        format=format_,
        content_type=content_type,
        schema={**made, "type": "object"},
        required=required,
        files=tuple(files),
        styles=_styles(media.get("encoding")),
    )


def _styles(encoding: Any) -> dict[str, tuple[str, bool]]:
    found = {}
    for name, each in list(encoding.items())[:200] if isinstance(encoding, dict) else ():
        if isinstance(each, dict) and ("style" in each or "explode" in each):
            style = each.get("style", "form")
            explode = each.get("explode", style == "form")
            if style in ("form", "spaceDelimited", "pipeDelimited", "deepObject"):
                found[name] = (style, explode is True)
    return found


def read_answer(
    responses: Any, references: References, schemas: Schemas, budget: Budget
) -> tuple[str, dict[str, Any]]:
    """Return the ``Accept`` of an operation and the schema of its success; it never fails.

    The schema is empty where the answer is not JSON, or is not described.
    """
    listed = responses if isinstance(responses, dict) else {}
    for status in sorted((each for each in listed if str(each).startswith("2")), key=str):
        try:
            content = references.whole(listed[status], "an answer").get("content")
        except OperationSkipped:
            continue
        chosen = _chosen(content)
        if chosen is not None and chosen[0] == "json":
            try:
                return chosen[1], schemas.convert(chosen[2].get("schema", {}), budget)
            except OperationSkipped:
                return chosen[1], {}
        if isinstance(content, dict) and content:
            return "*/*", {}
    return "application/json, */*;q=0.5", {}
