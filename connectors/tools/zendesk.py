"""Tools for Zendesk: search, read, create and answer tickets; find people and articles.

Reference: https://developer.zendesk.com/api-reference/

Facts:
1. Lists of tickets and comments have cursors (``page[size]``, ``page[after]``); ``has_more`` says
   if there is another page, and ``after_cursor`` is there on the last one, too.
2. The ranked search has numbered pages and every kind of object. The export search has tickets
   alone and cursors, which end after an hour; its order is that of creation.
3. A ticket is changed and answered by the same request; ``public`` decides if its requester sees
   the comment.
4. ``read`` opens everything for reading. ``tickets:write`` opens tickets alone for changes.
"""

from typing import Annotated, Literal

from pydantic import Field

from connectors.tooling import Args, HttpTool, In, Needs, Output, Pages

READ = (Needs("zendesk", ("read",)),)
WRITE = (Needs("zendesk", ("tickets:write",)),)
CURSOR = Pages(argument="cursor", next="meta.after_cursor", more="meta.has_more")  # fact 1

TicketId = Annotated[int, Field(ge=1, description="Number of the ticket")]
Size = Annotated[int, In("query", "page[size]"), Field(ge=1, le=100, description="Page size")]
After = Annotated[
    str | None, In("query", "page[after]"), Field(description="next_cursor of the page before")
]
Status = Literal["new", "open", "pending", "hold", "solved"]
Priority = Literal["low", "normal", "high", "urgent"]


class Ticket(Output):
    id: int
    subject: str | None = None
    status: str
    priority: str | None = None
    requester_id: int | None = None
    assignee_id: int | None = None
    tags: list[str] = Field([])
    created_at: str | None = None
    updated_at: str | None = None


class WholeTicket(Ticket):
    description: str | None = None


class OneTicket(Output):
    ticket: WholeTicket


class SearchTickets(Args):
    query: str = Field(
        min_length=1,
        max_length=900,
        description="Words and filters: status:open priority>normal requester:a@b.example",
    )
    limit: Size = 25
    cursor: After = None


class FoundTickets(Output):
    tickets: list[Ticket] = Field(validation_alias="results")


class ListTickets(Args):
    limit: Size = 25
    cursor: After = None


class Tickets(Output):
    tickets: list[Ticket]


class GetTicket(Args):
    ticket_id: TicketId


class ListComments(Args):
    ticket_id: TicketId
    limit: Size = 50
    cursor: After = None


class Comment(Output):
    id: int
    author_id: int
    body: str = Field(validation_alias="plain_body")
    public: bool
    created_at: str


class Comments(Output):
    comments: list[Comment]


class CreateTicket(Args):
    subject: Annotated[str, In("body", "ticket.subject")] = Field(
        min_length=1, max_length=500, description="Subject"
    )
    body: Annotated[str, In("body", "ticket.comment.body")] = Field(
        min_length=1, max_length=60_000, description="First message, as plain text"
    )
    requester_email: Annotated[str | None, In("body", "ticket.requester.email")] = Field(
        None, max_length=254, description="Who asks, who is mailed; the person without it"
    )
    requester_name: Annotated[str | None, In("body", "ticket.requester.name")] = Field(
        None, max_length=200, description="Name of a requester who is new"
    )
    priority: Annotated[Priority | None, In("body", "ticket.priority")] = Field(
        None, description="Priority"
    )


class UpdateTicket(Args):
    ticket_id: TicketId
    status: Annotated[Status | None, In("body", "ticket.status")] = Field(
        None, description="New status"
    )
    priority: Annotated[Priority | None, In("body", "ticket.priority")] = Field(
        None, description="New priority"
    )
    assignee_id: Annotated[int | None, In("body", "ticket.assignee_id")] = Field(
        None, ge=1, description="Id of the agent who gets it"
    )
    tags: Annotated[list[str] | None, In("body", "ticket.tags")] = Field(
        None, max_length=50, description="All tags, in place of the earlier ones"
    )


class AddComment(Args):
    ticket_id: TicketId
    body: Annotated[str, In("body", "ticket.comment.body")] = Field(
        min_length=1, max_length=60_000, description="Message, as plain text"
    )
    public: Annotated[bool, In("body", "ticket.comment.public")] = Field(
        description="True: an answer that the requester gets; false: an internal note"
    )


class SearchUsers(Args):
    query: str = Field(
        min_length=1, max_length=500, description="Name, e-mail address, or a part of them"
    )
    page: int = Field(1, ge=1, le=100, description="Number of the page")
    per_page: int = Field(25, ge=1, le=100, description="People per page")


class User(Output):
    id: int
    name: str
    email: str | None = None
    role: str | None = None
    organization_id: int | None = None


class Users(Output):
    count: int
    users: list[User]


TOOLS = (
    HttpTool(
        name="zendesk_search_tickets",
        description="Search tickets by words and filters, in the order of their creation.",
        needs=READ,
        effect="read",
        method="GET",
        path="/search/export",
        query={"filter[type]": "ticket"},
        args=SearchTickets,
        output=FoundTickets,
        pages=CURSOR,
        examples=({"query": "status:open printer"}, {"query": "printer", "limit": 1}),
    ),
    HttpTool(
        name="zendesk_list_tickets",
        description="List tickets that are not archived, by id.",
        needs=READ,
        effect="read",
        method="GET",
        path="/tickets",
        args=ListTickets,
        output=Tickets,
        pages=CURSOR,
        examples=({}, {"limit": 1}),
    ),
    HttpTool(
        name="zendesk_get_ticket",
        description="Read a ticket: subject, first message, status, people, tags.",
        needs=READ,
        effect="read",
        method="GET",
        path="/tickets/{ticket_id}",
        args=GetTicket,
        output=OneTicket,
        examples=({"ticket_id": 35},),
    ),
    HttpTool(
        name="zendesk_list_comments",
        description="List a ticket's messages and internal notes, oldest first.",
        needs=READ,
        effect="read",
        method="GET",
        path="/tickets/{ticket_id}/comments",
        args=ListComments,
        output=Comments,
        pages=CURSOR,
        examples=({"ticket_id": 35}, {"ticket_id": 35, "limit": 1}),
    ),
    HttpTool(
        name="zendesk_create_ticket",
        description="Create a ticket. Its requester may get mail about it.",
        needs=WRITE,
        effect="write",
        method="POST",
        path="/tickets",
        args=CreateTicket,
        output=OneTicket,
        examples=({"subject": "Printer on fire", "body": "It smokes.", "priority": "high"},),
    ),
    HttpTool(
        name="zendesk_update_ticket",
        description="Change a ticket's status, priority, assignee or tags.",
        needs=WRITE,
        effect="write",
        method="PUT",
        path="/tickets/{ticket_id}",
        args=UpdateTicket,
        output=OneTicket,
        examples=({"ticket_id": 35, "status": "solved"},),
    ),
    HttpTool(
        name="zendesk_add_comment",
        description="Answer a ticket's requester, or add an internal note.",
        needs=WRITE,
        effect="write",
        method="PUT",
        path="/tickets/{ticket_id}",
        args=AddComment,
        output=OneTicket,
        examples=({"ticket_id": 35, "body": "Is it still smoking?", "public": True},),
    ),
    HttpTool(
        name="zendesk_search_users",
        description="Find people by name or e-mail address: id, role, organisation.",
        needs=READ,
        effect="read",
        method="GET",
        path="/users/search",
        args=SearchUsers,
        output=Users,
        examples=({"query": "ben"},),
    ),
)
