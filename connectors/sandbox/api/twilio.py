"""Twilio's API, by twilio.com/docs (Message, Call and IncomingPhoneNumber resources, paging,
error 20404, 21211, 21606).

Methods, paths, parameters and members are checked against the OpenAPI documents that Twilio
publishes (twilio/twilio-oai: ``twilio_verify_v2.json`` and ``twilio_api_v2010.json``).

Unconfirmed: whether a page token does without the number of the page.
"""

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Answer, Problem, Request, SimulatedApi, page_of, refuse

_CODES = {"not_found": 20404, "to": 21211, "from": 21606, "parameters": 20001, "body": 21604}
_OWN = "+14155550100"


def _error(problem: Problem) -> Refusal:
    code = _CODES.get(problem.kind, 20001)
    info = f"https://www.twilio.com/docs/errors/{code}"
    said = {"message": problem.message, "more_info": info, "status": problem.status}
    return Refusal(problem.status, {"code": code, **said})


def _message(account: str, key: str, to: str, sender: str, body: str) -> dict[str, Any]:
    return {
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": body,
        "date_created": "Mon, 02 Nov 2026 10:00:00 +0000",
        "date_sent": "Mon, 02 Nov 2026 10:00:01 +0000",
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": sender,
        "num_segments": "1",
        "price": None,
        "sid": key,
        "status": "delivered",
        "to": to,
    }


def _verification(account: str, service: str, key: str, to: str, channel: str) -> dict[str, Any]:
    return {
        "sid": f"VE{int(key):032x}",
        "service_sid": service,
        "account_sid": account,
        "to": to,
        "channel": channel,
        "status": "pending",
        "valid": False,
        "amount": None,
        "payee": None,
        "date_created": "2026-11-02T10:00:00Z",
        "date_updated": "2026-11-02T10:00:00Z",
    }


def _state(account: FictionalAccount) -> dict[str, Any]:
    own = account.facts["sid"]
    messages = [
        _message(own, "SM" + f"{n}a" * 16, f"+1415555011{n}", _OWN, f"Hello {n}") for n in (3, 2, 1)
    ]
    calls = [
        {
            "sid": "CA" + f"{n}b" * 16,
            "account_sid": own,
            "direction": "outbound-api",
            "duration": str(30 * n),
            "from": _OWN,
            "start_time": "Mon, 02 Nov 2026 11:00:00 +0000",
            "status": "completed" if n < 3 else "busy",
            "to": f"+1415555011{n}",
        }
        for n in (3, 2, 1)
    ]
    numbers = [
        {"sid": "PN" + "0c" * 16, "phone_number": _OWN, "friendly_name": "(415) 555-0100"},
        {"sid": "PN" + "1c" * 16, "phone_number": "+14155550101", "friendly_name": "Support"},
    ]
    services = [
        {"sid": "VA" + f"{n}d" * 16, "account_sid": own, "friendly_name": name, "code_length": 6}
        for n, name in ((1, "Sign-up"), (2, "Payments"))
    ]
    return {
        "messages": messages,
        "calls": calls,
        "incoming_phone_numbers": numbers,
        "services": services,
        "verifications": {
            ("VA" + "1d" * 16, "+14155550199"): _verification(
                own, "VA" + "1d" * 16, "1", "+14155550199", "sms"
            )
        },
    }


API = SimulatedApi(
    "twilio", base="api.twilio.com/2010-04-01/Accounts/{account_sid}", state=_state, refuse=_error
)

_PAGE = {"PageSize?": int, "Page?": int, "PageToken?": str}


def _page(call: Request, name: str, resource: str, found: list[Any]) -> dict[str, Any]:
    size = call.query.get("PageSize", 50)
    if not 1 <= size <= 1000:
        refuse("parameters", "Page size must be between 1 and 1000")
    page, following = page_of(found, call.query.get("PageToken"), size)
    path = f"/2010-04-01/Accounts/{call.account.facts['sid']}/{resource}.json"
    number = call.query.get("Page", 0)
    after = f"{path}?PageSize={size}&Page={number + 1}&PageToken={following}"
    return {
        name: page,
        "first_page_uri": f"{path}?PageSize={size}&Page=0",
        "next_page_uri": after if following else None,
        "page": number,
        "page_size": size,
        "uri": path,
    }


def _kept(call: Request, things: list[Any], **filters: str) -> list[Any]:
    asked = {member: call.query[name] for name, member in filters.items() if name in call.query}
    return [each for each in things if all(each[m] == value for m, value in asked.items())]


@API.route(
    "POST /Messages.json",
    body={
        "To": str,
        "From?": str,
        "MessagingServiceSid?": str,
        "Body?": str,
        "MediaUrl?": [str],
        "StatusCallback?": str,
    },
    body_format="form",
    effect="message_sent",
)
def send_message(call: Request) -> Any:
    to, sender = call.body["To"], call.body.get("From")
    if not to.removeprefix("whatsapp:").startswith("+"):
        refuse("to", f"The 'To' number {to} is not a valid phone number.")
    if sender != _OWN:
        refuse("from", f"The From phone number {sender} is not a valid number of the account.")
    if not call.body.get("Body") and "MediaUrl" not in call.body:
        refuse("body", "Message body is required.")
    key = f"SM{int(call.new_id()):032x}"
    made = _message(call.account.facts["sid"], key, to, sender, call.body.get("Body", ""))
    made |= {"status": "queued", "date_sent": None}
    call.state["messages"].insert(0, made)
    return Answer(201, made)


@API.route(
    "GET /Messages.json",
    query={
        "To?": str,
        "From?": str,
        "DateSent?": str,
        "DateSent<?": str,
        "DateSent>?": str,
        **_PAGE,
    },
)
def list_messages(call: Request) -> Any:
    found = _kept(call, call.state["messages"], To="to", From="from")
    if call.query.get("DateSent", "2026-11-02") != "2026-11-02":
        found = []
    return _page(call, "messages", "Messages", found)


@API.route("GET /Messages/{sid}.json")
def get_message(call: Request) -> Any:
    known = {each["sid"]: each for each in call.state["messages"]}
    return call.found(known, call.path["sid"], "the requested resource /Messages/")


@API.route(
    "GET /Calls.json",
    query={"To?": str, "From?": str, "Status?": str, "StartTime?": str, "EndTime?": str, **_PAGE},
)
def list_calls(call: Request) -> Any:
    found = _kept(call, call.state["calls"], To="to", From="from", Status="status")
    return _page(call, "calls", "Calls", found)


@API.route(
    "GET /IncomingPhoneNumbers.json", query={"PhoneNumber?": str, "FriendlyName?": str, **_PAGE}
)
def list_numbers(call: Request) -> Any:
    found = call.state["incoming_phone_numbers"]
    return _page(call, "incoming_phone_numbers", "IncomingPhoneNumbers", found)


@API.route(
    "POST /Calls.json",
    body={
        "To": str,
        "From": str,
        "Url?": str,
        "Twiml?": str,
        "ApplicationSid?": str,
        "Record?": bool,
        "SendDigits?": str,
        "StatusCallback?": str,
        "TimeLimit?": int,
        "Timeout?": int,
    },
    body_format="form",
    effect="call_created",
)
def create_call(call: Request) -> Any:
    asked = call.body
    if not asked["To"].startswith("+"):
        refuse("to", f"The phone number you are attempting to call, {asked['To']}, is not valid.")
    if asked["From"] != _OWN:
        refuse("from", f"The source phone number provided, {asked['From']}, is not yet verified.")
    twiml = asked.get("Twiml", "")
    if not (twiml or asked.get("Url") or asked.get("ApplicationSid")) or len(twiml) > 4000:
        refuse("parameters", "Url, Twiml or ApplicationSid is required")
    if twiml and not twiml.startswith("<Response>"):
        refuse("parameters", "Twiml is no document")
    made = {
        "sid": f"CA{int(call.new_id()):032x}",
        "account_sid": call.account.facts["sid"],
        "direction": "outbound-api",
        "duration": None,
        "from": asked["From"],
        "start_time": None,
        "status": "queued",
        "to": asked["To"],
    }
    call.state["calls"].insert(0, made)
    return Answer(201, made)


_VERIFY = "verify.twilio.com/v2/Services"


@API.route(f"GET {_VERIFY}", query=_PAGE)
def list_services(call: Request) -> Any:
    size, number = call.query.get("PageSize", 50), call.query.get("Page", 0)
    page, following = page_of(call.state["services"], call.query.get("PageToken"), size)
    place = f"https://{_VERIFY}?PageSize={size}"
    after = f"{place}&Page={number + 1}&PageToken={following}" if following else None
    meta = {"page": number, "page_size": size, "key": "services", "next_page_url": after}
    return {"services": page, "meta": {**meta, "first_page_url": f"{place}&Page=0"}}


def _service(call: Request) -> str:
    known = {each["sid"]: each for each in call.state["services"]}
    call.found(known, call.path["service"], "the requested resource /Services/")
    return call.path["service"]


@API.route(
    f"POST {_VERIFY}/{{service}}/Verifications",
    body={
        "To": str,
        "Channel": {"sms", "call", "email", "whatsapp", "sna", "auto"},
        "Locale?": str,
        "CustomFriendlyName?": str,
        "TemplateSid?": str,
    },
    body_format="form",
    effect="verification_started",
)
def start_verification(call: Request) -> Any:
    service, to, channel = _service(call), call.body["To"], call.body["Channel"]
    if ("@" in to) != (channel == "email") or not ("@" in to or to.startswith("+")):
        refuse("parameters", f"Invalid parameter `To`: {to}")
    own, key = call.account.facts["sid"], call.new_id()
    made = _verification(own, service, key, to, channel)
    call.state["verifications"][service, to] = made
    return Answer(201, made)


@API.route(
    f"POST {_VERIFY}/{{service}}/VerificationCheck",
    body={"Code?": str, "To?": str, "VerificationSid?": str},
    body_format="form",
    effect="verification_checked",
)
def check_verification(call: Request) -> Any:
    place = (_service(call), call.body.get("To", ""))
    if place not in call.state["verifications"]:
        refuse("not_found", "The requested resource /VerificationCheck was not found")
    found = call.state["verifications"][place]
    if call.body.get("Code") == "123456":
        found |= {"status": "approved", "valid": True}
        del call.state["verifications"][place]
    return Answer(201, found)
