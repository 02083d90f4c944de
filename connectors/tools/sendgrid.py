"""Tools for SendGrid, by twilio.com/docs/sendgrid/api-reference/mail-send.

Quirks:
1. A success is 202 without a body: the message is queued. What became of it is seen elsewhere.
2. The id of a dynamic template begins with ``d-``; its subject may stand in it.

Checked against the OpenAPI document that SendGrid publishes (sendgrid/sendgrid-oai:
``spec/paths/mail_send/mail_send.json``), which does not say how an unknown template is answered.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from connectors.tool_text import MAIL_ADDRESS, ONE_LINE
from connectors.tooling import Args, HttpTool, In, Needs, Output

_NEEDS = (Needs("sendgrid"),)


class _Mail(Args):
    to: Annotated[str, In("body", "personalizations[0].to[0].email")] = Field(
        max_length=254, pattern=MAIL_ADDRESS, description="The recipient's e-mail address."
    )
    to_name: Annotated[str | None, In("body", "personalizations[0].to[0].name")] = Field(
        default=None, max_length=200, pattern=ONE_LINE, description="The recipient's name."
    )
    from_email: Annotated[str, In("body", "from.email")] = Field(
        max_length=254, pattern=MAIL_ADDRESS, description="Sender, verified in SendGrid."
    )
    from_name: Annotated[str | None, In("body", "from.name")] = Field(
        default=None, max_length=200, pattern=ONE_LINE, description="The sender's name."
    )
    reply_to: Annotated[str | None, In("body", "reply_to.email")] = Field(
        default=None, max_length=254, pattern=MAIL_ADDRESS, description="Where answers go."
    )


class SendEmail(_Mail):
    subject: str = Field(min_length=1, max_length=500, pattern=ONE_LINE, description="Subject.")
    text: Annotated[str, In("body", "content[0].value")] = Field(
        min_length=1, max_length=500_000, description="Body of the message."
    )
    format: Annotated[Literal["text/plain", "text/html"], In("body", "content[0].type")] = Field(
        default="text/plain", description="What the body is."
    )


class SendTemplate(_Mail):
    template_id: str = Field(
        pattern="^[A-Za-z0-9-]{8,64}$", description="Id of a dynamic template: d-0123…"
    )
    data: Annotated[dict[str, Any], In("body", "personalizations[0].dynamic_template_data")] = (
        Field(default_factory=dict, description="Values for the template.")
    )


class Queued(Output):
    pass


TOOLS = (
    HttpTool(
        name="sendgrid_send_email",
        description="Send an e-mail to one person with SendGrid, as plain text or HTML.",
        needs=_NEEDS,
        effect="write",
        method="POST",
        path="/mail/send",
        args=SendEmail,
        output=Queued,
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
        name="sendgrid_send_template",
        description="Send an e-mail to one person with a dynamic template of SendGrid.",
        needs=_NEEDS,
        effect="write",
        method="POST",
        path="/mail/send",
        args=SendTemplate,
        output=Queued,
        examples=(
            {
                "to": "ana@acme.example",
                "from_email": "shop@acme.example",
                "template_id": "d-0123456789abcdef0123456789abcdef",
                "data": {"order": 17},
            },
        ),
    ),
)
