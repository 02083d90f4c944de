"""The operations of a document as definitions of tools; what cannot be one is skipped. No I/O."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from gateway.engine.integration import Definition, Effect, Skipped
from gateway.integrations.openapi import swagger2
from gateway.integrations.openapi.bodies import Body, read_answer, read_body
from gateway.integrations.openapi.limits import MAX_OPERATIONS, Limits
from gateway.integrations.openapi.names import argument_names, tool_names
from gateway.integrations.openapi.parameters import Parameter, merged_parameters, read_parameters
from gateway.integrations.openapi.paths import MAX_OTHERS, check_path, others, shape
from gateway.integrations.openapi.references import References
from gateway.integrations.openapi.refusals import OperationSkipped
from gateway.integrations.openapi.schemas import Budget, Schemas
from gateway.integrations.openapi.security import Security, requirements_of
from gateway.integrations.openapi.servers import servers_of
from gateway.text import clean_text

METHODS = ("get", "head", "options", "post", "put", "patch", "delete", "trace")
MAX_DESCRIPTION = 500
MAX_DEFINITION = 200_000
"""Bytes of a definition's JSON."""


@dataclass(slots=True)
class _Operation:
    """An operation as it stands in the document."""

    method: str
    path: str
    item: dict[str, Any]
    operation: dict[str, Any]

    @property
    def id(self) -> str:
        given = self.operation.get("operationId")
        return given if isinstance(given, str) else ""

    @property
    def shown(self) -> str:
        return clean_text(self.id or f"{self.method.upper()} {self.path}", 100) or "?"


class Operations:
    """Reads the operations of one document.

    ``servers`` are the base URLs of the document, ``base_url`` the one that a person picked.
    """

    def __init__(
        self,
        document: dict[str, Any],
        *,
        references: References,
        security: Security,
        limits: Limits,
        document_url: str,
        servers: list[str],
        base_url: str,
    ) -> None:
        self._document = document
        self._references = references
        self._schemas = Schemas(references)
        self._security = security
        self._reserved = security.reserved
        self._parts_left = limits.schema_parts
        self._document_url = document_url
        self._servers = {base_url} if base_url else set(servers)
        self._is_2 = "swagger" in document
        self.skipped: list[Skipped] = []

    def read(self) -> list[Definition]:
        """Return the definitions; ``skipped`` says what is left out."""
        listed = list(self._listed())
        if len(listed) > MAX_OPERATIONS:
            more = len(listed) - MAX_OPERATIONS
            self._skip(
                f"{more:,} operations",
                "too_many_operations",
                f"the document has more than {MAX_OPERATIONS:,} operations",
            )
        listed = listed[:MAX_OPERATIONS]
        names = tool_names([(each.id, each.method, each.path) for each in listed])
        by_method: dict[str, list[str]] = defaultdict(list)
        for each in listed:
            by_method[each.method].append(each.path)
        like = {method: others(paths) for method, paths in by_method.items()}
        found = []
        for name, each in zip(names, listed, strict=True):
            try:
                found.append(self._definition(name, each, like[each.method].get(each.path, [])))
            except OperationSkipped as skipped:
                self._skip(each.shown, skipped.code, skipped.reason)
            except (TypeError, ValueError, AttributeError, KeyError, RecursionError):
                # Whatever its author meant: the other operations do not suffer for it.
                self._skip(each.shown, "not_understood", "it is not written as OpenAPI says")
        return found

    def _skip(self, name: str, code: str, reason: str) -> None:
        self.skipped.append(Skipped(name=name, code=code, reason=reason))

    def _listed(self) -> Iterator[_Operation]:
        """Yield the operations whose path is plain and whose method is sent."""
        paths = self._document.get("paths")
        seen: set[tuple[str, str]] = set()
        for path, given in paths.items() if isinstance(paths, dict) else ():
            if path.startswith("x-"):
                continue
            try:
                item = self._references.whole(given, "a path")
                check_path(path)
            except OperationSkipped as skipped:
                self._skip(clean_text(path, 100) or "?", skipped.code, skipped.reason)
                continue
            for method in METHODS:
                operation = item.get(method)
                if operation is None:
                    continue
                each = _Operation(method, path, item, operation)
                if not isinstance(operation, dict):
                    self._skip(f"{method.upper()} {path}"[:100], "part_unusable", "it is no object")
                elif method == "trace":
                    self._skip(each.shown, "method_not_sent", "the gateway sends no TRACE")
                elif (method, shape(path)) in seen:
                    self._skip(each.shown, "same_path", "another operation has the same path")
                else:
                    seen.add((method, shape(path)))
                    yield each

    def _definition(self, name: str, at: _Operation, like: list[str]) -> Definition:
        self._check_server(at)
        if len(like) > MAX_OTHERS:
            raise OperationSkipped("path_ambiguous", "too many other paths look like its path")
        if self._parts_left <= 0:
            raise OperationSkipped("too_much", "the schemas before it are too large together")
        operation = at.operation
        given = merged_parameters(at.item, operation, self._references)
        if self._is_2:
            operation, given = swagger2.operation(operation, given, self._document)
        parameters = read_parameters(given, at.path, self._reserved)
        budget, answered = Budget("input"), Budget("output")
        body = read_body(
            operation.get("requestBody"), at.method, self._references, self._schemas, budget
        )
        accept, answer = read_answer(
            operation.get("responses"), self._references, self._schemas, answered
        )
        arguments = argument_names(
            [*((each.name, each.place) for each in parameters), *([("body", "body")] * bool(body))]
        )
        input_schema = self._input_schema(parameters, body, arguments, budget)
        self._parts_left -= budget.used + answered.used
        wanted = operation.get("security", self._document.get("security"))
        definition = Definition(
            name=name,
            description=_description(at, operation),
            effect=_effect(at.method),
            input_schema=input_schema,
            output_schema=_output_schema(answer),
            call=_call(at, parameters, body, arguments, accept, answer, like),
            scopes=self._security.use(requirements_of(wanted)),
        )
        _check(definition)
        return definition

    def _check_server(self, at: _Operation) -> None:
        """Refuse an operation that lives elsewhere: the credential belongs to one server."""
        own = at.operation.get("servers", at.item.get("servers"))
        if isinstance(own, list) and own:
            found, _ = servers_of(own, self._document_url)
            if not self._servers & set(found):
                raise OperationSkipped("other_server", "it is served by another server")

    def _input_schema(
        self, parameters: list[Parameter], body: Body | None, arguments: list[str], budget: Budget
    ) -> dict[str, Any]:
        properties: dict[str, Any] = {}
        required = []
        for argument, each in zip(arguments, parameters, strict=False):
            made = self._schemas.convert(each.schema, budget)
            if isinstance(each.description, str):
                made["description"] = clean_text(each.description[:1000], 200)
            properties[argument] = made
            if each.required:
                required.append(argument)
        if body is not None:
            properties[arguments[-1]] = body.schema
            if body.required:
                required.append(arguments[-1])
        made = {"type": "object", "properties": properties, "additionalProperties": False}
        return {**made, "required": required} if required else made


def _call(
    at: _Operation,
    parameters: list[Parameter],
    body: Body | None,
    arguments: list[str],
    accept: str,
    answer: dict[str, Any],
    like: list[str],
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "method": at.method.upper(),
        "path": at.path,
        "accept": accept,
        "parameters": [
            {
                "argument": argument,
                "name": each.name,
                "in": each.place,
                "style": each.style,
                "explode": each.explode,
                "json": each.is_json,
            }
            for argument, each in zip(arguments, parameters, strict=False)
        ],
    }
    if body is not None:
        made["body"] = {
            "argument": arguments[-1],
            "format": body.format,
            "content_type": body.content_type,
            "files": list(body.files),
            "styles": {name: list(each) for name, each in body.styles.items()},
        }
    if answer:
        made["answer"] = answer
    if like:
        made["not"] = like
    return made


def _output_schema(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a result; ``answer.read_answer`` says which other members there are."""
    properties = {"status": {"type": "integer"}, "body": answer}
    return {"type": "object", "properties": properties, "required": ["status"]}


def _effect(method: str) -> Effect:
    if method in ("get", "head", "options"):
        return "read"
    return "destructive" if method == "delete" else "write"


def _description(at: _Operation, operation: dict[str, Any]) -> str:
    parts = [
        clean_text(text[: MAX_DESCRIPTION * 4], MAX_DESCRIPTION)
        for name in ("summary", "description")
        if isinstance(text := operation.get(name), str)
    ]
    unique = [each for each in dict.fromkeys(parts) if each]
    said = ". ".join(each.rstrip(".") for each in unique) + "." if unique else ""
    deprecated = "Deprecated. " if operation.get("deprecated") is True else ""
    return (deprecated + (said or f"{at.method.upper()} {at.path}"))[:MAX_DESCRIPTION]


def _check(definition: Definition) -> None:
    said = (definition.input_schema, definition.output_schema, definition.call)
    if len(json.dumps(said)) > MAX_DEFINITION:
        raise OperationSkipped("too_large", "what it takes and returns is too large to be a tool")
    jsonschema_rs.validator_for(dict(definition.input_schema))  # a ValueError: it is not understood
