"""The tools, prompts and resources that the official conformance suite asks for by name."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any

import mcp_types as types
from mcp.server.lowlevel.server import Server
from mcp.server.subscriptions import PromptsListChanged, ToolsListChanged
from mcp.shared.exceptions import MCPError
from mcp.shared.message import ServerMessageMetadata
from mcp_types import INVALID_PARAMS, MISSING_REQUIRED_CLIENT_CAPABILITY
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from gateway.mcp.context import Context
from gateway.mcp.relay import Relay

PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJg"
    "gg=="
)
WAV = base64.b64encode(b"RIFF$\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0D\xac\0\0\x88X\x01\0").decode()
NAME = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
DEFAULTS = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "default": "John Doe"},
        "age": {"type": "integer", "default": 30},
        "score": {"type": "number", "default": 95.5},
        "status": {
            "type": "string",
            "enum": ["active", "inactive", "pending"],
            "default": "active",
        },
        "verified": {"type": "boolean", "default": True},
    },
}
_THREE = ["option1", "option2", "option3"]
_TITLED = [
    {"const": f"value{number}", "title": title}
    for number, title in enumerate(("First Option", "Second Option", "Third Option"), 1)
]
ENUMS = {
    "type": "object",
    "properties": {
        "untitledSingle": {"type": "string", "enum": _THREE},
        "titledSingle": {"type": "string", "oneOf": _TITLED},
        "legacyEnum": {
            "type": "string",
            "enum": ["opt1", "opt2", "opt3"],
            "enumNames": ["Option One", "Option Two", "Option Three"],
        },
        "untitledMulti": {"type": "array", "items": {"type": "string", "enum": _THREE}},
        "titledMulti": {"type": "array", "items": {"anyOf": _TITLED}},
    },
}
USER = {
    "type": "object",
    "properties": {
        "username": {"type": "string", "description": "User's response"},
        "email": {"type": "string", "description": "User's email address"},
    },
    "required": ["username", "email"],
}

Answer = types.CallToolResult | types.InputRequiredResult


def text(said: str) -> types.TextContent:
    return types.TextContent(text=said)


def said(value: str) -> types.CallToolResult:
    return types.CallToolResult(content=[text(value)])


def image() -> types.ImageContent:
    return types.ImageContent(data=PNG, mime_type="image/png")


def embedded(uri: str, kind: str, value: str) -> types.EmbeddedResource:
    return types.EmbeddedResource(
        resource=types.TextResourceContents(uri=uri, mime_type=kind, text=value)
    )


async def simple_text(context: Context, params: Any) -> Answer:
    return said("This is a simple text response for testing.")


async def image_content(context: Context, params: Any) -> Answer:
    return types.CallToolResult(content=[image()])


async def audio_content(context: Context, params: Any) -> Answer:
    return types.CallToolResult(content=[types.AudioContent(data=WAV, mime_type="audio/wav")])


async def embedded_resource(context: Context, params: Any) -> Answer:
    content = embedded(
        "test://embedded-resource", "text/plain", "This is an embedded resource content."
    )
    return types.CallToolResult(content=[content])


async def multiple_content_types(context: Context, params: Any) -> Answer:
    mixed = json.dumps({"test": "data", "value": 123})
    return types.CallToolResult(
        content=[
            text("Multiple content types test:"),
            image(),
            embedded("test://mixed-content-resource", "application/json", mixed),
        ]
    )


async def tool_with_logging(context: Context, params: Any) -> Answer:
    if context.protocol_version not in MODERN_PROTOCOL_VERSIONS:  # there it is asked for
        for line in ("started", "processing data", "completed"):
            await context.session.send_notification(
                types.LoggingMessageNotification(
                    params=types.LoggingMessageNotificationParams(
                        level="info", data=f"Tool execution {line}"
                    )
                ),
                related_request_id=context.request_id,
            )
            await asyncio.sleep(0.05)
    return said("Logged.")


async def error_handling(context: Context, params: Any) -> Answer:
    return types.CallToolResult(
        content=[text("This tool intentionally returns an error for testing")], is_error=True
    )


async def tool_with_progress(context: Context, params: Any) -> Answer:
    for done in (0, 50, 100):
        await context.session.report_progress(done, 100)
        await asyncio.sleep(0.05)
    return said("Done.")


async def ask(context: Context, request: Any, result: Any) -> Any:
    """Ask the client while it waits: only a revision with a handshake can."""
    meta = ServerMessageMetadata(related_request_id=context.request_id)
    return await context.session.send_request(request, result, metadata=meta)


def form(message: str, schema: dict[str, Any]) -> types.ElicitRequest:
    return types.ElicitRequest(
        params=types.ElicitRequestFormParams(message=message, requested_schema=schema)
    )


def sampling(prompt: str, most: int = 100) -> types.CreateMessageRequest:
    message = types.SamplingMessage(role="user", content=text(prompt))
    return types.CreateMessageRequest(
        params=types.CreateMessageRequestParams(messages=[message], max_tokens=most)
    )


async def sample(context: Context, params: Any) -> Answer:
    found = await ask(context, sampling(params.arguments["prompt"]), types.CreateMessageResult)
    return said(f"LLM response: {found.content.text}")


def _elicits(message: str | None, schema: dict[str, Any], words: str) -> Any:
    async def run(context: Context, params: Any) -> Answer:
        shown = message or params.arguments["message"]
        found = await ask(context, form(shown, schema), types.ElicitResult)
        return said(f"{words}: action={found.action}, content={json.dumps(found.content)}")

    return run


def _input(requests: dict[str, Any], state: str | None = None) -> types.InputRequiredResult:
    return types.InputRequiredResult(input_requests=requests, request_state=state)


def _given(params: Any, key: str) -> dict[str, Any] | None:
    responses = params.input_responses or {}
    value = responses.get(key)
    if value is None:
        return None
    found: dict[str, Any] = value.model_dump(by_alias=True)
    return found


async def input_elicitation(context: Context, params: Any) -> Answer:
    given = _given(params, "user_name")
    if given is None:
        return _input({"user_name": form("What is your name?", NAME)})
    return said(f"Hello, {given['content']['name']}!")


async def input_sampling(context: Context, params: Any) -> Answer:
    given = _given(params, "capital_question")
    if given is None:
        return _input({"capital_question": sampling("What is the capital of France?")})
    return said(json.dumps(given))


async def input_roots(context: Context, params: Any) -> Answer:
    given = _given(params, "client_roots")
    if given is None:
        return _input({"client_roots": types.ListRootsRequest()})
    return said(json.dumps(given, default=str))


async def input_state(context: Context, params: Any) -> Answer:
    schema = {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]}
    if params.request_state is None or _given(params, "confirm") is None:
        return _input({"confirm": form("Please confirm", schema)}, "first")
    return said("state-ok" if params.request_state == "first" else "state-lost")


async def input_multiple(context: Context, params: Any) -> Answer:
    keys = ("user_name", "greeting", "client_roots")
    if params.request_state is None or any(_given(params, key) is None for key in keys):
        return _input(
            {
                "user_name": form("What is your name?", NAME),
                "greeting": sampling("Generate a greeting", 50),
                "client_roots": types.ListRootsRequest(),
            },
            "all",
        )
    return said("Thank you.")


async def input_rounds(context: Context, params: Any) -> Answer:
    color = {"type": "object", "properties": {"color": {"type": "string"}}, "required": ["color"]}
    if params.request_state is None:
        return _input({"step1": form("Step 1: What is your name?", NAME)}, "one")
    if params.request_state == "one":
        return _input({"step2": form("Step 2: What is your favorite color?", color)}, "two")
    return said("Done.")


async def input_capabilities(context: Context, params: Any) -> Answer:
    can = context.session.client_capabilities
    requests: dict[str, Any] = {}
    if can is not None and can.sampling is not None:
        requests["greeting"] = sampling("Generate a greeting")
    if can is not None and can.elicitation is not None:
        requests["user_name"] = form("What is your name?", NAME)
    return _input(requests, "asked")


async def missing_capability(context: Context, params: Any) -> Answer:
    can = context.session.client_capabilities
    if can is None or can.sampling is None:
        data: dict[str, Any] = {"requiredCapabilities": {"sampling": {}}}
        raise MCPError(MISSING_REQUIRED_CLIENT_CAPABILITY, "sampling is needed", data)
    return said("It is there.")


async def streaming_elicitation(context: Context, params: Any) -> Answer:
    return _input({"user_name": form("What is your name?", NAME)})


Run = Callable[[Context, Any], Awaitable[Answer]]
TOOLS: dict[str, Run] = {
    "test_simple_text": simple_text,
    "test_image_content": image_content,
    "test_audio_content": audio_content,
    "test_embedded_resource": embedded_resource,
    "test_multiple_content_types": multiple_content_types,
    "test_tool_with_logging": tool_with_logging,
    "test_logging_tool": tool_with_logging,
    "test_error_handling": error_handling,
    "test_tool_with_progress": tool_with_progress,
    "test_sampling": sample,
    "test_elicitation": _elicits(None, USER, "User response"),
    "test_elicitation_sep1034_defaults": _elicits("Defaults", DEFAULTS, "Elicitation completed"),
    "test_elicitation_sep1330_enums": _elicits("Enums", ENUMS, "Elicitation completed"),
    "test_input_required_result_elicitation": input_elicitation,
    "test_input_required_result_sampling": input_sampling,
    "test_input_required_result_list_roots": input_roots,
    "test_input_required_result_request_state": input_state,
    "test_input_required_result_multiple_inputs": input_multiple,
    "test_input_required_result_multi_round": input_rounds,
    "test_input_required_result_tampered_state": input_state,
    "test_input_required_result_capabilities": input_capabilities,
    "test_missing_capability": missing_capability,
    "test_streaming_elicitation": streaming_elicitation,
}
PROMPTS = [
    types.Prompt(name="test_simple_prompt", description="Without arguments."),
    types.Prompt(
        name="test_prompt_with_arguments",
        description="With two arguments.",
        arguments=[
            types.PromptArgument(name=name, description=name, required=True)
            for name in ("arg1", "arg2")
        ],
    ),
    types.Prompt(
        name="test_prompt_with_embedded_resource",
        description="With a resource.",
        arguments=[types.PromptArgument(name="resourceUri", description="URI", required=True)],
    ),
    types.Prompt(name="test_prompt_with_image", description="With an image."),
    types.Prompt(name="test_input_required_result_prompt", description="Asks first."),
]


async def get_prompt(context: Context, params: Any) -> Any:
    """Every prompt of the suite."""
    given = params.arguments or {}
    simple: list[Any] = [text("This is a simple prompt for testing.")]
    contents: dict[str, list[Any]] = {
        "test_simple_prompt": simple,
        "test_prompt_with_arguments": [
            text(f"Prompt with arguments: arg1='{given.get('arg1')}', arg2='{given.get('arg2')}'")
        ],
        "test_prompt_with_embedded_resource": [
            embedded(
                given.get("resourceUri", ""), "text/plain", "Embedded resource content for testing."
            ),
            text("Please process the embedded resource above."),
        ],
        "test_prompt_with_image": [image(), text("Please analyze the image above.")],
    }
    if params.name == "test_input_required_result_prompt":
        asked = _given(params, "user_context")
        if asked is None:
            schema = {
                "type": "object",
                "properties": {"context": {"type": "string"}},
                "required": ["context"],
            }
            return _input({"user_context": form("What context should the prompt use?", schema)})
        contents[params.name] = [text(json.dumps(asked))]
    if params.name not in contents:
        raise MCPError(INVALID_PARAMS, f"Unknown prompt: {params.name}")
    return types.GetPromptResult(
        messages=[
            types.PromptMessage(role="user", content=content) for content in contents[params.name]
        ]
    )


RESOURCES = [
    types.Resource(
        uri="test://static-text", name="Static text", description="Text", mime_type="text/plain"
    ),
    types.Resource(
        uri="test://static-binary", name="Binary", description="An image", mime_type="image/png"
    ),
    types.Resource(
        uri="test://watched-resource", name="Watched", description="Text", mime_type="text/plain"
    ),
]
TEMPLATE = types.ResourceTemplate(
    uri_template="test://template/{id}/data",
    name="Template",
    description="Data of an id",
    mime_type="application/json",
)


def resource(uri: str) -> Any:
    """The contents of a resource of the suite; ``None`` for others."""
    if uri in {"test://static-text", "test://watched-resource"}:
        static = "This is the content of the static text resource."
        return types.TextResourceContents(uri=uri, mime_type="text/plain", text=static)
    if uri == "test://static-binary":
        return types.BlobResourceContents(uri=uri, mime_type="image/png", blob=PNG)
    if uri.startswith("test://template/") and uri.endswith("/data"):
        name = uri.removeprefix("test://template/").removesuffix("/data")
        data = {"id": name, "templateTest": True, "data": f"Data for ID: {name}"}
        return types.TextResourceContents(
            uri=uri, mime_type="application/json", text=json.dumps(data)
        )
    return None


def extend(server: Server[Any], relay: Relay) -> None:
    """Add everything to the product's server; what it has of its own stays."""

    def own(method: str) -> Any:
        entry = server.get_request_handler(method)
        assert entry is not None
        return entry.handler

    list_tools, call_tool = own("tools/list"), own("tools/call")
    list_resources, read_resource = own("resources/list"), own("resources/read")

    async def tools(context: Context, params: Any) -> Any:
        found = await list_tools(context, params)
        if params is None or params.cursor is None:
            for name in (*TOOLS, "test_trigger_tool_change", "test_trigger_prompt_change"):
                needs = {"test_sampling": "prompt", "test_elicitation": "message"}.get(name)
                schema: dict[str, Any] = {"type": "object"}
                if needs is not None:
                    schema |= {"properties": {needs: {"type": "string"}}, "required": [needs]}
                found.tools.append(types.Tool(name=name, description=name, input_schema=schema))
        return found

    async def call(context: Context, params: Any) -> Any:
        if params.name == "test_trigger_tool_change":
            relay._subscriptions.tell(ToolsListChanged(), lambda tenant: True)
            return said("Changed.")
        if params.name == "test_trigger_prompt_change":
            relay._subscriptions.tell(PromptsListChanged(), lambda tenant: True)
            return said("Changed.")
        run = TOOLS.get(params.name)
        return await (call_tool if run is None else run)(context, params)

    async def resources(context: Context, params: Any) -> Any:
        found = await list_resources(context, params)
        if params is None or params.cursor is None:
            found.resources.extend(RESOURCES)
        return found

    async def read(context: Context, params: Any) -> Any:
        found = resource(params.uri)
        if found is None:
            return await read_resource(context, params)
        return types.ReadResourceResult(contents=[found])

    async def templates(context: Context, params: Any) -> Any:
        return types.ListResourceTemplatesResult(resource_templates=[TEMPLATE])

    async def prompts(context: Context, params: Any) -> Any:
        return types.ListPromptsResult(prompts=PROMPTS)

    async def complete(context: Context, params: Any) -> Any:
        values = ["paris", "park", "party"]
        return types.CompleteResult(completion=types.Completion(values=values, has_more=False))

    async def nothing(context: Context, params: Any) -> Any:
        return types.EmptyResult()

    paged = types.PaginatedRequestParams
    server.add_request_handler("tools/list", paged, tools)
    server.add_request_handler("tools/call", types.CallToolRequestParams, call)
    server.add_request_handler("resources/list", paged, resources)
    server.add_request_handler("resources/read", types.ReadResourceRequestParams, read)
    server.add_request_handler("resources/templates/list", paged, templates)
    server.add_request_handler("resources/subscribe", types.SubscribeRequestParams, nothing)
    server.add_request_handler("resources/unsubscribe", types.UnsubscribeRequestParams, nothing)
    server.add_request_handler("prompts/list", paged, prompts)
    server.add_request_handler("prompts/get", types.GetPromptRequestParams, get_prompt)
    server.add_request_handler("completion/complete", types.CompleteRequestParams, complete)
    server.add_request_handler("logging/setLevel", types.SetLevelRequestParams, nothing)
