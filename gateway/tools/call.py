"""A call of a tool, from its arguments to its result.

The order: does the tool exist for this tenant, do the arguments fit, what does the policy say, is
everything connected, and then the requests, each through the proxy with its rules and budgets.
Every way out is one line of the audit, which names the arguments and never holds their values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from connectors.tooling import Args, FunctionTool, HttpTool, Output, ToolFailed
from gateway.audit.trail import OK, Audit
from gateway.errors import (
    ApprovalNotShowable,
    GatewayError,
    InvalidArguments,
    ScopesRequired,
    ToolAnswerUnexpected,
    ToolBlocked,
    ToolChanged,
    ToolRefused,
    UnknownTool,
    code_of,
)
from gateway.observe.logs import get_logger
from gateway.proxy.forward import Forward
from gateway.services.tokens import IssuedToken, TokenService
from gateway.store.audit import Action
from gateway.store.connection import Method
from gateway.store.owners import PLATFORM, kind_of
from gateway.text import clean_text
from gateway.tools.context import Asked, CallContext
from gateway.tools.gate import Approvals, AskedCall, Policies
from gateway.tools.integration_tool import DefinitionChanged, IntegrationTool, ScopesWanted
from gateway.tools.registry import Registry, Tool, is_of_account
from gateway.tools.request import form_of, request_of
from gateway.tools.result import MAX_MESSAGE, ToolResult, bounded, bounded_result, read_result

_log = get_logger()

M = TypeVar("M", bound=BaseModel)

MAX_PROBLEMS = 20
MAX_NAMES = 50
"""Names of arguments in one audit line."""
_KEY_NEEDED = (
    "the tool changes something more than once, and each change is approved by itself: "
    "call it with an Idempotency-Key"
)


class ToolCalls:
    """Calls tools for users."""

    def __init__(
        self,
        *,
        registry: Registry,
        forward: Forward,
        tokens: TokenService,
        audit: Audit,
        policies: Policies,
        approvals: Approvals,
    ) -> None:
        self._registry = registry
        self._forward = forward
        self._tokens = tokens
        self._audit = audit
        self._policies = policies
        self._approvals = approvals

    async def call(self, asked: Asked) -> ToolResult:
        """Call a tool.

        Raises:
            UnknownTool: There is none of that name, or the tenant has switched it off.
            InvalidArguments: The arguments do not fit; names each field.
            ToolBlocked: A policy never lets the tool run.
            ApprovalRequired: A person has to approve the request first.
            ApprovalNotShowable: Each of several changes is to be approved, and the call has no key.
            ScopesRequired: Its endpoint wants scopes that the connection lacks.
            ToolChanged: Its endpoint has another definition than a person accepted.
            ToolRefused: The provider refused, or the tool itself.
            ToolAnswerUnexpected: The provider's answer has another form than the tool reads.
            GatewayError: What ``TokenService.get`` and ``Forward.call`` raise.
        """
        line = _Line(asked)
        try:
            result = await self._call(asked, line)
        except BaseException as error:
            line.outcome = _outcome_of(error)
            if isinstance(error, GatewayError):
                error.tool = line.tool
            raise
        else:
            line.outcome = OK
            return result
        finally:
            self._write(line)

    async def _call(self, asked: Asked, line: _Line) -> ToolResult:
        tools = await self._registry.of(asked.tenant, asked.user)
        tool = tools.tool(asked.tool)
        if is_of_account(tool):
            asked, tool = await self._of_account(asked, tool)
        verdict = (await self._policies.decide(asked.tenant, asked.user, [tool]))[tool.name]
        if not verdict.is_enabled:
            raise UnknownTool(asked.tool)
        line.found(tool)
        args = arguments_of(tool, asked.arguments)
        if verdict.decision == "block":
            raise ToolBlocked
        gate = None
        if verdict.decision == "ask":
            has_several = tool.changes > 1
            if has_several and asked.key is None:
                raise ApprovalNotShowable(_KEY_NEEDED)
            gate = self._approvals.gate(
                AskedCall(
                    tool=tool,
                    arguments=asked.arguments,
                    tenant=asked.tenant,
                    user=asked.user,
                    owner=asked.owner,
                    project=asked.project,
                    key_id=asked.key_id,
                    approval=asked.approval,
                    wait_seconds=asked.wait_seconds,
                    verdict=verdict,
                    goes_on=has_several,
                )
            )
        context = CallContext(asked, tool, forward=self._forward, tokens=self._tokens, gate=gate)
        line.context = context
        for need in tool.needs:
            line.used(await context.connection(need.connector))
        try:
            result = await _run(tool, asked, args, context)
        except DefinitionChanged as error:
            await self._registry.changed(asked.tenant, tool, error.definition)
            raise ToolChanged from None
        except ScopesWanted as error:
            raise await self._lacking(asked, tool, context, error.scopes) from None
        except ToolFailed as error:
            raise ToolRefused(
                error.code, clean_text(error.message, MAX_MESSAGE) or "refused", error.status
            ) from None
        return result

    async def _lacking(
        self, asked: Asked, tool: Tool, context: CallContext, scopes: tuple[str, ...]
    ) -> GatewayError:
        """Return the error for a call whose connection lacks scopes that the endpoint wants."""
        connector = tool.connectors[0]
        used = (await context.connection(connector)).connection
        lacking = tuple(each for each in scopes if each not in used.granted_scopes)
        can_ask = lacking and used.method is Method.OAUTH2
        if can_ask and await self._registry.wanted(asked.tenant, tool, lacking):
            return ScopesRequired(connector, used.id, lacking)
        # It was granted all of that: to ask the person again would not help.
        said = f"the server wants the scopes: {' '.join(scopes)}"
        return ToolRefused("insufficient_scope", clean_text(said, MAX_MESSAGE), 403)

    async def _of_account(self, asked: Asked, tool: Tool) -> tuple[Asked, Tool]:
        """Return the tool of the account that a call is for, and the call for exactly that one.

        Raises ``UnknownTool`` if the account has none of that name.
        """
        used = await CallContext(
            asked, tool, forward=self._forward, tokens=self._tokens
        ).connection(tool.connectors[0])
        account = used.connection.id
        place = "" if used.connection.owner == PLATFORM else account
        found = await self._registry.find(asked.tenant, asked.user, asked.tool, place)
        return replace(asked, account=account), found

    def _write(self, line: _Line) -> None:
        self._audit.note(
            Action.TOOL_CALLED,
            tenant=line.asked.tenant,
            user=line.asked.user,
            outcome=line.outcome,
            connector=line.connector,
            connection=line.connection,
            owner=line.owner,
            subject=line.tool or None,
            details=line.details(),
        )


class _Line:
    """What the audit says about a call."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.outcome = ""
        self.tool = ""
        """Its name: only one that exists, because a caller may put anything there."""
        self.connector: str | None = None
        self.connection: str | None = None
        self.owner: str | None = None
        self.context: CallContext | None = None
        self._names: list[str] = []

    def found(self, tool: Tool) -> None:
        """Note the tool, and which of its arguments were given."""
        self.tool, self.connector = tool.name, tool.connectors[0]
        known = tool.input_schema.get("properties", {})
        self._names = sorted(name for name in self.asked.arguments if name in known)[:MAX_NAMES]

    def used(self, issued: IssuedToken) -> None:
        """Note the connection, of the first connector."""
        if self.connection is None:
            self.connection = issued.connection.id
            self.owner = kind_of(issued.connection.owner)

    def details(self) -> dict[str, Any]:
        """Return the names of the arguments, and the tool's own notes."""
        notes = [] if self.context is None else self.context.notes
        return {"arguments": self._names} | ({"notes": notes} if notes else {})


def arguments_of(tool: Tool, given: Mapping[str, Any]) -> Args | None:
    """Return the arguments of a tool; raise ``InvalidArguments``, which names each field.

    ``None``: they are used as they were given.
    """
    if isinstance(tool.definition, IntegrationTool):
        tool.definition.check(tool.input_schema, given)
        return None
    return arguments_in(tool.definition.args, tool.input_schema, given)


def arguments_in(model: type[M], schema: Mapping[str, Any], given: Mapping[str, Any]) -> M:
    """Return the arguments of a model with this schema; raise ``InvalidArguments``."""
    try:
        return model.model_validate(dict(given))
    except ValidationError as error:
        # Never the value itself: the problem may be logged.
        found = error.errors(include_input=False, include_url=False, include_context=False)
        known = frozenset(_names(schema))
        problems = [(_place(each["loc"], known), each["msg"]) for each in found[:MAX_PROBLEMS]]
    except RecursionError:
        problems = [("arguments", "nested too deeply")]
    raise InvalidArguments(tuple(problems))


def _names(schema: Any) -> Iterator[str]:
    """Yield the names of all members in a schema."""
    if isinstance(schema, Mapping):
        yield from schema.get("properties", {})
        for value in schema.values():
            yield from _names(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _names(value)


def _place(loc: tuple[int | str, ...], known: frozenset[str]) -> str:
    """Name the place of a problem, down to a name that the caller chose: it may be a secret."""
    parts: list[str] = []
    for part in loc:
        if not isinstance(part, int) and part not in known:
            parts.append("(unknown)")
            break
        parts.append(str(part))
    return ".".join(parts) or "arguments"


async def _run(tool: Tool, asked: Asked, args: Args | None, context: CallContext) -> ToolResult:
    definition = tool.definition
    if isinstance(definition, IntegrationTool):
        result = await _run_integration(tool, definition, asked, context)
    elif args is None:
        raise TypeError(f"{tool.name} has no arguments")
    elif isinstance(definition, HttpTool):
        result = await _run_http(tool, definition, args, context)
    elif isinstance(definition, FunctionTool):
        result = bounded(await _run_function(tool, definition, args, context))
    else:
        raise TypeError(f"{tool.name} is neither a request nor a function")
    cost = "; ".join(dict.fromkeys(context.costs)) or None
    return ToolResult(result=result.result, truncated=result.truncated, next=result.next, cost=cost)


async def _run_integration(
    tool: Tool, definition: IntegrationTool, asked: Asked, context: CallContext
) -> ToolResult:
    try:
        ran = await definition.run(definition.call, asked.arguments, context.send)
    except (GatewayError, ToolFailed, DefinitionChanged, ScopesWanted):
        raise
    except Exception as error:
        # Its text may hold what the caller or the other side wrote.
        _log.error("integration_broken", tool=tool.name, error=type(error).__name__)
        raise ToolAnswerUnexpected from None
    result = bounded_result(ran.result)
    return replace(result, truncated=result.truncated or ran.truncated)


async def _run_http(
    tool: Tool, definition: HttpTool, args: Args, context: CallContext
) -> ToolResult:
    request = request_of(definition, args)
    is_form = definition.body_format == "form"
    answer = await context.fetch(
        tool.connectors[0],
        request.method,
        request.path,
        host=definition.host,
        query=request.query,
        headers=request.headers,
        json=None if is_form else request.body,
        form=form_of(request.body) if is_form and request.body is not None else None,
        reads=definition.effect == "read",
    )
    return read_result(definition, answer)


async def _run_function(
    tool: Tool, definition: FunctionTool, args: Args, context: CallContext
) -> Output:
    try:
        output = await definition.function(args, context)
    except (GatewayError, ToolFailed):
        raise
    except (ValidationError, LookupError) as error:
        # It read an answer that is not what it expects.
        _log.warning("tool_answer_unexpected", tool=tool.name, error=type(error).__name__)
        raise ToolAnswerUnexpected from None
    except Exception as error:
        # Its text may hold what the user typed.
        _log.error("tool_broken", tool=tool.name, error=type(error).__name__)
        raise ToolRefused("tool_broken", "the tool itself failed") from None
    if not isinstance(output, definition.output):
        _log.error("tool_broken", tool=tool.name, error="another result than it declares")
        raise ToolRefused("tool_broken", "the tool itself failed")
    return output


def _outcome_of(error: BaseException) -> str:
    return code_of(error) if isinstance(error, Exception) else "cancelled"
