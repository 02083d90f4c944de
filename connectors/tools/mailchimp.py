"""Tools for Mailchimp, by mailchimp.com/developer/marketing/api.

Quirks:
1. A list goes on by ``offset``; ``total_items`` says where it ends.
2. Without ``fields`` an answer has everything that Mailchimp knows, which is a lot.
3. Who is added as ``subscribed`` gets mail at once, without being asked: ``pending`` asks first.

Unconfirmed: written without the documentation at hand; what matters is paths, parameters, and the
shapes of answers.
"""

from typing import Annotated, Literal

from pydantic import Field

from connectors.tooling import Args, HttpTool, In, Needs, Output

_NEEDS = (Needs("mailchimp"),)
_ID = Field(pattern="^[A-Za-z0-9]{1,32}$", description="Id of the audience.")
_MEMBER = "id,email_address,full_name,status"


class _Page(Args):
    count: int = Field(default=20, ge=1, le=1000, description="Entries per page.")
    offset: int = Field(default=0, ge=0, description="Entries to skip, for the next page.")


class ListAudiences(_Page):
    pass


class ListMembers(_Page):
    audience_id: str = _ID
    status: Literal["subscribed", "unsubscribed", "cleaned", "pending"] | None = Field(
        default=None, description="Only members with this status."
    )


class AddMember(Args):
    audience_id: str = _ID
    email: Annotated[str, In("body", "email_address")] = Field(
        min_length=3, max_length=254, description="E-mail address."
    )
    status: Literal["pending", "subscribed", "unsubscribed"] = Field(
        default="pending",
        description="pending asks the person by mail; subscribed needs their consent beforehand.",
    )
    first_name: Annotated[str | None, In("body", "merge_fields.FNAME")] = Field(
        default=None, max_length=255, description="First name."
    )
    last_name: Annotated[str | None, In("body", "merge_fields.LNAME")] = Field(
        default=None, max_length=255, description="Last name."
    )


class ListCampaigns(_Page):
    status: Literal["save", "paused", "schedule", "sending", "sent"] | None = Field(
        default=None, description="Only these; save is a draft."
    )


class Statistics(Output):
    member_count: int | None = None
    unsubscribe_count: int | None = None


class Audience(Output):
    id: str
    name: str
    stats: Statistics | None = None


class Audiences(Output):
    audiences: list[Audience] = Field(validation_alias="lists")
    total_items: int


class Member(Output):
    id: str
    email: str = Field(validation_alias="email_address")
    name: str | None = Field(default=None, validation_alias="full_name")
    status: str | None = None


class Members(Output):
    members: list[Member]
    total_items: int


class Settings(Output):
    subject: str | None = Field(default=None, validation_alias="subject_line")
    title: str | None = None


class Campaign(Output):
    id: str
    status: str | None = None
    emails_sent: int | None = None
    send_time: str | None = None
    settings: Settings | None = None


class Campaigns(Output):
    campaigns: list[Campaign]
    total_items: int


TOOLS = (
    HttpTool(
        name="mailchimp_list_audiences",
        description="List audiences: id, name, numbers of members. total_items counts all.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path="/lists",
        query={
            "fields": "lists.id,lists.name,lists.stats.member_count,"
            "lists.stats.unsubscribe_count,total_items"
        },
        args=ListAudiences,
        output=Audiences,
        examples=({"count": 2},),
    ),
    HttpTool(
        name="mailchimp_list_members",
        description="List the members of an audience: e-mail, name, status. total_items says how "
        "many exist.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path="/lists/{audience_id}/members",
        query={
            "fields": ",".join(f"members.{name}" for name in _MEMBER.split(",")) + ",total_items"
        },
        args=ListMembers,
        output=Members,
        examples=({"audience_id": "a1b2c3d4e5", "count": 2},),
    ),
    HttpTool(
        name="mailchimp_add_member",
        description="Add a person to an audience. By default (pending) they are asked by mail.",
        needs=_NEEDS,
        effect="write",
        method="POST",
        path="/lists/{audience_id}/members",
        args=AddMember,
        output=Member,
        examples=({"audience_id": "a1b2c3d4e5", "email": "dora@initech.example"},),
    ),
    HttpTool(
        name="mailchimp_list_campaigns",
        description="List campaigns: title, subject, status, mails sent, time. total_items "
        "counts all.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path="/campaigns",
        query={
            "fields": "campaigns.id,campaigns.status,campaigns.emails_sent,campaigns.send_time,"
            "campaigns.settings.subject_line,campaigns.settings.title,total_items"
        },
        args=ListCampaigns,
        output=Campaigns,
        examples=({"count": 2}, {"status": "sent"}),
    ),
)
