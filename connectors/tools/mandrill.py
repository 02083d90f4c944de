"""Tools for Mandrill (Mailchimp Transactional), by mailchimp.com/developer/transactional/api.

Quirks:
1. Every call is a POST with a JSON body, those that read too, and an error is 4xx or 500 with
   ``name`` and ``message``.
2. Sending answers per recipient: ``sent``, ``queued``, ``scheduled``, ``rejected`` or ``invalid``.
3. A search has no pages: at most 1,000 messages of the last 90 days.

Paths, parameters and members are checked against the OpenAPI document that Mailchimp publishes
(mailchimp/mailchimp-client-lib-codegen: ``spec/transactional.json``).
"""

from typing import Annotated

from pydantic import Field

from connectors.tool_text import MAIL_ADDRESS, ONE_LINE
from connectors.tooling import Args, HttpTool, In, Needs, Output

_NEEDS = (Needs("mandrill"),)
_DAY = r"^\d{4}-\d\d-\d\d$"


class SendMessage(Args):
    to: Annotated[str, In("body", "message.to[0].email")] = Field(
        max_length=254, pattern=MAIL_ADDRESS, description="The recipient's e-mail address."
    )
    from_email: Annotated[str, In("body", "message.from_email")] = Field(
        max_length=254,
        pattern=MAIL_ADDRESS,
        description="Sender, at a domain verified in Mandrill.",
    )
    from_name: Annotated[str | None, In("body", "message.from_name")] = Field(
        default=None, max_length=200, pattern=ONE_LINE, description="The sender's name."
    )
    subject: Annotated[str, In("body", "message.subject")] = Field(
        min_length=1, max_length=500, pattern=ONE_LINE, description="Subject."
    )
    text: Annotated[str | None, In("body", "message.text")] = Field(
        default=None, max_length=100_000, description="Body as plain text."
    )
    html: Annotated[str | None, In("body", "message.html")] = Field(
        default=None, max_length=500_000, description="Body as HTML."
    )
    tags: Annotated[list[str] | None, In("body", "message.tags")] = Field(
        default=None, max_length=10, description="Tags for statistics."
    )


class SearchMessages(Args):
    query: str | None = Field(
        default=None, max_length=500, description="Words, or email:ana@acme.example."
    )
    date_from: str | None = Field(default=None, pattern=_DAY, description="YYYY-MM-DD.")
    date_to: str | None = Field(default=None, pattern=_DAY, description="YYYY-MM-DD.")
    limit: int = Field(default=20, ge=1, le=1000, description="Most messages to return.")


class GetMessage(Args):
    id: str = Field(pattern="^[A-Za-z0-9]{8,64}$", description="Id of the message.")


class Sent(Output):
    id: str | None = Field(default=None, validation_alias="_id")
    email: str
    status: str
    reject_reason: str | None = None


class Outcome(Output):
    recipients: list[Sent] = Field(validation_alias="items")


class Message(Output):
    id: str = Field(validation_alias="_id")
    email: str
    sender: str | None = None
    subject: str | None = None
    state: str | None = None
    opens: int | None = None
    clicks: int | None = None
    ts: int | None = None


class Messages(Output):
    messages: list[Message] = Field(validation_alias="items")


TOOLS = (
    HttpTool(
        name="mandrill_send_message",
        description="Send an e-mail to one person. The status may be rejected or invalid: read it.",
        needs=_NEEDS,
        effect="write",
        method="POST",
        path="/messages/send",
        args=SendMessage,
        output=Outcome,
        examples=(
            {
                "to": "ana@acme.example",
                "from_email": "shop@acme.example",
                "subject": "Your order",
                "text": "It is on its way.",
            },
        ),
    ),
    HttpTool(
        name="mandrill_search_messages",
        description="Search messages of the last 90 days: recipient, subject, state, clicks.",
        needs=_NEEDS,
        effect="read",
        method="POST",
        path="/messages/search",
        args=SearchMessages,
        output=Messages,
        examples=({"limit": 2}, {"query": "email:ana@acme.example"}),
    ),
    HttpTool(
        name="mandrill_get_message",
        description="Read what became of a message: state (sent, bounced, rejected), clicks.",
        needs=_NEEDS,
        effect="read",
        method="POST",
        path="/messages/info",
        args=GetMessage,
        output=Message,
        examples=({"id": "abc123abc123abc123abc123abc123ab"},),
    ),
)
