"""Tools of Okta: list people, read a group.

Reference: https://developer.okta.com/docs/api/openapi/okta-management/guides/overview/

Facts:
1. The header ``Link`` names the next page; its ``after`` is the cursor.
2. ``search`` has the grammar of SCIM: ``profile.department eq "Sales"``.

Checked against the OpenAPI document that Okta publishes (okta/okta-management-openapi-spec).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AliasPath, Field

from connectors.tooling import Args, HttpTool, In, Needs, Output, Pages


class ListUsers(Args):
    search: str | None = Field(
        None, max_length=2000, description='people like this: profile.department eq "Sales"'
    )
    limit: int = Field(50, ge=1, le=200, description="people per page")
    after: str | None = Field(None, max_length=500, description="next of the page before")


class User(Output):
    id: str
    status: str | None = None
    login: str | None = Field(None, validation_alias=AliasPath("profile", "login"))
    email: str | None = Field(None, validation_alias=AliasPath("profile", "email"))
    first_name: str | None = Field(None, validation_alias=AliasPath("profile", "firstName"))
    last_name: str | None = Field(None, validation_alias=AliasPath("profile", "lastName"))
    last_login: str | None = Field(None, validation_alias="lastLogin")


class Users(Output):
    items: list[User]


class GetGroup(Args):
    group_id: Annotated[str, In("path", "groupId")] = Field(
        pattern=r"^[A-Za-z0-9]{5,40}$", description="id of the group"
    )


class Group(Output):
    id: str
    name: str | None = Field(None, validation_alias=AliasPath("profile", "name"))
    description: str | None = Field(None, validation_alias=AliasPath("profile", "description"))
    type: str | None = None
    updated_at: str | None = Field(None, validation_alias="lastUpdated")


TOOLS = (
    HttpTool(
        name="okta_list_users",
        description="List or search the people of an Okta organization: login, name, status.",
        needs=(Needs("okta", ("okta.users.read",)),),
        effect="read",
        method="GET",
        path="/api/v1/users",
        args=ListUsers,
        output=Users,
        pages=Pages(argument="after", link=True, parameter="after"),  # fact 1
        examples=({"limit": 1}, {"search": 'profile.login eq "ana@acme.example"'}),
    ),
    HttpTool(
        name="okta_get_group",
        description="Return a group of an Okta organization: name, description and kind.",
        needs=(Needs("okta", ("okta.groups.read",)),),
        effect="read",
        method="GET",
        path="/api/v1/groups/{groupId}",
        args=GetGroup,
        output=Group,
        examples=({"group_id": "00gSandbox0000000001"},),
    ),
)
