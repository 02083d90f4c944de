"""Tools of WhatsApp Business: send a text, send a template.

Reference: https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages

Facts:
1. The number that sends is named by its id, not by itself.
2. A text reaches those who wrote in the last 24 hours; to all others only a template is sent that
   Meta approved.

Unconfirmed: written from memory of the reference. What matters is the members of bodies and
answers.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AliasPath, Field

from connectors.tooling import Args, HttpTool, In, Needs, Output

_WHATSAPP = (Needs("whatsapp", ("whatsapp_business_messaging",)),)


class _ToSomebody(Args):
    phone_number_id: str = Field(
        pattern=r"^[0-9]{5,20}$", description="id of the number that sends"
    )
    to: str = Field(pattern=r"^\+?[0-9]{6,15}$", description="number of who gets it")


class SendMessage(_ToSomebody):
    text: Annotated[str, In("body", "text.body")] = Field(
        min_length=1, max_length=4096, description="the message"
    )
    preview_url: Annotated[bool, In("body", "text.preview_url")] = Field(
        False, description="show a preview of the first link"
    )


class SendTemplate(_ToSomebody):
    template: Annotated[str, In("body", "template.name")] = Field(
        pattern=r"^[a-z0-9_]{1,512}$", description="name of an approved template"
    )
    language: Annotated[str, In("body", "template.language.code")] = Field(
        "en_US", pattern=r"^[A-Za-z_]{2,10}$", description="its language"
    )
    components: Annotated[list[dict[str, Any]] | None, In("body", "template.components")] = Field(
        None, max_length=20, description="values of its variables, as Meta's reference has them"
    )


class Sent(Output):
    id: str = Field(validation_alias=AliasPath("messages", 0, "id"))
    to: str | None = Field(None, validation_alias=AliasPath("contacts", 0, "wa_id"))


NUMBER = {"phone_number_id": "106540352242922", "to": "15550783881"}
TOOLS = (
    HttpTool(
        name="whatsapp_send_message",
        description="Send a text by WhatsApp to somebody who wrote to the business in the last 24 "
        "hours.",
        needs=_WHATSAPP,
        effect="write",
        method="POST",
        path="/{phone_number_id}/messages",
        body={"messaging_product": "whatsapp", "recipient_type": "individual", "type": "text"},
        args=SendMessage,
        output=Sent,
        examples=({**NUMBER, "text": "Your table is ready."},),
    ),
    HttpTool(
        name="whatsapp_send_template",
        description="Send an approved template by WhatsApp, also to somebody who did not write.",
        needs=_WHATSAPP,
        effect="write",
        method="POST",
        path="/{phone_number_id}/messages",
        body={"messaging_product": "whatsapp", "recipient_type": "individual", "type": "template"},
        args=SendTemplate,
        output=Sent,
        examples=({**NUMBER, "template": "hello_world"},),
    ),
)
