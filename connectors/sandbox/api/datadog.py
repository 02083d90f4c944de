"""Datadog's API, by docs.datadoghq.com/api/latest (monitors, search logs, query timeseries, post an
event).

Monitors, the query of metrics and events are checked against Datadog's OpenAPI document of v1
(in DataDog/datadog-api-client-python), with the permissions that they name.

Unconfirmed: the search of logs, which is v2.
"""

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Answer, Problem, Request, SimulatedApi, page_of, refuse

_HOSTS = (
    "{us1=api.datadoghq.com|us3=api.us3.datadoghq.com|us5=api.us5.datadoghq.com"
    "|eu1=api.datadoghq.eu|ap1=api.ap1.datadoghq.com|ap2=api.ap2.datadoghq.com"
    "|us1-fed=api.ddog-gov.com}"
)


def _error(problem: Problem) -> Refusal:
    return Refusal(problem.status, {"errors": [problem.message]})


def _state(account: FictionalAccount) -> dict[str, Any]:
    monitors = [
        {
            "id": 1000 + number,
            "name": name,
            "type": "metric alert",
            "query": f"avg(last_5m):avg:{metric}{{*}} > 90",
            "message": "@ops look at it",
            "tags": ["env:prod"],
            "overall_state": state,
            "created": "2026-10-01T08:00:00.000000+00:00",
        }
        for number, (name, metric, state) in enumerate(
            (
                ("CPU is high", "system.cpu.user", "OK"),
                ("Disk is full", "system.disk.in_use", "Alert"),
                ("Memory is low", "system.mem.used", "No Data"),
            ),
            1,
        )
    ]
    logs = [
        {
            "id": f"AQAAAYsandbox{number:02}",
            "type": "log",
            "attributes": {
                "timestamp": f"2026-11-29T10:00:0{number}.000Z",
                "status": "error" if number != 2 else "info",
                "service": "web",
                "host": "web-1",
                "message": f"request {number}",
                "tags": ["env:prod"],
            },
        }
        for number in (4, 3, 2, 1)
    ]
    return {"monitors": monitors, "logs": logs, "events": {}}


API = SimulatedApi("datadog", base=f"{_HOSTS}/api", state=_state, refuse=_error)


@API.route(
    "GET /v1/monitor",
    query={
        "group_states?": str,
        "name?": str,
        "tags?": str,
        "monitor_tags?": str,
        "with_downtimes?": bool,
        "id_offset?": int,
        "page?": int,
        "page_size?": int,
    },
)
def list_monitors(call: Request) -> Any:
    name, tags = call.query.get("name", ""), call.query.get("monitor_tags", "")
    found = [
        each
        for each in call.state["monitors"]
        if name.lower() in each["name"].lower()
        and (not tags or {*tags.split(",")} <= {*each["tags"]})
    ]
    page, size = call.query.get("page", 0), call.query.get("page_size", 1000)
    if page < 0 or not 1 <= size <= 1000:
        refuse("parameters", "the page is out of range")
    return found[page * size : (page + 1) * size]


@API.route("GET /v1/monitor/{monitor_id}", query={"group_states?": str, "with_downtimes?": bool})
def get_monitor(call: Request) -> Any:
    known = {str(each["id"]): each for each in call.state["monitors"]}
    if call.path["monitor_id"] not in known:
        refuse("not_found", "Monitor not found")
    return known[call.path["monitor_id"]]


_MONITORS = {
    "composite",
    "event alert",
    "event-v2 alert",
    "log alert",
    "metric alert",
    "process alert",
    "query alert",
    "rum alert",
    "service check",
    "slo alert",
    "synthetics alert",
    "trace-analytics alert",
}


@API.route(
    "POST /v1/monitor",
    body={
        "query": str,
        "type": _MONITORS,
        "name?": str,
        "message?": str,
        "tags?": [str],
        "priority?": (int, None),
        "options?": dict,
        "restricted_roles?": ([str], None),
    },
    effect="monitor_created",
)
def create_monitor(call: Request) -> Any:
    if call.body["type"] == "metric alert" and "{" not in call.body["query"]:
        refuse("body", f"The value provided for parameter 'query' is invalid: {call.body['query']}")
    made = {
        "id": 9000 + int(call.new_id()),
        "name": "",
        "message": "",
        "tags": [],
        "options": {},
        "multi": False,
        "priority": None,
        "restricted_roles": None,
        **call.body,
        "overall_state": "No Data",
        "created": call.moment(),
        "modified": call.moment(),
    }
    call.state["monitors"].append(made)
    return made


@API.route(
    "POST /v2/logs/events/search",
    body={
        "filter?": {
            "query?": str,
            "from?": str,
            "to?": str,
            "indexes?": [str],
            "storage_tier?": {"indexes", "online-archives", "flex"},
        },
        "options?": dict,
        "page?": {"limit?": int, "cursor?": str},
        "sort?": {"timestamp", "-timestamp"},
    },
)
def search_logs(call: Request) -> Any:
    query = call.body.get("filter", {}).get("query", "*")
    terms = [term.partition(":") for term in query.split() if term != "*"]
    found = [
        each
        for each in call.state["logs"]
        if all(
            each["attributes"].get(name) == value
            if colon
            else name in each["attributes"]["message"]
            for name, colon, value in terms
        )
    ]
    asked = call.body.get("page", {})
    size = asked.get("limit", 10)
    if not 1 <= size <= 1000:
        refuse("body", "page.limit is out of range")
    page, following = page_of(found, asked.get("cursor"), size)
    meta = {"elapsed": 10, "status": "done", "request_id": "sandbox"}
    return {"data": page, "meta": meta | ({"page": {"after": following}} if following else {})}


@API.route("GET /v1/query", query={"from": int, "to": int, "query": str})
def query_metrics(call: Request) -> Any:
    begin, end, text = call.query["from"], call.query["to"], call.query["query"]
    if ":" not in text or "{" not in text:
        # Documented beside the series; it comes with status 200.
        return {"status": "error", "error": f"Error parsing query: {text}", "series": []}
    if begin >= end:
        refuse("parameters", "from must be before to")
    metric = text.partition(":")[2].partition("{")[0]
    points = [
        [float(moment * 1000), 12.5] for moment in range(begin, end, max(1, (end - begin) // 3))
    ]
    series = {
        "metric": metric,
        "display_name": metric,
        "scope": "*",
        "expression": text,
        "interval": 300,
        "length": len(points),
        "pointlist": points,
    }
    return {
        "status": "ok",
        "res_type": "time_series",
        "from_date": begin * 1000,
        "to_date": end * 1000,
        "query": text,
        "series": [series],
    }


@API.route(
    "POST /v1/events",
    body={
        "title": str,
        "text": str,
        "tags?": [str],
        "alert_type?": {"error", "warning", "info", "success", "user_update", "recommendation"},
        "priority?": {"normal", "low"},
        "host?": str,
        "date_happened?": int,
        "aggregation_key?": str,
        "source_type_name?": str,
    },
    effect="event_created",
)
def create_event(call: Request) -> Any:
    key = 7000000000000 + int(call.new_id())
    made = {
        "id": key,
        "title": call.body["title"],
        "text": call.body["text"],
        "date_happened": int(call.now.timestamp()),
        "tags": call.body.get("tags", []),
        "url": f"https://app.datadoghq.com/event/event?id={key}",
    }
    call.state["events"][key] = made
    return Answer(202, {"status": "ok", "event": made})
