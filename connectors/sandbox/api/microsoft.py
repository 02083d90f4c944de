"""Microsoft Graph v1.0, by learn.microsoft.com/graph/api: mail, calendar, OneDrive, To Do, Teams.

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
_PAGE = {"$top?": int, "$skiptoken?": str}
_SORTED = {**_PAGE, "$orderby?": str, "$filter?": str}
_CHATS = {**_SORTED, "$expand?": {"members", "lastMessagePreview"}}
_TIME = {"dateTime": str, "timeZone": str}
_PERSON = {"emailAddress": {"address": str, "name?": str}}
_BODY = {"contentType?": {"Text", "text", "HTML", "html"}, "content": str}
_MAIL = "Mail.Read Mail.ReadWrite"
_CALENDAR = "Calendars.Read Calendars.ReadWrite"
_FILES = "Files.Read Files.ReadWrite Files.Read.All Files.ReadWrite.All"
_TASKS = "Tasks.Read Tasks.ReadWrite"
_MESSAGE = {"body": {"content": str, "contentType?": {"text", "html"}}, "subject?": str}
_TEAM = "7b1c0000-0000-4000-8000-000000000001"


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

    def said(number: int, text: str) -> dict[str, Any]:
        return _message(str(1767600000000 + number), text, account, f"2026-01-0{number}T09:00:00Z")

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
        "teams": {
            _TEAM: {"19:sandbox1@thread.tacv2": "General", "19:sandbox2@thread.tacv2": "Releases"}
        },
        "chats": {"19:sandbox3@thread.v2": "Lunch", "19:sandbox4@thread.v2": None},
        "threads": {
            f"19:sandbox{n}@thread.{kind}": [said(3, "Yes."), said(2, "Now?"), said(1, "Hello.")]
            for n, kind in ((1, "tacv2"), (2, "tacv2"), (3, "v2"), (4, "v2"))
        },
        "tasks": {
            "AQMkSandboxList1": {each["id"]: {**each, **note} for each in (task, other)},
            "AQMkSandboxList2": {},
        },
    }


def _message(key: str, text: str, account: FictionalAccount, moment: str) -> dict[str, Any]:
    user = {"id": account.facts["id"], "displayName": account.facts["displayName"]}
    return {
        "id": key,
        "messageType": "message",
        "createdDateTime": moment,
        "lastModifiedDateTime": moment,
        "deletedDateTime": None,
        "from": {"application": None, "device": None, "user": user},
        "body": {"contentType": "text", "content": text},
        "webUrl": f"https://teams.example/l/message/{key}",
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


@API.route("GET /me/joinedTeams", scopes="Team.ReadBasic.All")
def list_teams(call: Request) -> Any:
    team = {"id": _TEAM, "displayName": "Engineering", "description": "Who builds it"}
    return {"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#teams", "value": [team]}


def _channels(call: Request) -> Any:
    return call.found(call.state["teams"], call.path["team_id"], "team")


@API.route(
    "GET /teams/{team_id}/channels",
    scopes="Channel.ReadBasic.All",
    query={"$filter?": str, "$select?": str},
)
def list_channels(call: Request) -> Any:
    value = [
        {"id": key, "displayName": name, "description": None, "membershipType": "standard"}
        for key, name in _channels(call).items()
    ]
    return {"@odata.context": "https://graph.microsoft.com/v1.0/$metadata", "value": value}


def _messages(call: Request, path: str, thread: str) -> Any:
    if not 1 <= call.query.get("$top", 20) <= 50:
        refuse("parameters", "The limit for $top is 50")
    return _page(call, path, call.state["threads"][thread], 20)


def _send(call: Request, thread: str) -> Any:
    if not call.body["body"]["content"]:
        refuse("body", "Missing body content")
    key, text = call.new_id("176760000"), call.body["body"]["content"]
    made = _message(key, text, call.account, call.moment())
    call.state["threads"][thread].insert(0, made)
    return Answer(201, made)


_THREAD = "/teams/{team_id}/channels/{channel_id}/messages"


@API.route(
    f"GET {_THREAD}", scopes="ChannelMessage.Read.All", query={**_PAGE, "$expand?": {"replies"}}
)
def list_channel_messages(call: Request) -> Any:
    channel = call.path["channel_id"]
    call.found(_channels(call), channel, "channel")
    path = f"/teams/{call.path['team_id']}/channels/{channel}/messages"
    return _messages(call, path, channel)


@API.route(
    f"POST {_THREAD}", scopes="ChannelMessage.Send", body=_MESSAGE, effect="channel_message_sent"
)
def send_channel_message(call: Request) -> Any:
    call.found(_channels(call), call.path["channel_id"], "channel")
    return _send(call, call.path["channel_id"])


@API.route("GET /me/chats", any_of="Chat.ReadBasic Chat.Read Chat.ReadWrite", query=_CHATS)
def list_chats(call: Request) -> Any:
    moment = "2026-01-05T09:00:00Z"
    found = [
        {"id": key, "topic": topic, "chatType": "group", "lastUpdatedDateTime": moment}
        for key, topic in call.state["chats"].items()
    ]
    return _page(call, "/me/chats", found, 20)


@API.route("GET /chats/{chat_id}/messages", any_of="Chat.Read Chat.ReadWrite", query=_SORTED)
def list_chat_messages(call: Request) -> Any:
    chat = call.path["chat_id"]
    call.found(call.state["chats"], chat, "chat")
    return _messages(call, f"/chats/{chat}/messages", chat)


@API.route(
    "POST /chats/{chat_id}/messages",
    any_of="ChatMessage.Send Chat.ReadWrite",
    body=_MESSAGE,
    effect="chat_message_sent",
)
def send_chat_message(call: Request) -> Any:
    call.found(call.state["chats"], call.path["chat_id"], "chat")
    return _send(call, call.path["chat_id"])
