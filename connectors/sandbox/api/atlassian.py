"""Jira Cloud's REST API, version 3, by developer.atlassian.com: issues, comments, projects.

A site is named by its cloud id in the path; a token opens those that the person allowed. JQL is
simulated as far as ``project = KEY``, ``status = "name"`` and ``text ~ "word"``, joined by AND.
"""

import re
from typing import Any

from connectors.provider import FictionalAccount
from connectors.provider_keys import Refusal
from connectors.simulated_api import Answer, Problem, Request, SimulatedApi, page_of, refuse

_NODE = {"type": str, "content?": list, "text?": str, "attrs?": dict, "marks?": list}
_DOCUMENT = {"type": {"doc"}, "version": {1}, "content": [_NODE]}
_ISSUE = {
    "project?": {"key?": str, "id?": str},
    "issuetype?": {"name?": str, "id?": str},
    "summary?": str,
    "description?": (_DOCUMENT, None),
    "labels?": [str],
    "priority?": {"name?": str, "id?": str},
    "assignee?": ({"accountId": str}, None),
    "parent?": {"key?": str, "id?": str},
    "duedate?": str,
}
_TERM = re.compile(r'(\w+)\s*(=|~|!=)\s*(?:"([^"]*)"|(\S+))')
_STEPS = {"11": "To Do", "21": "In Progress", "31": "Done"}
_INLINE = {"text", "hardBreak", "mention", "emoji", "date", "status", "inlineCard"}


def _state(account: FictionalAccount) -> dict[str, Any]:
    person = account.facts["person"]
    user = {"accountId": person["account_id"], "displayName": person["name"], "active": True}
    text = {"type": "text", "text": "It fails since noon."}
    body = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [text]}]}

    def issue(number: int, summary: str, kind: str) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "summary": summary,
            "status": {"id": "1", "name": "To Do"},
            "issuetype": {"id": "10001", "name": kind},
            "priority": {"id": "3", "name": "Medium"},
            "assignee": user if number == 1 else None,
            "project": {"id": "10000", "key": "ENG", "name": "Engineering"},
            "labels": [],
            "description": body if number == 1 else None,
            "created": "2026-01-05T09:00:00.000+0000",
            "updated": "2026-01-05T09:00:00.000+0000",
            "comment": {"comments": [], "total": 0, "maxResults": 0, "startAt": 0},
        }
        return {"id": str(10100 + number), "key": f"ENG-{number}", "fields": fields}

    issues = (issue(1, "Login fails", "Bug"), issue(2, "Write the manual", "Task"))
    return {
        "me": user,
        "issues": {each["key"]: each for each in issues},
        "projects": [
            {"id": "10000", "key": "ENG", "name": "Engineering", "projectTypeKey": "software"},
            {"id": "10001", "key": "ENGOPS", "name": "Operations", "projectTypeKey": "business"},
        ],
    }


def _refuse(problem: Problem) -> Refusal:
    if problem.kind == "scope":
        return Refusal(401, {"code": 401, "message": "Unauthorized; scope does not match"})
    errors = (
        {problem.kind: problem.message} if problem.kind in _ISSUE or problem.kind == "body" else {}
    )
    messages = [] if errors else [problem.message]
    return Refusal(problem.status, {"errorMessages": messages, "errors": errors})


API = SimulatedApi("atlassian", base="api.atlassian.com", state=_state, refuse=_refuse)
_JIRA = "/ex/jira/{cloud_id}/rest/api/3"


def _site(call: Request) -> None:
    """Refuse a site that the person did not allow, or that is another's."""
    sites = {"acme": 301, "globex": 302, "umbrella": 303}
    numbers = {sites[name] for name, _ in call.account.facts["sites"]}
    if call.path["cloud_id"] not in {f"33333333-cccc-4000-8000-000000000{n}" for n in numbers}:
        refuse("not_found", "Site temporarily unavailable or not found")


def _issue(call: Request) -> Any:
    _site(call)
    for issue in call.state["issues"].values():
        if call.path["issue"] in (issue["key"], issue["id"]):
            return issue
    return refuse("not_found", "Issue does not exist or you do not have permission to see it.")


def _shown(issue: dict[str, Any], fields: str) -> dict[str, Any]:
    names = fields.split(",")
    everything = "*all" in names or names == [""]
    shown = {name: v for name, v in issue["fields"].items() if everything or name in names}
    link = f"https://api.atlassian.com/ex/jira/x/rest/api/3/issue/{issue['id']}"
    return {**issue, "self": link, "fields": shown}


def _document(value: Any) -> None:
    """Refuse what is no document: blocks hold inline nodes, and text is never empty."""
    for block in value["content"]:
        if block["type"] in _INLINE:
            refuse("body", "INVALID_INPUT")
        for node in block.get("content", ()):
            if not isinstance(node, dict) or (node.get("type") == "text" and not node.get("text")):
                refuse("body", "INVALID_INPUT")


@API.route(
    f"GET {_JIRA}/search/jql",
    scopes="read:jira-work",
    query={
        "jql?": str,
        "nextPageToken?": str,
        "maxResults?": int,
        "fields?": str,
        "expand?": str,
        "fieldsByKeys?": bool,
    },
)
def search(call: Request) -> Any:
    _site(call)
    jql = call.query.get("jql", "")
    terms = _TERM.findall(jql)
    if not terms or not jql.strip():
        refuse("parameters", "Unbounded JQL queries are not allowed here.")
    found = list(call.state["issues"].values())
    for name, operator, quoted, word in terms:
        wanted = (quoted or word).lower()
        found = [each for each in found if _holds(each["fields"], name.lower(), operator, wanted)]
    size = call.query.get("maxResults", 50)
    issues, after = page_of(found, call.query.get("nextPageToken"), size)
    shown = [_shown(each, call.query.get("fields", "id")) for each in issues]
    return {"issues": shown, "isLast": after is None, **({"nextPageToken": after} if after else {})}


def _holds(fields: dict[str, Any], name: str, operator: str, wanted: str) -> bool:
    known = {
        "project": fields["project"]["key"],
        "status": fields["status"]["name"],
        "text": fields["summary"],
    }
    if name not in known:
        refuse("parameters", f"Field '{name}' does not exist or you do not have permission.")
    value = known[name].lower()
    return wanted in value if operator == "~" else (value == wanted) == (operator == "=")


@API.route(
    f"GET {_JIRA}/issue/{{issue}}",
    scopes="read:jira-work",
    query={"fields?": str, "expand?": str, "properties?": str, "updateHistory?": bool},
)
def get_issue(call: Request) -> Any:
    return _shown(_issue(call), call.query.get("fields", "*all"))


@API.route(
    f"POST {_JIRA}/issue",
    scopes="write:jira-work",
    body={"fields": _ISSUE, "update?": dict},
    effect="issue_created",
)
def create_issue(call: Request) -> Any:
    _site(call)
    asked = dict(call.body["fields"])
    for name in ("project", "issuetype", "summary"):
        if not asked.get(name):
            refuse(name, "Specify a value")
    keys = {each["key"]: each for each in call.state["projects"]}
    if asked["project"].get("key") not in keys:
        refuse("project", "valid project is required")
    if asked["issuetype"].get("name") not in ("Task", "Bug", "Story"):
        refuse("issuetype", "Specify a valid issue type")
    _checked(asked)
    number = call.new_id()
    issue = {"id": f"1{number}", "key": f"{asked['project']['key']}-{number}"}
    defaults: dict[str, Any] = {
        "status": {"id": "1", "name": "To Do"},
        "priority": {"name": "Medium"},
        "assignee": None,
        "labels": [],
        "description": None,
        "created": call.moment(),
        "updated": call.moment(),
        "comment": {"comments": [], "total": 0, "maxResults": 0, "startAt": 0},
    }
    fields = {**defaults, **asked, "project": keys[asked["project"]["key"]]}
    call.state["issues"][issue["key"]] = {**issue, "fields": fields}
    link = f"https://api.atlassian.com/ex/jira/x/rest/api/3/issue/{issue['id']}"
    return Answer(201, {**issue, "self": link})


def _checked(asked: dict[str, Any]) -> None:
    if asked.get("description") is not None:
        _document(asked["description"])
    if any(" " in label for label in asked.get("labels", ())):
        refuse("labels", "The label must not contain spaces.")
    if "\n" in asked.get("summary", ""):
        refuse("summary", "The summary is invalid because it contains newline characters.")


@API.route(
    f"PUT {_JIRA}/issue/{{issue}}",
    scopes="write:jira-work",
    query={"notifyUsers?": bool, "returnIssue?": bool},
    body={"fields?": _ISSUE, "update?": dict},
    effect="issue_updated",
)
def update_issue(call: Request) -> Any:
    issue, asked = _issue(call), call.body.get("fields", {})
    _checked(asked)
    issue["fields"].update(asked, updated=call.moment())
    return Answer(204)


@API.route(
    f"POST {_JIRA}/issue/{{issue}}/comment",
    scopes="write:jira-work",
    query={"expand?": str},
    body={"body": _DOCUMENT, "visibility?": dict},
    effect="comment_created",
)
def add_comment(call: Request) -> Any:
    issue = _issue(call)
    _document(call.body["body"])
    made = {"id": call.new_id(), "author": call.state["me"], "body": call.body["body"]}
    made |= {"created": call.moment(), "updated": call.moment()}
    issue["fields"]["comment"]["comments"].append(made)
    return Answer(201, made)


@API.route(
    f"GET {_JIRA}/issue/{{issue}}/transitions",
    scopes="read:jira-work",
    query={"expand?": str, "transitionId?": str},
)
def list_transitions(call: Request) -> Any:
    now = _issue(call)["fields"]["status"]["name"]
    steps = [
        {"id": key, "name": name, "to": {"id": key, "name": name}, "isAvailable": True}
        for key, name in _STEPS.items()
        if name != now
    ]
    return {"transitions": steps}


@API.route(
    f"POST {_JIRA}/issue/{{issue}}/transitions",
    scopes="write:jira-work",
    body={"transition": {"id": str}, "fields?": dict, "update?": dict},
    effect="issue_transitioned",
)
def transition(call: Request) -> Any:
    issue = _issue(call)
    if call.body["transition"]["id"] not in _STEPS:
        refuse("parameters", "It is not on the appropriate state")
    issue["fields"]["status"] = {"id": "2", "name": _STEPS[call.body["transition"]["id"]]}
    return Answer(204)


@API.route(
    f"GET {_JIRA}/project/search",
    scopes="read:jira-work",
    query={"startAt?": int, "maxResults?": int, "query?": str, "orderBy?": str, "expand?": str},
)
def list_projects(call: Request) -> Any:
    _site(call)
    word = call.query.get("query", "").lower()
    found = [
        each
        for each in call.state["projects"]
        if word in each["key"].lower() or word in each["name"].lower()
    ]
    start, size = call.query.get("startAt", 0), call.query.get("maxResults", 50)
    values = found[start : start + size]
    counts = {"startAt": start, "maxResults": size, "total": len(found)}
    return {**counts, "isLast": start + size >= len(found), "values": values}
