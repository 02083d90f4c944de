"""Tools for Twilio, by twilio.com/docs (Message, Call and IncomingPhoneNumber resources).

Quirks:
1. Bodies are forms, and names are written LikeThis.
2. ``next_page_uri`` is the path of the next page. Its ``PageToken`` is passed on; ``Page``, the
   number, stands beside it there.
3. A message is only ``queued`` in the answer: what became of it is seen later.
4. A call says what TwiML tells it to; a text is put into ``<Say>``, with its markup escaped.
5. Verify has another host, and a service there; its lists go on by ``meta.next_page_url``.

Methods, paths, parameters and members are checked against the OpenAPI documents that Twilio
publishes (twilio/twilio-oai: ``twilio_verify_v2.json`` and ``twilio_api_v2010.json``).

Unconfirmed: whether a page token does without the number of the page.
"""

from typing import Annotated, Literal
from xml.sax.saxutils import escape

from pydantic import Field, PlainSerializer

from connectors.tooling import Args, HttpTool, In, Needs, Output, Pages

_NEEDS = (Needs("twilio"),)
_VERIFY = "verify.twilio.com"  # quirk 5
_PAGES = Pages(argument="page_token", next="next_page_uri", parameter="PageToken")  # quirk 2
_SIZE = Field(default=20, ge=1, le=1000, description="Entries per page.")
_TOKEN = Field(default=None, max_length=200, description="next of the page before.")
_E164 = r"^(whatsapp:)?\+[1-9][0-9]{6,14}$"
_PHONE = r"^\+[1-9][0-9]{6,14}$"
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


def spoken(text: str) -> str:
    """Return TwiML that says a text (quirk 4)."""
    return f"<Response><Say>{escape(text)}</Say></Response>"


class CreateCall(Args):
    to: Annotated[str, In("body", "To")] = Field(
        pattern=_PHONE, description="Whom to call, in E.164."
    )
    from_number: Annotated[str, In("body", "From")] = Field(
        pattern=_PHONE, description="One of the account's numbers in E.164."
    )
    text: Annotated[str, PlainSerializer(spoken), In("body", "Twiml")] = Field(
        min_length=1, max_length=800, description="What a voice says to who answers."
    )


_Service = Annotated[
    str, Field(pattern="^VA[0-9a-f]{32}$", description="Id (twilio_list_verify_services).")
]


class StartVerification(Args):
    service: _Service
    to: Annotated[str, In("body", "To")] = Field(
        pattern=r"^(\+[1-9][0-9]{6,14}|[^@\s]{1,64}@[^@\s]{1,190})$",
        description="Phone number in E.164, or an e-mail address.",
    )
    channel: Annotated[Literal["sms", "call", "email", "whatsapp"], In("body", "Channel")] = Field(
        default="sms", description="How the code is sent."
    )


class CheckVerification(Args):
    service: _Service
    to: Annotated[str, In("body", "To")] = Field(
        max_length=255, description="Where the code was sent."
    )
    code: Annotated[str, In("body", "Code")] = Field(
        pattern="^[0-9A-Za-z]{4,10}$", description="What the person typed."
    )


class Verification(Output):
    sid: str
    to: str
    channel: str
    status: str = Field(description="pending, approved, canceled …")
    valid: bool


class VerifyService(Output):
    sid: str
    name: str | None = Field(default=None, validation_alias="friendly_name")


class VerifyServices(Output):
    services: list[VerifyService]


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
        name="twilio_create_call",
        description="Call a phone number and say a text to who answers. Returns the call's id.",
        needs=_NEEDS,
        effect="write",
        method="POST",
        path="/Calls.json",
        body_format="form",
        args=CreateCall,
        output=Call,
        examples=(
            {"to": "+14155550123", "from_number": "+14155550100", "text": "Your taxi is here."},
        ),
    ),
    HttpTool(
        name="twilio_list_verify_services",
        description="List the services by which Twilio sends codes, for their ids.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        host=_VERIFY,
        path="/v2/Services",
        args=ListNumbers,
        output=VerifyServices,
        pages=Pages(argument="page_token", next="meta.next_page_url", parameter="PageToken"),
        examples=({"page_size": 1},),
    ),
    HttpTool(
        name="twilio_start_verification",
        description="Send a code to a phone number or e-mail address, to prove whose it is.",
        needs=_NEEDS,
        effect="write",
        method="POST",
        host=_VERIFY,
        path="/v2/Services/{service}/Verifications",
        body_format="form",
        args=StartVerification,
        output=Verification,
        examples=({"service": "VA" + "1d" * 16, "to": "+14155550123"},),
    ),
    HttpTool(
        name="twilio_check_verification",
        description="Check the code that a person typed: approved, or still pending.",
        needs=_NEEDS,
        effect="write",
        method="POST",
        host=_VERIFY,
        path="/v2/Services/{service}/VerificationCheck",
        body_format="form",
        args=CheckVerification,
        output=Verification,
        examples=({"service": "VA" + "1d" * 16, "to": "+14155550199", "code": "123456"},),
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
