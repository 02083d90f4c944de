"""Tools of PagerDuty: create and acknowledge incidents, list schedules.

Reference: https://developer.pagerduty.com/api-reference/

Facts:
1. ``From`` is the e-mail address of a user of the account, in whose name an incident is changed.
2. An alert can be resolved and nothing else; what is acknowledged is its incident.
3. Pages have an offset; ``more`` says whether there is another.

Checked against the OpenAPI document that PagerDuty publishes (PagerDuty/api-schema, REST).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AliasPath, Field

from connectors.tooling import Args, HttpTool, In, Needs, Output

_WRITE = (Needs("pagerduty", ("incidents.write",)),)
Id = Annotated[str, Field(pattern=r"^[A-Z0-9]{5,20}$")]
Sender = Annotated[
    str,
    In("header", "From"),
    Field(
        max_length=254, pattern=r"^\S+@\S+$", description="e-mail address of a user of the account"
    ),
]


class CreateIncident(Args):
    from_email: Sender  # fact 1
    title: Annotated[str, In("body", "incident.title")] = Field(
        min_length=1, max_length=1024, description="what is wrong, in one line"
    )
    service_id: Annotated[Id, In("body", "incident.service.id")] = Field(
        description="id of the service that it happened to"
    )
    urgency: Annotated[Literal["high", "low"] | None, In("body", "incident.urgency")] = Field(
        None, description="the service decides without it"
    )
    details: Annotated[str | None, In("body", "incident.body.details")] = Field(
        None, max_length=20_000, description="more about it"
    )


class Incident(Output):
    id: str = Field(validation_alias=AliasPath("incident", "id"))
    title: str | None = Field(None, validation_alias=AliasPath("incident", "title"))
    status: str | None = Field(None, validation_alias=AliasPath("incident", "status"))
    url: str | None = Field(None, validation_alias=AliasPath("incident", "html_url"))


class AcknowledgeIncident(Args):
    from_email: Sender
    incident_id: Id = Field(description="id of the incident")


class ListSchedules(Args):
    query: str | None = Field(None, max_length=200, description="words of the name")
    limit: int = Field(25, ge=1, le=100, description="schedules at most")
    offset: int = Field(0, ge=0, le=9900, description="how many are left out at the beginning")


class Schedule(Output):
    id: str
    name: str | None = None
    time_zone: str | None = None
    url: str | None = Field(None, validation_alias="html_url")


class Schedules(Output):
    schedules: list[Schedule]
    more: bool = Field(False, description="whether there are more behind these")


TOOLS = (
    HttpTool(
        name="pagerduty_create_incident",
        description="Create an incident of a PagerDuty service: people on call are called.",
        needs=_WRITE,
        effect="write",
        method="POST",
        path="/incidents",
        body={"incident": {"type": "incident", "service": {"type": "service_reference"}}},
        args=CreateIncident,
        output=Incident,
        examples=(
            {
                "from_email": "ana@acme.example",
                "title": "The shop is down",
                "service_id": "PSHOP01",
            },
        ),
    ),
    HttpTool(
        name="pagerduty_acknowledge_incident",
        description="Acknowledge an incident of PagerDuty and its alerts: no one else is called.",
        needs=_WRITE,
        effect="write",
        method="PUT",
        path="/incidents/{incident_id}",
        body={"incident": {"type": "incident_reference", "status": "acknowledged"}},
        args=AcknowledgeIncident,
        output=Incident,
        examples=({"from_email": "ana@acme.example", "incident_id": "PINC001"},),
    ),
    HttpTool(
        name="pagerduty_list_schedules",
        description="List the on-call schedules of PagerDuty: id, name and time zone.",
        needs=(Needs("pagerduty", ("schedules.read",)),),
        effect="read",
        method="GET",
        path="/schedules",
        args=ListSchedules,
        output=Schedules,
        examples=({}, {"query": "weekend"}),
    ),
)
