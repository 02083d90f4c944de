"""Tools for Mailgun, by documentation.mailgun.com (api-reference: messages, validations).

Quirks:
1. A message without attachments may be sent as a plain form.
2. Recipients are one value with commas between.
3. A check of an address costs money.

Checked against the OpenAPI document in the MCP server that Mailgun publishes
(mailgun/mailgun-mcp-server: ``src/openapi.yaml``), which describes the form as multipart.
"""

from typing import Annotated

from pydantic import Field

from connectors.tool_text import MAIL_ADDRESS, ONE_LINE
from connectors.tooling import Args, HttpTool, In, Needs, Output

_NEEDS = (Needs("mailgun"),)


class SendMessage(Args):
    domain: str = Field(
        max_length=253, pattern=r"^[a-z0-9.-]+$", description="Domain that sends: mg.acme.example."
    )
    sender: Annotated[str, In("body", "from")] = Field(
        max_length=300, pattern=ONE_LINE, description="Sender: Shop <shop@mg.acme.example>."
    )
    to: Annotated[list[str], In("body", "to", join=",")] = Field(  # quirk 2
        min_length=1, max_length=100, description="Recipients; each sees the others."
    )
    subject: str = Field(min_length=1, max_length=500, pattern=ONE_LINE, description="Subject.")
    text: str = Field(min_length=1, max_length=500_000, description="Body as plain text.")
    html: str | None = Field(default=None, max_length=500_000, description="Body as HTML.")


class ValidateAddress(Args):
    address: str = Field(max_length=512, pattern=MAIL_ADDRESS, description="Address to check.")


class Sent(Output):
    id: str
    message: str | None = None


class Validation(Output):
    address: str
    result: str = Field(description="deliverable, undeliverable, do_not_send, catch_all, unknown")
    risk: str | None = None
    reason: list[str] = Field(default_factory=list)
    did_you_mean: str | None = None
    is_disposable_address: bool | None = None
    is_role_address: bool | None = None


TOOLS = (
    HttpTool(
        name="mailgun_send_message",
        description="Send an e-mail with Mailgun from one of the account's domains.",
        needs=_NEEDS,
        effect="write",
        method="POST",
        path="/v3/{domain}/messages",
        body_format="form",  # quirk 1
        args=SendMessage,
        output=Sent,
        examples=(
            {
                "domain": "mail.acme.example",
                "sender": "Shop <shop@mail.acme.example>",
                "to": ["ana@acme.example"],
                "subject": "Your order",
                "text": "It is on its way.",
            },
        ),
    ),
    HttpTool(
        name="mailgun_validate_address",
        description="Check with Mailgun whether an e-mail address can receive messages. Costs one "
        "validation.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path="/v4/address/validate",
        args=ValidateAddress,
        output=Validation,
        examples=({"address": "ana@acme.example"},),
    ),
)
