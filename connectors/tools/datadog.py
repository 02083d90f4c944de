"""Tools for Datadog, by docs.datadoghq.com/api/latest (monitors, logs, metrics, events).

Quirks:
1. Monitors are a bare list, and a page is full or the last one; pages are numbered from 0.
2. Logs are searched by a POST that changes nothing; ``meta.page.after`` is the next page's cursor.
3. Times of metrics are seconds since 1970; those of logs may be relative, such as ``now-15m``.
4. Refusals are a list of texts, ``errors``. A query of metrics may fail inside a 200, as ``error``.

An application key may be limited to scopes (``monitors_read``, ``logs_read_data``,
``timeseries_query``, ``monitors_write``).

Monitors, the query of metrics and events are checked against Datadog's OpenAPI document of v1
(in DataDog/datadog-api-client-python), with the permissions that they name.

Unconfirmed: the search of logs, which is v2.
"""

from typing import Annotated, Literal

from pydantic import AliasPath, Field

from connectors.tooling import Args, Failure, HttpTool, In, Needs, Output, Pages

_NEEDS = (Needs("datadog"),)


class ListMonitors(Args):
    name: str | None = Field(default=None, max_length=200, description="Part of the name.")
    tags: Annotated[list[str] | None, In("query", "monitor_tags", join=",")] = Field(
        default=None, max_length=20, description="Only monitors with all these tags."
    )
    page: int = Field(default=0, ge=0, description="Number of the page, from 0.")
    page_size: int = Field(default=20, ge=1, le=1000, description="Monitors per page.")


class GetMonitor(Args):
    monitor_id: int = Field(ge=1, description="Id of the monitor.")


class SearchLogs(Args):
    query: Annotated[str, In("body", "filter.query")] = Field(
        default="*", max_length=2000, description="Log search: service:web status:error."
    )
    start: Annotated[str, In("body", "filter.from")] = Field(
        default="now-15m", max_length=40, description="Start: now-15m, or an RFC 3339 time."
    )
    end: Annotated[str, In("body", "filter.to")] = Field(
        default="now", max_length=40, description="End."
    )
    limit: Annotated[int, In("body", "page.limit")] = Field(
        default=20, ge=1, le=1000, description="Logs per page."
    )
    cursor: Annotated[str | None, In("body", "page.cursor")] = Field(
        default=None, max_length=4096, description="next of the page before."
    )


class QueryMetrics(Args):
    query: str = Field(
        min_length=3, max_length=2000, description="Such as avg:system.cpu.user{*} by {host}."
    )
    start: Annotated[int, In("query", "from")] = Field(ge=0, description="Start, Unix seconds.")
    end: Annotated[int, In("query", "to")] = Field(ge=0, description="End, Unix seconds.")


class CreateMonitor(Args):
    name: str = Field(min_length=1, max_length=500, description="Name.")
    type: Literal[
        "metric alert", "query alert", "log alert", "event-v2 alert", "service check", "composite"
    ] = Field(default="metric alert", description="Kind; query alert for anomalies and forecasts.")
    query: str = Field(
        min_length=3,
        max_length=4000,
        description="Such as avg(last_5m):avg:system.cpu.user{*} > 90.",
    )
    message: str = Field(
        max_length=10_000, description="Text of its alerts; @name says who gets them."
    )
    tags: list[str] | None = Field(default=None, max_length=50, description="Tags, key:value.")


class CreateEvent(Args):
    title: str = Field(min_length=1, max_length=500, description="Title.")
    text: str = Field(min_length=1, max_length=4000, description="Text; Markdown is shown.")
    tags: list[str] | None = Field(default=None, max_length=50, description="Tags, key:value.")
    alert_type: Literal["info", "success", "warning", "error"] = Field(
        default="info", description="Kind of event."
    )


class Monitor(Output):
    id: int
    name: str
    type: str | None = None
    state: str | None = Field(default=None, validation_alias="overall_state")
    query: str | None = None
    message: str | None = None
    tags: list[str] = Field(default=[])


class Monitors(Output):
    monitors: list[Monitor] = Field(validation_alias="items")  # quirk 1


class Log(Output):
    id: str
    timestamp: str | None = Field(
        default=None, validation_alias=AliasPath("attributes", "timestamp")
    )
    service: str | None = Field(default=None, validation_alias=AliasPath("attributes", "service"))
    status: str | None = Field(default=None, validation_alias=AliasPath("attributes", "status"))
    host: str | None = Field(default=None, validation_alias=AliasPath("attributes", "host"))
    message: str | None = Field(default=None, validation_alias=AliasPath("attributes", "message"))


class Logs(Output):
    logs: list[Log] = Field(default=[], validation_alias="data")


class Series(Output):
    metric: str | None = None
    scope: str | None = None
    points: list[tuple[float, float | None]] = Field(
        default=[], validation_alias="pointlist", description="Unix milliseconds and value."
    )


class Metrics(Output):
    series: list[Series] = Field(default=[])


class Event(Output):
    id: int = Field(validation_alias=AliasPath("event", "id"))
    url: str | None = Field(default=None, validation_alias=AliasPath("event", "url"))


TOOLS = (
    HttpTool(
        name="datadog_list_monitors",
        description="List monitors: id, name, state (OK, Alert …), query. Filter by name and tags.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path="/v1/monitor",
        args=ListMonitors,
        output=Monitors,
        examples=({"page_size": 2}, {"name": "CPU"}),
    ),
    HttpTool(
        name="datadog_get_monitor",
        description="Read one monitor: name, state, query, message.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path="/v1/monitor/{monitor_id}",
        args=GetMonitor,
        output=Monitor,
        examples=({"monitor_id": 1001},),
    ),
    HttpTool(
        name="datadog_create_monitor",
        description="Create a monitor that alerts when its query is true. Returns it with its id.",
        needs=_NEEDS,
        effect="write",
        method="POST",
        path="/v1/monitor",
        args=CreateMonitor,
        output=Monitor,
        examples=(
            {
                "name": "CPU is high",
                "query": "avg(last_5m):avg:system.cpu.user{*} > 90",
                "message": "Look at it. @ops",
                "tags": ["env:prod"],
            },
        ),
    ),
    HttpTool(
        name="datadog_search_logs",
        description="Search logs in a span of time: time, service, host, status, message.",
        needs=_NEEDS,
        effect="read",
        method="POST",
        path="/v2/logs/events/search",
        args=SearchLogs,
        output=Logs,
        pages=Pages(argument="cursor", next="meta.page.after"),
        examples=({"query": "status:error", "limit": 2},),
    ),
    HttpTool(
        name="datadog_query_metrics",
        description="Read points of a metric between two times, by series.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path="/v1/query",
        args=QueryMetrics,
        output=Metrics,
        failure=Failure(path="error", message="error"),  # quirk 4
        examples=({"query": "avg:system.cpu.user{*}", "start": 1795953600, "end": 1795957200},),
    ),
    HttpTool(
        name="datadog_create_event",
        description="Post an event, such as a deployment, to the event stream.",
        needs=_NEEDS,
        effect="write",
        method="POST",
        path="/v1/events",
        args=CreateEvent,
        output=Event,
        examples=({"title": "Deployed", "text": "Version 42", "tags": ["env:prod"]},),
    ),
)
