"""Tools of Sentry: list projects and issues, read an event.

Reference: https://docs.sentry.io/api/

Facts:
1. Paths end with a slash.
2. An organization and a project are named by their slug or id.
3. The header ``Link`` names a next page also where there is none, and says so by another word:
   these tools return one page, of at most a hundred.
4. An event has far more than this; ``entries`` are the stack trace and the like.

Checked against the OpenAPI document that Sentry publishes (getsentry/sentry-api-schema).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from connectors.tooling import Args, HttpTool, In, Needs, Output

Slug = Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,100}$")]


class ListProjects(Args):
    organization: Slug = Field(description="slug or id of the organization")
    limit: Annotated[int, In("query", "per_page")] = Field(
        50, ge=1, le=100, description="projects at most"
    )


class Project(Output):
    id: str
    slug: str
    name: str
    platform: str | None = None


class Projects(Output):
    items: list[Project]


class ListIssues(Args):
    organization: Slug = Field(description="slug or id of the organization")
    query: str = Field(
        "is:unresolved", max_length=2000, description="Sentry's search: is:unresolved level:error"
    )
    project: list[str] | None = Field(
        None, max_length=20, description="ids of projects; all if none"
    )
    sort: Literal["date", "new", "freq", "user"] = Field(
        "date", description="last seen, first seen, number of events, or of users"
    )
    limit: int = Field(25, ge=1, le=100, description="issues at most")


class Issue(Output):
    id: str
    short_id: str | None = Field(None, validation_alias="shortId")
    title: str
    culprit: str | None = None
    level: str | None = None
    status: str | None = None
    events: str | int | None = Field(None, validation_alias="count")
    users: int | None = Field(None, validation_alias="userCount")
    first_seen: str | None = Field(None, validation_alias="firstSeen")
    last_seen: str | None = Field(None, validation_alias="lastSeen")
    url: str | None = Field(None, validation_alias="permalink")


class Issues(Output):
    items: list[Issue]


class GetEvent(Args):
    organization: Slug = Field(description="slug or id of the organization")
    project: Slug = Field(description="slug or id of the project")
    event_id: str = Field(pattern=r"^[0-9a-f]{32}$", description="id of the event")


class Event(Output):
    id: str
    issue_id: str | None = Field(None, validation_alias="groupID")
    title: str
    message: str | None = None
    location: str | None = None
    platform: str | None = None
    received_at: str | None = Field(None, validation_alias="dateReceived")
    tags: list[dict[str, Any]] = Field(default_factory=list)
    entries: list[dict[str, Any]] = Field(default_factory=list, description="fact 4")


TOOLS = (
    HttpTool(
        name="sentry_list_projects",
        description="List the projects of a Sentry organization: slug, name, platform.",
        needs=(Needs("sentry", ("org:read",)),),
        effect="read",
        method="GET",
        path="/organizations/{organization}/projects/",
        args=ListProjects,
        output=Projects,
        examples=({"organization": "acme"},),
    ),
    HttpTool(
        name="sentry_list_issues",
        description="Search the issues of a Sentry organization: title, level, how often, when.",
        needs=(Needs("sentry", ("event:read",)),),
        effect="read",
        method="GET",
        path="/organizations/{organization}/issues/",
        args=ListIssues,
        output=Issues,
        examples=({"organization": "acme"}, {"organization": "acme", "project": ["4501"]}),
    ),
    HttpTool(
        name="sentry_get_event",
        description="Return one event of a Sentry project with its tags and stack trace.",
        needs=(Needs("sentry", ("project:read",)),),
        effect="read",
        method="GET",
        path="/projects/{organization}/{project}/events/{event_id}/",
        args=GetEvent,
        output=Event,
        examples=(
            {
                "organization": "acme",
                "project": "shop",
                "event_id": "9fac2ceed9344f2bbfdd1fdacb0ed9b1",
            },
        ),
    ),
)
