"""Tools of Asana: create a task, read a project, have an address told about changes.

Reference: https://developers.asana.com/reference/rest-api-reference

Facts:
1. Bodies and answers stand in ``data``.
2. A new task needs a workspace, or a project, which names its workspace.
3. Asana calls the address while the webhook is made, and wants its ``X-Hook-Secret`` back. The tool
   does not pass on the secret.

Checked against the OpenAPI document that Asana publishes (Asana/openapi, ``asana_oas.yaml``).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AliasPath, Field

from connectors.tooling import Args, HttpTool, In, Needs, Output

Gid = Annotated[str, Field(pattern=r"^[0-9]{1,20}$")]


class CreateTask(Args):
    name: Annotated[str, In("body", "data.name")] = Field(
        min_length=1, max_length=1024, description="what is to be done"
    )
    project_id: Annotated[Gid | None, In("body", "data.projects[0]")] = Field(
        None, description="project of the task; or give a workspace"
    )
    workspace_id: Annotated[Gid | None, In("body", "data.workspace")] = Field(
        None, description="workspace of a task without a project"
    )
    notes: Annotated[str | None, In("body", "data.notes")] = Field(
        None, max_length=20_000, description="more about it, as plain text"
    )
    assignee: Annotated[str | None, In("body", "data.assignee")] = Field(
        None, max_length=255, description="who does it: a user's id, an e-mail address, or me"
    )
    due_on: Annotated[str | None, In("body", "data.due_on")] = Field(
        None, pattern=r"^\d{4}-\d{2}-\d{2}$", description="the day by which it is done"
    )


class Task(Output):
    id: str = Field(validation_alias=AliasPath("data", "gid"))
    name: str = Field(validation_alias=AliasPath("data", "name"))
    url: str | None = Field(None, validation_alias=AliasPath("data", "permalink_url"))


class GetProject(Args):
    project_id: Gid = Field(description="id of a project")


class Project(Output):
    id: str = Field(validation_alias=AliasPath("data", "gid"))
    name: str = Field(validation_alias=AliasPath("data", "name"))
    notes: str | None = Field(None, validation_alias=AliasPath("data", "notes"))
    due_on: str | None = Field(None, validation_alias=AliasPath("data", "due_on"))
    is_archived: bool | None = Field(None, validation_alias=AliasPath("data", "archived"))
    owner: str | None = Field(None, validation_alias=AliasPath("data", "owner", "name"))
    workspace_id: str | None = Field(None, validation_alias=AliasPath("data", "workspace", "gid"))
    url: str | None = Field(None, validation_alias=AliasPath("data", "permalink_url"))


class CreateWebhook(Args):
    resource_id: Annotated[Gid, In("body", "data.resource")] = Field(
        description="id of a project or task that is watched"
    )
    url: Annotated[str, In("body", "data.target")] = Field(
        max_length=2000, pattern="^https://", description="address that is told"
    )


class Webhook(Output):
    id: str = Field(validation_alias=AliasPath("data", "gid"))
    is_active: bool | None = Field(None, validation_alias=AliasPath("data", "active"))


TOOLS = (
    HttpTool(
        name="asana_create_task",
        description="Create a task in a project or workspace of Asana. Returns its id and link.",
        needs=(Needs("asana", ("tasks:write",)),),
        effect="write",
        method="POST",
        path="/tasks",
        args=CreateTask,
        output=Task,
        examples=(
            {"name": "Write the report", "project_id": "1300000000000001", "assignee": "me"},
            {"name": "Call Globex", "workspace_id": "1100000000000001", "due_on": "2026-12-01"},
        ),
    ),
    HttpTool(
        name="asana_get_project",
        description="Return a project of Asana: name, notes, owner, due day and link.",
        needs=(Needs("asana", ("projects:read",)),),
        effect="read",
        method="GET",
        path="/projects/{project_id}",
        args=GetProject,
        output=Project,
        examples=({"project_id": "1300000000000001"},),
    ),
    HttpTool(
        name="asana_create_webhook",
        description="Have an address told when an Asana project or task changes. The address has "
        "to answer Asana's handshake at once.",
        needs=(Needs("asana", ("webhooks:write",)),),  # fact 3
        effect="write",
        method="POST",
        path="/webhooks",
        args=CreateWebhook,
        output=Webhook,
        examples=({"resource_id": "1300000000000001", "url": "https://hooks.example/asana"},),
    ),
)
