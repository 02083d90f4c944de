"""The request of an operation and the reading of its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.tool_context import ApiAnswer, ToolFailed
from gateway.engine.integration import ApiRequest
from gateway.errors import ToolAnswerUnexpected, safe_code
from gateway.integrations.graphql.introspection import text
from gateway.integrations.graphql.selection import Known, selection
from gateway.integrations.kind import Ran
from gateway.tools.result import MAX_MESSAGE, refusal_of

ACCEPT = "application/graphql-response+json, application/json;q=0.9"
MAX_ERRORS = 20
_PATH = 20


def request_of(call: Mapping[str, Any], arguments: Mapping[str, Any]) -> ApiRequest:
    """Return the request of an operation. Every argument goes as a variable, never as text.

    Raises ``ToolFailed`` (``selection_refused``).
    """
    types: Mapping[str, str] = call["arguments"]
    variables = {name: arguments[name] for name in types if name in arguments}
    declared = ", ".join(f"${name}: {types[name]}" for name in variables)
    passed = ", ".join(f"{name}: ${name}" for name in variables)
    field = call["field"] + (f"({passed})" if passed else "")
    if "select" in call:
        known = Known(types=call["types"], possible=call["possible"])
        chosen = arguments.get(call["select"]) or call["default"]
        field += f" {selection(chosen, call['type'], known)}"
    operation = call["operation"] + (f"({declared})" if declared else "")
    body: dict[str, Any] = {"query": f"{operation} {{ {field} }}"}
    if variables:
        body["variables"] = variables
    return ApiRequest(
        method="POST",
        path="",
        headers={"accept": ACCEPT},
        json=body,
        reads=call["operation"] == "query",
    )


def result_of(call: Mapping[str, Any], answer: ApiAnswer) -> Ran:
    """Return ``{"data": …}`` of an answer, with ``errors`` where a part of it failed.

    Raises ``ToolFailed`` if there is no data, ``ToolAnswerUnexpected`` for what is no answer of
    GraphQL.
    """
    said = _json(answer)
    errors = errors_in(said)
    data = said.get("data") if isinstance(said, dict) else None
    value = data.get(call["field"]) if isinstance(data, dict) else None
    if not answer.is_success or (errors and value is None):
        raise _failure(errors, answer)
    if not isinstance(data, dict) or call["field"] not in data:
        raise ToolAnswerUnexpected
    if "select" in call and not isinstance(value, (dict, list, type(None))):
        raise ToolAnswerUnexpected
    result: dict[str, Any] = {"data": value}
    if errors:
        result["errors"] = [_shown(each) for each in errors[:MAX_ERRORS]]
    return Ran(result=result)


def errors_in(said: Any) -> list[dict[str, Any]]:
    """Return the errors of an answer that have a message."""
    found = said.get("errors") if isinstance(said, dict) else None
    if not isinstance(found, list):
        return []
    return [
        each for each in found if isinstance(each, dict) and isinstance(each.get("message"), str)
    ]


def _json(answer: ApiAnswer) -> Any:
    try:
        return answer.json()
    except ToolFailed:
        if answer.is_success:
            raise ToolAnswerUnexpected from None
        return None


def _failure(errors: list[dict[str, Any]], answer: ApiAnswer) -> ToolFailed:
    if not errors:
        return refusal_of(answer)
    first = errors[0]
    extensions = first.get("extensions")
    said = extensions.get("code") if isinstance(extensions, dict) else None
    code = safe_code(said) or safe_code(first.get("type")) or "graphql_error"
    message = text(first["message"], MAX_MESSAGE) or "the API gives no reason"
    return ToolFailed(code, message, answer.status)


def _shown(error: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {"message": text(error["message"], MAX_MESSAGE)}
    path = error.get("path")
    if isinstance(path, list):
        shown["path"] = [
            each if isinstance(each, int) else text(each, 100) for each in path[:_PATH]
        ]
    return shown
