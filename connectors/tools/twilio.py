"""Tools for Twilio, by twilio.com/docs (Message, Call and IncomingPhoneNumber resources).

Quirks:
1. Bodies are forms, and names are written LikeThis.
2. ``next_page_uri`` is the path of the next page. Its ``PageToken`` is passed on; ``Page``, the
   number, stands beside it there. That the token does without it is not confirmed.
3. A message is only ``queued`` in the answer: what became of it is seen later.

Unconfirmed: written without the documentation at hand; what matters is paths, page tokens, and the
shapes of answers.
"""

from typing import Annotated, Literal

from pydantic import Field

from connectors.tooling import Args, HttpTool, In, Needs, Output, Pages

_NEEDS = (Needs("twilio"),)
_PAGES = Pages(argument="page_token", next="next_page_uri", parameter="PageToken")  # quirk 2
_SIZE = Field(default=20, ge=1, le=1000, description="Entries per page.")
_TOKEN = Field(default=None, max_length=200, description="next of the page before.")
_E164 = r"^(whatsapp:)?\+[1-9][0-9]{6,14}$"
_DAY = r"^\d{4}-\d\d-\d\d$"

_To = Annotated[str | None, In("query", "To")]
_From = Annotated[str | None, In("query", "From")]


class _Page(Args):
    page_size: Annotated[int, In("query", "PageSize")] = _SIZE
    page_token: Annotated[str | None, In("query", "PageToken")] = _TOKEN


class SendMessage(Args):
    to: Annotated[str, In("body", "To")] = Field(
        pattern=_E164, description="Recipient in E.164, such as +14155550100."
    )
    from_number: Annotated[str, In("body", "From")] = Field(
        pattern=r"^(?:\+[1-9][0-9]{6,14}|whatsapp:\+[0-9]{7,15}|[A-Za-z0-9 ]{1,11})$",
        description="One of the account's numbers in E.164, a short code, or a sender id.",
    )
    text: Annotated[str, In("body", "Body")] = Field(
        min_length=1, max_length=1600, description="Text. Each 70 to 160 characters are billed."
    )


class ListMessages(_Page):
    to: _To = Field(default=None, pattern=_E164, description="Only those to this number.")
    from_number: _From = Field(
        default=None, pattern=_E164, description="Only those from this number."
    )
    date_sent: Annotated[str | None, In("query", "DateSent")] = Field(
        default=None, pattern=_DAY, description="Only those of this day (UTC), YYYY-MM-DD."
    )


class GetMessage(Args):
    sid: str = Field(pattern="^(SM|MM)[0-9a-f]{32}$", description="Id of the message.")


class ListCalls(_Page):
    to: _To = Field(default=None, pattern=_E164, description="Only those to this number.")
    from_number: _From = Field(
        default=None, pattern=_E164, description="Only those from this number."
    )
    status: Annotated[
        Literal["queued", "ringing", "in-progress", "completed", "busy", "failed", "no-answer"]
        | None,
        In("query", "Status"),
    ] = Field(default=None, description="Only calls with this status.")


class ListNumbers(_Page):
    pass


class Message(Output):
    sid: str
    status: str
    direction: str | None = None
    from_number: str | None = Field(default=None, validation_alias="from")
    to: str | None = None
    body: str | None = None
    date_sent: str | None = None
    error_code: int | None = None
    error_message: str | None = None


class Messages(Output):
    messages: list[Message]


class Call(Output):
    sid: str
    status: str
    direction: str | None = None
    from_number: str | None = Field(default=None, validation_alias="from")
    to: str | None = None
    start_time: str | None = None
    duration: str | None = None


class Calls(Output):
    calls: list[Call]


class Number(Output):
    sid: str
    phone_number: str
    friendly_name: str | None = None


class Numbers(Output):
    numbers: list[Number] = Field(validation_alias="incoming_phone_numbers")


TOOLS = (
    HttpTool(
        name="twilio_send_message",
        description="Send a text message (SMS or WhatsApp) and return its id. It is queued; see "
        "twilio_get_message for the outcome.",
        needs=_NEEDS,
        effect="write",
        method="POST",
        path="/Messages.json",
        body_format="form",
        args=SendMessage,
        output=Message,
        examples=(
            {"to": "+14155550123", "from_number": "+14155550100", "text": "Your taxi is here."},
        ),
    ),
    HttpTool(
        name="twilio_list_messages",
        description="List messages, newest first: numbers, text, status. Filter by number and day.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path="/Messages.json",
        args=ListMessages,
        output=Messages,
        pages=_PAGES,
        examples=({"page_size": 2}, {"to": "+14155550111"}),
    ),
    HttpTool(
        name="twilio_get_message",
        description="Read one message: status (delivered, failed …), error, text.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path="/Messages/{sid}.json",
        args=GetMessage,
        output=Message,
        examples=({"sid": "SM" + "1a" * 16},),
    ),
    HttpTool(
        name="twilio_list_calls",
        description="List phone calls, newest first: numbers, status, start, seconds.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path="/Calls.json",
        args=ListCalls,
        output=Calls,
        pages=_PAGES,
        examples=({"page_size": 2}, {"status": "completed"}),
    ),
    HttpTool(
        name="twilio_list_numbers",
        description="List the account's phone numbers, from which it can send.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path="/IncomingPhoneNumbers.json",
        args=ListNumbers,
        output=Numbers,
        pages=_PAGES,
        examples=({"page_size": 1},),
    ),
)
