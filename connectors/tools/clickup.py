"""Tools of ClickUp: list the spaces of a workspace, create a task.

Reference: https://developer.clickup.com/reference

Facts:
1. The API calls a workspace ``team``.
2. The ids of spaces and lists are digits, those of tasks are digits and letters.

Unconfirmed: paths, bodies and answers are checked against a description of the API that others
made (api-evangelist/clickup), not against ClickUp's own pages.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AliasPath, Field

from connectors.tooling import Args, HttpTool, In, Needs, Output

_CLICKUP = (Needs("clickup"),)
Digits = Annotated[str, Field(pattern=r"^[0-9]{1,20}$")]


class ListSpaces(Args):
    workspace_id: Annotated[Digits, In("path", "team_id")] = Field(description="id of a workspace")
    archived: bool = Field(False, description="list the archived spaces instead")


class Space(Output):
    id: str
    name: str
    private: bool | None = None
    archived: bool | None = None


class Spaces(Output):
    spaces: list[Space]


class CreateTask(Args):
    list_id: Digits = Field(description="id of the list that gets the task")
    name: str = Field(min_length=1, max_length=2000, description="what is to be done")
    description: str | None = Field(None, max_length=20_000, description="more about it")
    assignees: list[int] | None = Field(None, max_length=20, description="ids of users")
    priority: int | None = Field(
        None, ge=1, le=4, description="1 urgent, 2 high, 3 normal, 4 low; none without it"
    )
    due_date: int | None = Field(None, ge=0, description="Unix time in milliseconds")


class Task(Output):
    id: str
    name: str
    url: str | None = None
    status: str | None = Field(None, validation_alias=AliasPath("status", "status"))


TOOLS = (
    HttpTool(
        name="clickup_list_spaces",
        description="List the spaces of a ClickUp workspace: id and name.",
        needs=_CLICKUP,
        effect="read",
        method="GET",
        path="/team/{team_id}/space",
        args=ListSpaces,
        output=Spaces,
        examples=({"workspace_id": "90100001"},),
    ),
    HttpTool(
        name="clickup_create_task",
        description="Create a task in a list of ClickUp. Returns its id and link.",
        needs=_CLICKUP,
        effect="write",
        method="POST",
        path="/list/{list_id}/task",
        args=CreateTask,
        output=Task,
        examples=({"list_id": "90120001", "name": "Write the report", "priority": 2},),
    ),
)
