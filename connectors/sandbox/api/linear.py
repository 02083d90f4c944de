"""Linear's GraphQL API, by its schema (linear/linear, packages/sdk/src/schema.graphql).

A failure is HTTP 200 with ``errors``. ``read`` is in every token; what creates and changes needs a
scope of its own, and ``write`` opens all of that (linear.app/developers/oauth-2-0-authentication).
The words of the refusal for a missing scope are not documented.
"""

from typing import Any

from connectors.provider import FictionalAccount
from connectors.provider_keys import Refusal
from connectors.simulated_api import ELSEWHERE, Problem, Request, SimulatedApi, page_of, refuse
from connectors.simulated_graphql import GraphqlError, Member, Schema, execute, read

_PAGE = {"first": "Int", "after": "String", "last": "Int", "before": "String"}
_ISSUE = {
    **dict.fromkeys(
        "id identifier title description url priority dueDate createdAt updatedAt".split(), Member()
    ),
    "state": Member(type="WorkflowState"),
    "assignee": Member(type="User"),
    "team": Member(type="Team"),
    "comments": Member(type="CommentConnection", arguments=_PAGE),
}
_NAMED = {"id": Member(), "name": Member()}
_CHANGES = {
    "title?": str,
    "description?": str,
    "priority?": int,
    "stateId?": str,
    "assigneeId?": str,
    "projectId?": str,
    "labelIds?": [str],
    "dueDate?": str,
}
_INFO = {"pageInfo": Member(type="PageInfo")}
_SCHEMA = Schema(
    types={
        "query": {
            "issue": Member(type="Issue", arguments={"id": "String!"}),
            "issues": Member(
                type="IssueConnection",
                arguments={"filter": "IssueFilter", "orderBy": "PaginationOrderBy", **_PAGE},
            ),
            "searchIssues": Member(
                type="IssueConnection",
                arguments={
                    "term": "String!",
                    "includeComments": "Boolean",
                    "teamId": "String",
                    **_PAGE,
                },
            ),
            "teams": Member(type="TeamConnection", arguments=_PAGE),
        },
        "mutation": {
            "issueCreate": Member(type="IssuePayload", arguments={"input": "IssueCreateInput!"}),
            "issueUpdate": Member(
                type="IssuePayload", arguments={"id": "String!", "input": "IssueUpdateInput!"}
            ),
            "commentCreate": Member(
                type="CommentPayload", arguments={"input": "CommentCreateInput!"}
            ),
        },
        "Issue": _ISSUE,
        "IssueConnection": {"nodes": Member(type="Issue"), **_INFO},
        "IssuePayload": {"success": Member(), "issue": Member(type="Issue")},
        "Comment": {
            **dict.fromkeys(("id", "body", "url", "createdAt"), Member()),
            "user": Member(type="User"),
        },
        "CommentConnection": {"nodes": Member(type="Comment"), **_INFO},
        "CommentPayload": {"success": Member(), "comment": Member(type="Comment")},
        "Team": {
            **_NAMED,
            "key": Member(),
            "states": Member(type="WorkflowStateConnection", arguments=_PAGE),
        },
        "TeamConnection": {"nodes": Member(type="Team"), **_INFO},
        "WorkflowState": {**_NAMED, "type": Member()},
        "WorkflowStateConnection": {"nodes": Member(type="WorkflowState"), **_INFO},
        "User": {**_NAMED, "email": Member()},
        "PageInfo": {"hasNextPage": Member(), "endCursor": Member()},
    },
    inputs={
        "PaginationOrderBy": {"createdAt", "updatedAt"},
        "IssueFilter": {
            "team?": {"key?": {"eq?": str}, "id?": {"eq?": str}},
            "state?": {"name?": {"eq?": str}, "type?": {"eq?": str}},
        },
        "IssueCreateInput": {"teamId": str, **_CHANGES},
        "IssueUpdateInput": {"teamId?": str, **_CHANGES},
        "CommentCreateInput": {"issueId?": str, "body?": str, "parentId?": str},
    },
)
_SCOPES = {
    "issue": ("read",),
    "issues": ("read",),
    "searchIssues": ("read",),
    "teams": ("read",),
    "issueCreate": ("issues:create", "write"),
    "issueUpdate": ("write",),
    "commentCreate": ("comments:create", "write"),
}


def _state(account: FictionalAccount) -> dict[str, Any]:
    def listed(nodes: list[Any]) -> dict[str, Any]:
        return {"nodes": nodes, "pageInfo": {"hasNextPage": False, "endCursor": None}}

    def state(number: int, name: str, kind: str) -> dict[str, Any]:
        return {"id": f"57a70000-0000-4000-8000-{number:012}", "name": name, "type": kind}

    states = [state(1, "Todo", "unstarted"), state(2, "Done", "completed")]
    teams = [
        {"id": f"7ea80000-0000-4000-8000-{number:012}", "key": key, "name": name}
        for number, key, name in ((1, "ENG", "Engineering"), (2, "OPS", "Operations"))
    ]
    for team in teams:
        team["states"] = listed(states)  # type: ignore[assignment]
    me = account.facts["viewer"]

    def issue(number: int, title: str) -> dict[str, Any]:
        key, times = f"ENG-{number}", dict.fromkeys(("createdAt", "updatedAt"), _MOMENT)
        about = {"id": f"155e0000-0000-4000-8000-{number:012}", "identifier": key, "title": title}
        more = {"description": None, "priority": 0, "dueDate": None, "assignee": me, **times}
        place = {"state": states[0], "team": teams[0], "comments": listed([])}
        return {**about, **more, **place, "url": f"https://linear.app/acme/issue/{key}"}

    issues = (issue(1, "The login page fails"), issue(2, "Login is slow"), issue(3, "New logo"))
    return {
        "issues": {each["id"]: each for each in issues},
        "teams": teams,
        "states": states,
        "me": me,
    }


_MOMENT = "2026-01-05T09:00:00.000Z"
_CODES = {
    "scope": ("forbidden", "FORBIDDEN"),
    "graphql": ("graphql error", "GRAPHQL_VALIDATION_FAILED"),
}


def _refuse(problem: Problem) -> Refusal:
    kind, code = _CODES.get(problem.kind, ("invalid input", "INPUT_ERROR"))
    extensions = {"type": kind, "code": code, "userPresentableMessage": problem.message}
    return Refusal(200, {"errors": [{"message": problem.message, "extensions": extensions}]})


API = SimulatedApi("linear", base="api.linear.app", state=_state, refuse=_refuse)


@API.route("POST /graphql", body={"query": str, "variables?": (dict, None), "operationName?": str})
def graphql(call: Request) -> Any:
    document = call.body["query"]
    try:
        fields = {each.name for each in read(document).selection}
        if fields <= {"viewer", "organization"}:  # the account: the provider's own file has it
            return ELSEWHERE
        for name in sorted(fields & _SCOPES.keys()):
            if not any(call.has(scope) for scope in _SCOPES[name]):
                refuse("scope", f"Invalid scope: `{' or '.join(_SCOPES[name])}` required")
        variables = call.body.get("variables") or {}
        run = execute(_SCHEMA, document, variables, lambda name, args: _FIELDS[name](call, args))
    except GraphqlError as error:
        refuse("graphql", str(error))
    return {"data": run}


def _connection(things: list[Any], args: Any) -> dict[str, Any]:
    nodes, after = page_of(things, args.get("after"), args.get("first", 50))
    if after is None and nodes:
        after, more = "bGFzdA==", False  # the last page has a cursor, too
    else:
        more = after is not None
    return {"nodes": nodes, "pageInfo": {"hasNextPage": more, "endCursor": after}}


def _issue(call: Request, name: str) -> Any:
    for issue in call.state["issues"].values():
        if name in (issue["id"], issue["identifier"]):
            return issue
    return refuse("not_found", "Entity not found: Issue - Could not find referenced Issue.")


def _list(call: Request, args: Any) -> Any:
    wanted = args.get("filter", {})
    found = [
        issue
        for issue in call.state["issues"].values()
        if all(
            "eq" not in rule or issue[member][name] == rule["eq"]
            for member, rules in wanted.items()
            for name, rule in rules.items()
        )
    ]
    return _connection(found[::-1], args)


def _search(call: Request, args: Any) -> Any:
    words = args["term"].lower().split()
    found = [
        each
        for each in call.state["issues"].values()
        if all(word in f"{each['title']} {each['description']}".lower() for word in words)
    ]
    return _connection(found, args)


def _changed(call: Request, issue: dict[str, Any], asked: dict[str, Any]) -> None:
    for name in ("title", "description", "priority", "dueDate"):
        if name in asked:
            issue[name] = asked[name]
    if not 0 <= issue["priority"] <= 4:
        refuse("body", "priority must not be greater than 4")
    if "stateId" in asked:
        states = {each["id"]: each for each in call.state["states"]}
        issue["state"] = call.found(states, asked["stateId"])
    if "assigneeId" in asked:
        if asked["assigneeId"] != call.state["me"]["id"]:
            refuse("not_found", "Entity not found: User")
        issue["assignee"] = call.state["me"]


def _create(call: Request, args: Any) -> Any:
    asked = args["input"]
    teams = {each["id"]: each for each in call.state["teams"]}
    if asked["teamId"] not in teams:
        refuse("not_found", "Entity not found: Team")
    if not asked.get("title"):
        refuse("body", "title must not be empty")
    number, team = call.new_id(), teams[asked["teamId"]]
    key = f"{team['key']}-{number}"
    nothing = {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}
    made = {
        "id": f"155e0000-0000-4000-8000-{int(number):012}",
        "identifier": key,
        "url": f"https://linear.app/acme/issue/{key}",
        "description": None,
        "priority": 0,
        "dueDate": None,
        "assignee": None,
        "state": call.state["states"][0],
        "team": team,
        "comments": nothing,
        **dict.fromkeys(("createdAt", "updatedAt"), call.moment()),
    }
    _changed(call, made, asked)
    call.state["issues"][made["id"]] = made
    return {"success": True, "issue": made}


def _update(call: Request, args: Any) -> Any:
    issue = _issue(call, args["id"])
    if not args["input"]:
        refuse("body", "the input is empty")
    _changed(call, issue, args["input"])
    issue["updatedAt"] = call.moment()
    return {"success": True, "issue": issue}


def _comment(call: Request, args: Any) -> Any:
    issue = _issue(call, args["input"].get("issueId", ""))
    if not args["input"].get("body"):
        refuse("body", "body must not be empty")
    made = {"id": call.new_id("c0"), "body": args["input"]["body"], "user": call.state["me"]}
    made |= {"url": f"{issue['url']}#comment-{made['id']}", "createdAt": call.moment()}
    issue["comments"]["nodes"].append(made)
    return {"success": True, "comment": made}


_FIELDS = {
    "issue": lambda call, args: _issue(call, args["id"]),
    "issues": _list,
    "searchIssues": _search,
    "teams": lambda call, args: _connection(call.state["teams"], args),
    "issueCreate": _create,
    "issueUpdate": _update,
    "commentCreate": _comment,
}
