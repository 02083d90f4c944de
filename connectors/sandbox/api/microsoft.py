"""Microsoft Graph v1.0, by learn.microsoft.com/graph/api: mail, calendar, OneDrive, To Do.

A page goes on at ``@odata.nextLink``, the whole address with a token. What is searched for are
words in subjects and names. The time zones are UTC alone.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from connectors.provider import FictionalAccount
from connectors.provider_keys import Refusal
from connectors.simulated_api import Answer, Problem, Request, SimulatedApi, page_of, refuse

_LIST = {"$top?": int, "$select?": str, "$skiptoken?": str, "$orderby?": str, "$filter?": str}
_TIME = {"dateTime": str, "timeZone": str}
_PERSON = {"emailAddress": {"address": str, "name?": str}}
_BODY = {"contentType?": {"Text", "text", "HTML", "html"}, "content": str}
_MAIL = "Mail.Read Mail.ReadWrite"
_CALENDAR = "Calendars.Read Calendars.ReadWrite"
_FILES = "Files.Read Files.ReadWrite Files.Read.All Files.ReadWrite.All"
_TASKS = "Tasks.Read Tasks.ReadWrite"


def _state(account: FictionalAccount) -> dict[str, Any]:
    me = {"address": account.facts["userPrincipalName"], "name": account.facts["displayName"]}
    ben = {"address": "ben@fabrikam.example", "name": "Ben Okoro"}

    def mail(number: int, subject: str) -> dict[str, Any]:
        return {
            "id": f"AAMkSandboxMail{number}",
            "subject": subject,
            "from": {"emailAddress": ben},
            "toRecipients": [{"emailAddress": me}],
            "ccRecipients": [],
            "receivedDateTime": f"2026-01-0{number}T09:00:00Z",
            "bodyPreview": f"About: {subject}",
            "body": {"contentType": "html", "content": f"<p>About: {subject}</p>"},
            "isRead": False,
            "hasAttachments": False,
            "webLink": f"https://outlook.office365.example/owa/?ItemID={number}",
        }

    def event(number: int, subject: str) -> dict[str, Any]:
        day = f"2026-12-0{number}"
        return {
            "id": f"AAMkSandboxEvent{number}",
            "subject": subject,
            "start": {"dateTime": f"{day}T09:00:00.0000000", "timeZone": "UTC"},
            "end": {"dateTime": f"{day}T10:00:00.0000000", "timeZone": "UTC"},
            "location": {"displayName": "Room 1"},
            "organizer": {"emailAddress": me},
            "attendees": [{"emailAddress": ben, "type": "required"}],
            "isAllDay": False,
            "webLink": f"https://outlook.office365.example/owa/?itemid={number}",
        }

    def item(number: int, name: str, parent: str, **kind: Any) -> dict[str, Any]:
        about = {"id": f"01SANDBOXITEM{number}", "name": name, "size": 1024, "parent": parent}
        link = {"webUrl": f"https://contoso-my.sharepoint.example/{number}"}
        return {**about, **link, "lastModifiedDateTime": "2026-01-05T09:00:00Z", **kind}

    sheet = {"mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
    task = {"id": "AAMkSandboxTask1", "title": "Water the plants", "status": "notStarted"}
    other = {**task, "id": "AAMkSandboxTask2", "title": "Pay the rent"}
    note = {"importance": "normal", "body": {"content": "", "contentType": "text"}}
    return {
        "mail": {
            each["id"]: each for each in (mail(3, "Invoice 12"), mail(2, "Lunch"), mail(1, "Hi"))
        },
        "sent": [],
        "events": {each["id"]: each for each in (event(2, "Review"), event(3, "Planning"))},
        "items": [
            item(1, "Budget 2026.xlsx", "root", file=sheet),
            item(2, "Reports", "root", folder={"childCount": 1}),
            item(3, "Ten o'clock.docx", "01SANDBOXITEM2", file={"mimeType": "application/msword"}),
        ],
        "lists": {
            "AQMkSandboxList1": {"displayName": "Tasks", "wellknownListName": "defaultList"},
            "AQMkSandboxList2": {"displayName": "Shopping", "wellknownListName": "none"},
        },
        "tasks": {
            "AQMkSandboxList1": {each["id"]: {**each, **note} for each in (task, other)},
            "AQMkSandboxList2": {},
        },
    }


def _refuse(problem: Problem) -> Refusal:
    code = {
        "scope": "ErrorAccessDenied",
        "not_found": "ErrorItemNotFound",
        "parameters": "invalidRequest",
    }.get(problem.kind, "ErrorInvalidRequest")
    inner = {"date": "2026-01-09T02:02:12", "request-id": "00000000-1111-4000-8000-000000000000"}
    message = "Access is denied. Check credentials and try again."
    text = message if problem.kind == "scope" else problem.message
    return Refusal(problem.status, {"error": {"code": code, "message": text, "innerError": inner}})


API = SimulatedApi("microsoft", base="graph.microsoft.com/v1.0", state=_state, refuse=_refuse)


def _page(call: Request, path: str, things: Sequence[Mapping[str, Any]], size: int) -> Any:
    top = call.query.get("$top", size)
    if not 1 <= top <= 1000:
        refuse("parameters", "The limit for $top is 1000")
    found, after = page_of(things, call.query.get("$skiptoken"), top)
    names = call.query.get("$select", "").split(",")
    if names != [""]:
        found = [{name: each[name] for name in ("id", *names) if name in each} for each in found]
    answer = {"@odata.context": "https://graph.microsoft.com/v1.0/$metadata", "value": found}
    if after is None:
        return answer
    query = urlencode({**call.query, "$skiptoken": after})
    return {**answer, "@odata.nextLink": f"https://graph.microsoft.com/v1.0{path}?{query}"}


@API.route("GET /me/messages", any_of=_MAIL, query={**_LIST, "$search?": str})
def list_messages(call: Request) -> Any:
    found, words = list(call.state["mail"].values()), call.query.get("$search")
    if words is not None:
        if "$orderby" in call.query:
            refuse("parameters", "The query parameter $orderBy is not supported with $search.")
        if len(words) < 3 or not (words.startswith('"') and words.endswith('"')):
            refuse("parameters", "Syntax error: the search is not in double quotes.")
        found = [each for each in found if words.strip('"').lower() in each["subject"].lower()]
    return _page(call, "/me/messages", found, 10)


@API.route("GET /me/messages/{message_id}", any_of=_MAIL, query={"$select?": str})
def get_message(call: Request) -> Any:
    message = call.found(call.state["mail"], call.path["message_id"], "message")
    if 'outlook.body-content-type="text"' in call.headers.get("prefer", ""):
        text = message["body"]["content"].removeprefix("<p>").removesuffix("</p>")
        message = {**message, "body": {"contentType": "text", "content": text}}
    return message


@API.route(
    "POST /me/sendMail",
    scopes="Mail.Send",
    body={
        "message": {
            "subject": str,
            "body": _BODY,
            "toRecipients": [_PERSON],
            "ccRecipients?": [_PERSON],
            "bccRecipients?": [_PERSON],
        },
        "saveToSentItems?": bool,
    },
    effect="mail_sent",
)
def send_mail(call: Request) -> Any:
    if not call.body["message"]["toRecipients"]:
        refuse("body", "At least one recipient isn't valid.")
    call.state["sent"].append(call.body["message"])
    return Answer(202)


@API.route(
    "POST /me/messages/{message_id}/reply",
    scopes="Mail.Send",
    body={"comment?": str, "message?": dict},
    effect="mail_sent",
)
def reply(call: Request) -> Any:
    message = call.found(call.state["mail"], call.path["message_id"], "message")
    call.state["sent"].append({"subject": f"RE: {message['subject']}", **call.body})
    return Answer(202)


@API.route(
    "GET /me/calendarView",
    any_of=_CALENDAR,
    query={**_LIST, "startDateTime": str, "endDateTime": str},
)
def calendar_view(call: Request) -> Any:
    start, end = (call.query[name].rstrip("Z") for name in ("startDateTime", "endDateTime"))
    if start > end:
        refuse("parameters", "The end date must be after the start date.")
    found = [
        each
        for each in call.state["events"].values()
        if each["start"]["dateTime"] < end and each["end"]["dateTime"] > start
    ]
    return _page(call, "/me/calendarView", found, 10)


@API.route(
    "POST /me/events",
    scopes="Calendars.ReadWrite",
    body={
        "subject": str,
        "start": _TIME,
        "end": _TIME,
        "body?": _BODY,
        "location?": {"displayName": str},
        "attendees?": [{**_PERSON, "type?": {"required", "optional", "resource"}}],
        "isAllDay?": bool,
    },
    effect="event_created",
)
def create_event(call: Request) -> Any:
    if call.body["start"]["dateTime"].endswith("Z"):
        refuse("body", "dateTime has a zone of its own")
    if call.body["start"]["dateTime"] > call.body["end"]["dateTime"]:
        refuse("body", "The start time must be before the end time.")
    me = {"address": call.account.facts["userPrincipalName"]}
    made: dict[str, Any] = {
        "id": call.new_id("AAMkSandboxEvent"),
        "organizer": {"emailAddress": me},
    }
    shown = {"attendees": [], "isAllDay": False, "webLink": "https://outlook.example/"}
    call.state["events"][made["id"]] = {**made, **shown, **call.body}
    return Answer(201, call.state["events"][made["id"]])


@API.route("DELETE /me/events/{event_id}", scopes="Calendars.ReadWrite", effect="event_deleted")
def delete_event(call: Request) -> Any:
    event = call.found(call.state["events"], call.path["event_id"], "event")
    del call.state["events"][event["id"]]
    return Answer(204)


def _items(call: Request, found: list[Any], path: str) -> Any:
    without = [{k: v for k, v in each.items() if k != "parent"} for each in found]
    return _page(call, path, without, 200)


@API.route("GET /me/drive/root/search(q='{words}')", any_of=_FILES, query=_LIST)
def search_files(call: Request) -> Any:
    text = call.path["words"]
    if "'" in text.replace("''", ""):
        refuse("parameters", "The expression has a single quote that is not doubled.")
    word = text.replace("''", "'").lower()
    found = [each for each in call.state["items"] if word in each["name"].lower()]
    return _items(call, found, f"/me/drive/root/search(q='{text}')")


@API.route("GET /me/drive/root/children", any_of=_FILES, query=_LIST)
def list_root(call: Request) -> Any:
    found = [each for each in call.state["items"] if each["parent"] == "root"]
    return _items(call, found, "/me/drive/root/children")


@API.route("GET /me/drive/items/{item_id}/children", any_of=_FILES, query=_LIST)
def list_folder(call: Request) -> Any:
    folder = call.path["item_id"]
    call.found({each["id"]: each for each in call.state["items"]}, folder, "item")
    found = [each for each in call.state["items"] if each["parent"] == folder]
    return _items(call, found, f"/me/drive/items/{folder}/children")


@API.route("GET /me/todo/lists", any_of=_TASKS, query=_LIST)
def list_lists(call: Request) -> Any:
    found = [{"id": key, **each} for key, each in call.state["lists"].items()]
    return _page(call, "/me/todo/lists", found, 100)


def _tasks(call: Request) -> Any:
    return call.found(call.state["tasks"], call.path["list_id"], "list")


@API.route("GET /me/todo/lists/{list_id}/tasks", any_of=_TASKS, query=_LIST)
def list_tasks(call: Request) -> Any:
    path = f"/me/todo/lists/{call.path['list_id']}/tasks"
    return _page(call, path, list(_tasks(call).values()), 100)


_TASK = {
    "body?": {"content": str, "contentType?": {"text"}},
    "importance?": {"low", "normal", "high"},
    "status?": {"notStarted", "inProgress", "completed", "waitingOnOthers", "deferred"},
    "dueDateTime?": _TIME,
    "isReminderOn?": bool,
}


@API.route(
    "POST /me/todo/lists/{list_id}/tasks",
    scopes="Tasks.ReadWrite",
    body={"title": str, **_TASK},
    effect="task_created",
)
def create_task(call: Request) -> Any:
    made = {"id": call.new_id("AAMkSandboxTask"), "status": "notStarted", "importance": "normal"}
    note = {"body": {"content": "", "contentType": "text"}}
    _tasks(call)[made["id"]] = {**made, **note, **call.body}
    return Answer(201, _tasks(call)[made["id"]])


@API.route(
    "PATCH /me/todo/lists/{list_id}/tasks/{task_id}",
    scopes="Tasks.ReadWrite",
    body={"title?": str, **_TASK},
    effect="task_updated",
)
def update_task(call: Request) -> Any:
    task = call.found(_tasks(call), call.path["task_id"], "task")
    task.update(call.body)
    return task
