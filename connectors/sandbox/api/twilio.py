"""Twilio's API, by twilio.com/docs (Message, Call and IncomingPhoneNumber resources, paging,
error 20404, 21211, 21606).

Unconfirmed: written without the documentation at hand; what matters is paths, page tokens, and the
shapes of answers.
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
    return {"messages": messages, "calls": calls, "incoming_phone_numbers": numbers}


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
