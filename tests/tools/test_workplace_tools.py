"""What is special about the tools of the workplace connectors, on the wire."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.tooling import FunctionTool, ToolFailed
from connectors.tools.atlassian import document, plain_text
from tests.tools.face_to_face import FILLED, Bench, tools_of

CONNECTORS = (
    "airtable",
    "atlassian",
    "figma",
    "hubspot",
    "intercom",
    "linear",
    "microsoft",
    "notion",
    "slack",
    "zendesk",
)
TEAM = "7ea80000-0000-4000-8000-000000000001"
NAUGHTY = 'x" }) { success } } mutation { issueDelete(id: "ENG-1") { success } } # \\" $id {'
PAGED = [
    (connector, name)
    for connector in CONNECTORS
    for name, tool in tools_of(connector).items()
    if isinstance(tool, FunctionTool) or tool.pages is not None
    if any(tool.args.model_fields.keys() & {"cursor", "start_cursor"})
    if name != "airtable_list_bases"  # a call cannot choose how many it reads
]
ONE_PAGE = {"outlook_search_messages", "onedrive_search_files", "todo_list_lists"}
"""Lists whose size cannot be chosen, or whose example finds one thing."""


def scopes_of(connector: str, name: str) -> list[str]:
    return [scope for need in tools_of(connector)[name].needs for scope in need.scopes]  # type: ignore[union-attr]


async def test_the_text_of_a_caller_never_becomes_a_part_of_a_graphql_document() -> None:
    linear = Bench("linear", ["issues:create", "read"])
    made = await linear.call("linear_create_issue", team_id=TEAM, title=NAUGHTY, body=NAUGHTY)
    first = linear.body["query"]
    assert linear.body["variables"]["input"]["title"] == NAUGHTY
    await linear.call("linear_create_issue", team_id=TEAM, title="Other")
    assert linear.body["query"] == first
    read = await linear.call("linear_get_issue", issue=made.result["issue"]["identifier"])
    assert read.result["issue"]["title"] == read.result["issue"]["description"] == NAUGHTY
    assert (await linear.call("linear_search_issues", query=NAUGHTY)).result["issues"]


async def test_an_error_inside_a_graphql_success_is_a_failure_with_its_message() -> None:
    linear = Bench("linear", ["read"])
    with pytest.raises(ToolFailed, match="Could not find referenced Issue") as failed:
        await linear.call("linear_get_issue", issue="ENG-99")
    assert failed.value.status == 200


async def test_a_false_ok_inside_a_success_of_slack_is_a_failure_with_its_code() -> None:
    slack = Bench("slack", ["chat:write"])
    with pytest.raises(ToolFailed) as failed:
        await slack.call("slack_send_message", channel="C0NOWHERE", text="Hello")
    assert (failed.value.code, failed.value.status) == ("channel_not_found", 200)
    assert not slack.effects


async def test_a_missing_scope_is_a_failure_of_slack_too() -> None:
    slack = Bench("slack", ["users:read"])
    with pytest.raises(ToolFailed) as failed:
        await slack.call("slack_list_channels")
    assert failed.value.code == "missing_scope"


async def test_a_description_for_jira_is_a_document_and_comes_back_as_text() -> None:
    jira = Bench("atlassian", ["read:jira-work", "write:jira-work"])
    text = "First line\nsecond line\n\nOther paragraph"
    made = await jira.call("jira_create_issue", project="ENG", summary="Plan", description=text)
    sent = jira.body["fields"]["description"]
    assert (sent["type"], sent["version"]) == ("doc", 1)
    assert [block["type"] for block in sent["content"]] == ["paragraph", "paragraph"]
    assert [node["type"] for node in sent["content"][0]["content"]] == ["text", "hardBreak", "text"]
    await jira.call("jira_add_comment", issue=made.result["key"], text="Seen")
    read = await jira.call("jira_get_issue", issue=made.result["key"])
    assert read.result["description"] == text
    assert [each["body"] for each in read.result["comments"]] == ["Seen"]


@pytest.mark.parametrize("text", ["", "\n\n", "a", "a\n\n\n\nb", "a\r\n\r\nb\n", " \n\na"])
def test_a_document_never_holds_an_empty_text(text: str) -> None:
    made = document(text)
    assert made is not None
    nodes = [node for block in made["content"] for node in block["content"]]
    assert all(node["text"] for node in nodes if node["type"] == "text")


def test_the_text_of_a_document_has_its_lists_and_mentions() -> None:
    words = {"type": "text", "text": "one"}
    item = {"type": "listItem", "content": [{"type": "paragraph", "content": [words]}]}
    mention = {"type": "mention", "attrs": {"id": "1", "text": "@Ana"}}
    tree = {
        "type": "doc",
        "content": [
            {"type": "paragraph", "content": [mention, {"type": "text", "text": " said"}]},
            {"type": "bulletList", "content": [item, item]},
        ],
    }
    assert plain_text(tree) == "@Ana said\n\n- one\n- one"


def test_a_document_that_is_too_deep_ends_and_does_not_fail() -> None:
    tree: dict[str, Any] = {"type": "text", "text": "far"}
    for _ in range(2000):
        tree = {"type": "blockquote", "content": [tree]}
    assert plain_text(tree) == ""


async def test_a_site_that_the_person_did_not_allow_is_not_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    jira = Bench("atlassian", ["read:jira-work"])
    await jira.call("jira_get_issue", issue="ENG-1")
    monkeypatch.setitem(FILLED, "metadata.cloud_id", "33333333-cccc-4000-8000-000000000302")
    with pytest.raises(ToolFailed) as failed:
        await jira.call("jira_get_issue", issue="ENG-1")
    assert failed.value.status == 404


async def test_words_for_mail_stay_inside_their_quotes() -> None:
    outlook = Bench("microsoft", ["Mail.Read"])
    await outlook.call("outlook_search_messages", query='in"voice" OR from:ben\\')
    sent = outlook.sent[-1].query
    assert sent.count("%22") == 2
    assert "orderby" not in sent


async def test_a_quote_in_the_words_for_a_file_is_doubled() -> None:
    drive = Bench("microsoft", ["Files.Read"])
    found = await drive.call("onedrive_search_files", query="o'clock")
    assert [item["name"] for item in found.result["items"]] == ["Ten o'clock.docx"]
    assert drive.sent[-1].sent_path.endswith("search(q='o%27%27clock')")


async def test_a_mail_is_sent_once_to_all_who_are_named() -> None:
    outlook = Bench("microsoft", ["Mail.Send"])
    await outlook.call(
        "outlook_send_message", to=["a@x.example", "b@x.example"], subject="Hi", body="Noon?"
    )
    to = [each["emailAddress"]["address"] for each in outlook.body["message"]["toRecipients"]]
    assert to == ["a@x.example", "b@x.example"]
    assert outlook.effects == ["mail_sent"]


async def test_long_text_for_notion_is_cut_into_pieces_that_it_takes() -> None:
    notion = Bench("notion")
    page = "59833787-2cf9-4fdf-8782-000000000001"
    await notion.call("notion_append_text", block_id=page, text="a" * 4500 + "\n\nb")
    sent = [block["paragraph"]["rich_text"] for block in notion.body["children"]]
    pieces = [[len(part["text"]["content"]) for part in block] for block in sent]
    assert pieces == [[2000, 2000, 500], [], [1]]
    read = await notion.call("notion_list_blocks", block_id=page)
    assert read.result["results"][-1]["text"] == "b"


async def test_an_internal_note_of_zendesk_is_not_public() -> None:
    zendesk = Bench("zendesk", ["read", "tickets:write"])
    await zendesk.call("zendesk_add_comment", ticket_id=35, body="He is angry", public=False)
    read = await zendesk.call("zendesk_list_comments", ticket_id=35)
    assert read.result["comments"][-1]["public"] is False
    assert read.result["comments"][-1]["body"] == "He is angry"


async def test_an_empty_cell_can_be_written() -> None:
    airtable = Bench("airtable", ["data.records:write"])
    record = {"base": "appSandboxCrm01", "table": "Deals", "record": "recSandboxDeal01"}
    with pytest.raises(ToolFailed, match="cannot accept"):
        await airtable.call("airtable_update_record", **record, cells={"Stage": None})
    assert airtable.body["fields"] == {"Stage": None}


@pytest.mark.parametrize(("connector", "name"), PAGED)
async def test_the_pages_of_a_list_are_all_its_things_once(connector: str, name: str) -> None:
    tool = tools_of(connector)[name]
    argument = next(iter(tool.args.model_fields.keys() & {"cursor", "start_cursor"}))
    size = next(iter(tool.args.model_fields.keys() & {"limit", "page_size", "count"}), None)
    bench = Bench(connector, scopes_of(connector, name))
    example = {key: value for key, value in tool.examples[0].items() if key != size}
    if name == "notion_search_pages":
        del example["query"]  # it finds one page
    whole = _things(await bench.call(name, **example))
    arguments, found, pages = {**example, **({size: 1} if size else {})}, [], 0
    while True:
        page = await bench.call(name, **arguments)
        found += _things(page)
        pages += 1
        after = page.next or page.result.get("next_cursor")
        if not after:
            break
        assert pages < 20
        arguments[argument] = after
    assert found == whole != []
    assert pages == (len(whole) if size else 1)
    assert pages > 1 or name in ONE_PAGE


def _things(page: Any) -> list[Any]:
    return next(value for value in page.result.values() if isinstance(value, list))


@pytest.mark.parametrize("connector", CONNECTORS)
async def test_each_provider_refuses_an_argument_it_does_not_know(connector: str) -> None:
    name, tool = next(
        (name, tool)
        for name, tool in tools_of(connector).items()
        if (not isinstance(tool, FunctionTool) and tool.method == "GET") or connector == "linear"
    )
    bench = Bench(connector, scopes_of(connector, name))
    await bench.call(name, **tool.examples[0])
    sent = bench.sent[-1]
    base = bench.sent[-1].sent_path.removeprefix(_base_path(bench))
    if connector == "linear":
        text = {"query": "{ teams(colour: 1) { nodes { id } } }"}
        answer = await bench.fetch(connector, "POST", base, json=text)
        assert "colour" in answer.text
        return
    headers = {k: v for k, v in sent.headers.items() if k not in ("authorization",)}
    if connector == "slack":
        answer = await bench.fetch(connector, "GET", base, query={"colour": "red"}, headers=headers)
        assert answer.json()["error"] == "invalid_arguments"
        return
    with pytest.raises(ToolFailed):
        await bench.fetch(connector, "GET", base, query={"colour": "red"}, headers=headers)
    assert "unknown parameter colour" in bench.ledger.log[-1]["description"]


def _base_path(bench: Bench) -> str:
    lengths = {"atlassian": "/ex/jira/33333333-cccc-4000-8000-000000000301"}
    path: str = bench.config.api_base_url.partition("://")[2].partition("/")[2]
    return lengths.get(bench.connector, f"/{path}" if path else "")
