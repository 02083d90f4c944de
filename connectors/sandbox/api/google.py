"""Google's APIs, by the references of Gmail, Calendar v3, Drive v3, Docs, Sheets v4, Tasks, People
and BigQuery v2, of whose SQL it knows ``SELECT columns FROM dataset.table``.

The scopes of each operation are those under "Authorization scopes" of its page, except for the ones
that no connector here asks for (``https://mail.google.com/``, ``drive.appdata``, ``…feeds``). With
``drive.file``, Drive shows an app its own files alone: here it opens what creates files.

Unconfirmed: written without the documentation at hand; what matters is errors and limits.
"""

from __future__ import annotations

import base64
import re
from email import message_from_bytes
from email.policy import default
from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Answer, Problem, Request, SimulatedApi, page_of, refuse

_MAIL = "gmail.googleapis.com/gmail/v1/users/me"
_CALENDAR = "www.googleapis.com/calendar/v3"
_DRIVE = "www.googleapis.com/drive/v3/files"
_DOCS = "docs.googleapis.com/v1/documents"
_SHEETS = "sheets.googleapis.com/v4/spreadsheets"
_TASKS = "tasks.googleapis.com/tasks/v1"
_PEOPLE = "people.googleapis.com/v1"
_BIGQUERY = "bigquery.googleapis.com/bigquery/v2/projects/{project}"
_PAGE = {"pageToken?": str}
_ERRORS = {
    "not_found": ("NOT_FOUND", "notFound"),
    "scope": ("PERMISSION_DENIED", "insufficientPermissions"),
    "rate_limited": ("RESOURCE_EXHAUSTED", "rateLimitExceeded"),
}
_FOLDER = "application/vnd.google-apps.folder"
_DOCUMENT = "application/vnd.google-apps.document"
_WHEN = "2026-11-02T09:00:00.000Z"
_CUSTOMERS = (
    {"name": "Acme", "city": "Oslo"},
    {"name": "Globex", "city": "Lima"},
    {"name": "Umbrella", "city": None},
)
_SELECT = re.compile(r"SELECT (?P<columns>[\w, ]+) FROM `?(?P<dataset>\w+)\.(?P<table>\w+)`?;?")


def _scopes(names: str) -> str:
    return " ".join(f"https://www.googleapis.com/auth/{name}" for name in names.split())


READ_MAIL, CHANGE_MAIL = _scopes("gmail.readonly gmail.modify"), _scopes("gmail.modify")
READ_EVENTS = _scopes("calendar calendar.readonly calendar.events")
CHANGE_EVENTS = _scopes("calendar calendar.events")
READ_FILES, CHANGE_FILES = _scopes("drive drive.readonly"), _scopes("drive drive.file")
READ_DOCUMENTS = _scopes("documents documents.readonly drive drive.readonly")
CHANGE_DOCUMENTS = _scopes("documents drive drive.file")
READ_SHEETS = _scopes("spreadsheets spreadsheets.readonly drive drive.readonly")
CHANGE_SHEETS = _scopes("spreadsheets drive drive.file")
READ_TASKS, CHANGE_TASKS = _scopes("tasks tasks.readonly"), _scopes("tasks")
READ_CONTACTS, CHANGE_CONTACTS = _scopes("contacts contacts.readonly"), _scopes("contacts")
QUERY, INSERT = _scopes("bigquery"), _scopes("bigquery bigquery.insertdata")


def _error(problem: Problem) -> Refusal:
    status, reason = _ERRORS.get(problem.kind, ("INVALID_ARGUMENT", "badRequest"))
    text = {
        "scope": "Request had insufficient authentication scopes.",
        "not_found": "Requested entity was not found.",
    }.get(problem.kind, problem.message)
    error = {"code": problem.status, "message": text, "status": status}
    errors = [{"message": text, "domain": "global", "reason": reason}]
    return Refusal(problem.status, {"error": {**error, "errors": errors}})


def _message(number: int, sender: str, subject: str, text: str) -> dict[str, Any]:
    headers = {"From": sender, "To": "ana.diaz@example.com", "Subject": subject}
    data = base64.urlsafe_b64encode(text.encode()).decode()
    return {
        "id": f"18c0ffee0000000{number}",
        "threadId": f"18c0ffee0000000{number}",
        "labelIds": ["INBOX", "UNREAD"],
        "snippet": text[:80],
        "historyId": f"{9000 + number}",
        "internalDate": "1793000000000",
        "sizeEstimate": len(text),
        "payload": {
            "partId": "",
            "mimeType": "text/plain",
            "filename": "",
            "headers": [{"name": name, "value": value} for name, value in headers.items()],
            "body": {"size": len(text), "data": data},
        },
    }


def _state(account: FictionalAccount) -> dict[str, Any]:
    mail = [
        _message(1, "Ben Okoro <ben.okoro@example.com>", "Lunch", "Lunch on Friday at one?"),
        _message(2, "Billing <billing@acme.example>", "Invoice 17", "Invoice 17 is attached."),
        _message(3, "Ben Okoro <ben.okoro@example.com>", "Re: Lunch", "One o'clock works."),
    ]
    events = [
        {
            "kind": "calendar#event",
            "id": f"event{number}",
            "status": "confirmed",
            "htmlLink": f"https://www.google.com/calendar/event?eid={number}",
            "summary": title,
            "start": {"dateTime": f"2026-12-0{number}T10:00:00Z"},
            "end": {"dateTime": f"2026-12-0{number}T11:00:00Z"},
        }
        for number, title in enumerate(("Planning", "Review", "Retrospective"), 1)
    ]
    files = [
        _file("file1", "Plan", _DOCUMENT),
        _file("file2", "Budget.csv", "text/csv"),
        _file("file3", "Reports", _FOLDER),
    ]
    return {
        "messages": {each["id"]: each for each in mail},
        "drafts": {},
        "calendars": [
            {
                "kind": "calendar#calendarListEntry",
                "id": name,
                "summary": title,
                "timeZone": "Europe/Madrid",
                "accessRole": "owner",
            }
            for name, title in (("primary", "Ana Diaz"), ("team@group.calendar.google.com", "Team"))
        ],
        "events": {each["id"]: each for each in events},
        "files": {each["id"]: each for each in files},
        "content": {"file1": "The plan.\n", "file2": "month,cost\nMay,12\n"},
        "documents": {"document1": {"title": "Plan", "text": "The plan.\n"}},
        "sheets": {"sheet1": [["Name", "Age"], ["Ana", "31"], ["Ben", "42"]]},
        "lists": {f"list{n}": {"id": f"list{n}", "title": f"List {n}"} for n in (1, 2, 3)},
        "tasks": {
            f"task{n}": {"id": f"task{n}", "title": f"Task {n}", "status": "needsAction"}
            for n in (1, 2, 3)
        },
        "people": [_person(f"people/c{n}", name) for n, name in enumerate(("Ben", "Cleo", "Dan"))],
        "projects": {"acme-data": {"shop": {"customers": list(_CUSTOMERS)}}},
        "jobs": {"job_sandbox1": (("name", "city"), [*_CUSTOMERS])},
    }


def _file(key: str, name: str, kind: str) -> dict[str, Any]:
    return {
        "kind": "drive#file",
        "id": key,
        "name": name,
        "mimeType": kind,
        "modifiedTime": _WHEN,
        "webViewLink": f"https://drive.google.com/file/d/{key}/view",
    }


def _person(resource: str, name: str) -> dict[str, Any]:
    return {
        "resourceName": resource,
        "etag": "%EgMBAj0=",
        "names": [{"displayName": name, "givenName": name}],
        "emailAddresses": [{"value": f"{name.lower()}@example.com"}],
    }


API = SimulatedApi("google", base="www.googleapis.com", state=_state, refuse=_error)


def _listed(call: Request, name: str, things: list[Any], size: str, usual: int) -> dict[str, Any]:
    page, token = page_of(things, call.query.get("pageToken"), call.query.get(size, usual))
    return {name: page, **({"nextPageToken": token} if token else {})}


@API.route(
    f"GET {_MAIL}/messages",
    any_of=READ_MAIL,
    query={"q?": str, "maxResults?": int, "labelIds?": [str], "includeSpamTrash?": bool, **_PAGE},
)
def list_messages(call: Request) -> Any:
    words, labels = call.query.get("q", "").lower().split(), call.query.get("labelIds", [])
    found = [
        {"id": each["id"], "threadId": each["threadId"]}
        for each in call.state["messages"].values()
        if all(word in f"{each['snippet']} {each['payload']['headers']}".lower() for word in words)
        and {*labels} <= {*each["labelIds"]}
        and ("TRASH" not in each["labelIds"] or "includeSpamTrash" in call.query)
    ]
    return {**_listed(call, "messages", found, "maxResults", 100), "resultSizeEstimate": len(found)}


@API.route(
    f"GET {_MAIL}/messages/{{id}}",
    any_of=READ_MAIL,
    query={"format?": {"full", "metadata", "minimal", "raw"}, "metadataHeaders?": [str]},
)
def get_message(call: Request) -> Any:
    return call.found(call.state["messages"], call.path["id"])


_RAW = {"raw": str, "threadId?": str}


def _stored(call: Request, message: dict[str, Any], label: str) -> dict[str, Any]:
    """Keep a message that came as RFC 2822 in base64url; raises ``Refused``."""
    if not re.fullmatch(r"[A-Za-z0-9_=-]+", message["raw"]):
        refuse("parameters", "Invalid value for ByteString")
    padded = message["raw"] + "=" * (-len(message["raw"]) % 4)
    parsed = message_from_bytes(base64.urlsafe_b64decode(padded), policy=default)
    if label == "SENT" and not parsed["To"]:
        refuse("parameters", "Recipient address required")
    if "threadId" in message:
        call.found(call.state["messages"], message["threadId"])
    kept = _message(9, str(parsed["From"]), str(parsed["Subject"]), parsed.get_content())
    kept["id"] = call.new_id("18c0ffee0000")
    kept["threadId"] = message.get("threadId", kept["id"])
    kept["labelIds"] = [label]
    kept["payload"]["headers"] = [{"name": k, "value": str(v)} for k, v in parsed.items()]
    call.state["messages"][kept["id"]] = kept
    return {name: kept[name] for name in ("id", "threadId", "labelIds")}


@API.route(
    f"POST {_MAIL}/messages/send",
    any_of=_scopes("gmail.modify gmail.compose gmail.send"),
    body=_RAW,
    effect="message_sent",
)
def send_message(call: Request) -> Any:
    return _stored(call, call.body, "SENT")


@API.route(
    f"POST {_MAIL}/drafts",
    any_of=_scopes("gmail.modify gmail.compose"),
    body={"message": _RAW},
    effect="draft_created",
)
def create_draft(call: Request) -> Any:
    return {"id": call.new_id("r-"), "message": _stored(call, call.body["message"], "DRAFT")}


@API.route(
    f"POST {_MAIL}/messages/{{id}}/modify",
    any_of=CHANGE_MAIL,
    body={"addLabelIds?": [str], "removeLabelIds?": [str]},
    effect="message_modified",
)
def modify_message(call: Request) -> Any:
    message = call.found(call.state["messages"], call.path["id"])
    if not call.body.get("addLabelIds") and not call.body.get("removeLabelIds"):
        refuse("parameters", "No label add or removes specified")
    kept = [each for each in message["labelIds"] if each not in call.body.get("removeLabelIds", [])]
    message["labelIds"] = list(dict.fromkeys([*kept, *call.body.get("addLabelIds", [])]))
    return {name: message[name] for name in ("id", "threadId", "labelIds")}


@API.route(f"POST {_MAIL}/messages/{{id}}/trash", any_of=CHANGE_MAIL, effect="message_trashed")
def trash_message(call: Request) -> Any:
    message = call.found(call.state["messages"], call.path["id"])
    message["labelIds"] = ["TRASH"]
    return {name: message[name] for name in ("id", "threadId", "labelIds")}


@API.route(f"GET {_MAIL}/labels", any_of=f"{READ_MAIL} {_scopes('gmail.labels')}")
def list_labels(call: Request) -> Any:
    names = ("INBOX", "UNREAD", "SENT", "DRAFT", "TRASH", "STARRED")
    return {"labels": [{"id": name, "name": name, "type": "system"} for name in names]}


@API.route(
    f"GET {_CALENDAR}/users/me/calendarList",
    any_of=_scopes("calendar calendar.readonly"),
    query={"maxResults?": int, "showHidden?": bool, **_PAGE},
)
def list_calendars(call: Request) -> Any:
    return {
        "kind": "calendar#calendarList",
        **_listed(call, "items", call.state["calendars"], "maxResults", 100),
    }


_EVENT = {
    "summary?": str,
    "description?": str,
    "location?": str,
    "start?": {"dateTime?": str, "date?": str, "timeZone?": str},
    "end?": {"dateTime?": str, "date?": str, "timeZone?": str},
    "attendees?": [{"email": str, "optional?": bool}],
}
_SEND = {"sendUpdates?": {"all", "externalOnly", "none"}}
_EVENTS = f"{_CALENDAR}/calendars/{{calendar}}/events"


def _calendar(call: Request) -> None:
    call.found({each["id"]: each for each in call.state["calendars"]}, call.path["calendar"])


def _event(call: Request) -> Any:
    _calendar(call)
    return call.found(call.state["events"], call.path["event"])


@API.route(
    f"GET {_EVENTS}",
    any_of=READ_EVENTS,
    query={
        "timeMin?": str,
        "timeMax?": str,
        "q?": str,
        "maxResults?": int,
        "singleEvents?": bool,
        "orderBy?": {"startTime", "updated"},
        **_PAGE,
    },
)
def list_events(call: Request) -> Any:
    _calendar(call)
    if call.query.get("orderBy") == "startTime" and not call.query.get("singleEvents"):
        refuse("parameters", "The requested ordering is not available for the particular query.")
    word, begin = call.query.get("q", "").lower(), call.query.get("timeMin", "")
    found = [
        each
        for each in call.state["events"].values()
        if word in each.get("summary", "").lower()
        and begin[:10] <= each["end"].get("dateTime", each["end"].get("date", ""))[:10]
    ]
    return {"kind": "calendar#events", **_listed(call, "items", found, "maxResults", 250)}


@API.route(f"GET {_EVENTS}/{{event}}", any_of=READ_EVENTS)
def get_event(call: Request) -> Any:
    return _event(call)


@API.route(
    f"POST {_EVENTS}", any_of=CHANGE_EVENTS, query=_SEND, body=_EVENT, effect="event_created"
)
def create_event(call: Request) -> Any:
    _calendar(call)
    if "start" not in call.body or "end" not in call.body:
        refuse("parameters", "Missing end time.")
    event = {"kind": "calendar#event", "id": call.new_id("event"), "status": "confirmed"}
    link = f"https://www.google.com/calendar/event?eid={event['id']}"
    call.state["events"][event["id"]] = found = {**event, "htmlLink": link, **call.body}
    return found


@API.route(
    f"PATCH {_EVENTS}/{{event}}",
    any_of=CHANGE_EVENTS,
    query=_SEND,
    body=_EVENT,
    effect="event_updated",
)
def update_event(call: Request) -> Any:
    event = _event(call)
    event.update(call.body)
    return event


@API.route(f"DELETE {_EVENTS}/{{event}}", any_of=CHANGE_EVENTS, query=_SEND, effect="event_deleted")
def delete_event(call: Request) -> Any:
    del call.state["events"][_event(call)["id"]]
    return Answer(204)


@API.route(
    f"GET {_DRIVE}",
    any_of=READ_FILES,
    query={"q?": str, "pageSize?": int, "fields?": str, "orderBy?": str, **_PAGE},
)
def list_files(call: Request) -> Any:
    wanted = re.search(r"(?:name|fullText) contains '((?:[^'\\]|\\.)*)'", call.query.get("q", ""))
    if call.query.get("q") and wanted is None:
        refuse("parameters", "Invalid Value")
    word = re.sub(r"\\(.)", r"\1", wanted[1]).lower() if wanted else ""
    content = call.state["content"]
    found = [
        each
        for each in call.state["files"].values()
        if word in f"{each['name']} {content.get(each['id'], '')}".lower()
    ]
    return {
        "kind": "drive#fileList",
        "incompleteSearch": False,
        **_listed(call, "files", found, "pageSize", 100),
    }


@API.route(f"GET {_DRIVE}/{{file}}", any_of=READ_FILES, query={"fields?": str, "alt?": {"media"}})
def get_file(call: Request) -> Any:
    file = call.found(call.state["files"], call.path["file"])
    if call.query.get("alt") != "media":
        return file
    if file["mimeType"].startswith("application/vnd.google-apps."):
        refuse("scope", "Only files with binary content can be directly downloaded.", 403)
    content = call.state["content"].get(file["id"], "").encode()
    return Answer(content=content, media_type=file["mimeType"])


@API.route(f"GET {_DRIVE}/{{file}}/export", any_of=READ_FILES, query={"mimeType": str})
def export_file(call: Request) -> Any:
    file = call.found(call.state["files"], call.path["file"])
    if file["mimeType"] != _DOCUMENT or call.query["mimeType"] != "text/plain":
        refuse("parameters", "The requested conversion is not supported.")
    return Answer(content=call.state["content"][file["id"]].encode(), media_type="text/plain")


@API.route(
    f"POST {_DRIVE}",
    any_of=CHANGE_FILES,
    query={"fields?": str},
    body={"name?": str, "mimeType?": str, "parents?": [str], "description?": str},
    effect="file_created",
)
def create_file(call: Request) -> Any:
    for parent in call.body.get("parents", []):
        call.found(call.state["files"], parent)
    kind = call.body.get("mimeType", "application/octet-stream")
    file = _file(call.new_id("file"), call.body.get("name", "Untitled"), kind)
    call.state["files"][file["id"]] = file
    return file


@API.route(f"DELETE {_DRIVE}/{{file}}", any_of=CHANGE_FILES, effect="file_deleted")
def delete_file(call: Request) -> Any:
    call.found(call.state["files"], call.path["file"])
    del call.state["files"][call.path["file"]]
    return Answer(204)


def _document(key: str, document: dict[str, str]) -> dict[str, Any]:
    end = len(document["text"]) + 1
    run = {"startIndex": 1, "endIndex": end, "textRun": {"content": document["text"]}}
    paragraph = {"startIndex": 1, "endIndex": end, "paragraph": {"elements": [run]}}
    return {
        "documentId": key,
        "title": document["title"],
        "revisionId": "ALm37BVsandbox",
        "body": {"content": [{"endIndex": 1, "sectionBreak": {}}, paragraph]},
    }


@API.route(f"GET {_DOCS}/{{document}}", any_of=READ_DOCUMENTS)
def get_document(call: Request) -> Any:
    key = call.path["document"]
    return _document(key, call.found(call.state["documents"], key))


@API.route(
    f"POST {_DOCS}", any_of=CHANGE_DOCUMENTS, body={"title?": str}, effect="document_created"
)
def create_document(call: Request) -> Any:
    key = call.new_id("document")
    call.state["documents"][key] = {"title": call.body.get("title", ""), "text": "\n"}
    return _document(key, call.state["documents"][key])


@API.route(
    f"POST {_DOCS}/{{document}}:batchUpdate",
    any_of=CHANGE_DOCUMENTS,
    body={"requests": [{"insertText": {"text": str, "endOfSegmentLocation": {"segmentId?": str}}}]},
    effect="document_updated",
)
def update_document(call: Request) -> Any:
    document = call.found(call.state["documents"], call.path["document"])
    for each in call.body["requests"]:
        document["text"] = document["text"].removesuffix("\n") + each["insertText"]["text"] + "\n"
    replies: list[dict[str, Any]] = [{} for _ in call.body["requests"]]
    return {"documentId": call.path["document"], "replies": replies, "writeControl": {}}


_VALUES = f"{_SHEETS}/{{sheet}}/values/{{range}}"
_CELLS = {"values": [[object]], "range?": str, "majorDimension?": {"ROWS", "COLUMNS"}}
_INPUT = {"valueInputOption": {"RAW", "USER_ENTERED"}}


def _rows(call: Request) -> Any:
    rows = call.found(call.state["sheets"], call.path["sheet"])
    if not re.fullmatch(r"([^!]+!)?[A-Z]+[0-9]*(:[A-Z]+[0-9]*)?|[A-Za-z0-9 ]+", call.path["range"]):
        refuse("parameters", f"Unable to parse range: {call.path['range']}")
    return rows


@API.route(
    f"GET {_VALUES}",
    any_of=READ_SHEETS,
    query={
        "majorDimension?": {"ROWS", "COLUMNS"},
        "valueRenderOption?": {"FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA"},
    },
)
def get_values(call: Request) -> Any:
    rows = _rows(call)
    return {"range": call.path["range"], "majorDimension": "ROWS", "values": rows}


def _updated(call: Request, values: list[list[Any]]) -> dict[str, Any]:
    return {
        "spreadsheetId": call.path["sheet"],
        "updatedRange": call.path["range"],
        "updatedRows": len(values),
        "updatedColumns": max(map(len, values), default=0),
        "updatedCells": sum(map(len, values)),
    }


@API.route(
    f"POST {_VALUES}:append",
    any_of=CHANGE_SHEETS,
    query={**_INPUT, "insertDataOption?": {"OVERWRITE", "INSERT_ROWS"}},
    body=_CELLS,
    effect="rows_appended",
)
def append_values(call: Request) -> Any:
    _rows(call).extend(call.body["values"])
    return {
        "spreadsheetId": call.path["sheet"],
        "tableRange": call.path["range"],
        "updates": _updated(call, call.body["values"]),
    }


@API.route(
    f"PUT {_VALUES}", any_of=CHANGE_SHEETS, query=_INPUT, body=_CELLS, effect="values_updated"
)
def update_values(call: Request) -> Any:
    rows = _rows(call)
    rows[: len(call.body["values"])] = call.body["values"]
    return _updated(call, call.body["values"])


@API.route(f"GET {_TASKS}/users/@me/lists", any_of=READ_TASKS, query={"maxResults?": int, **_PAGE})
def list_task_lists(call: Request) -> Any:
    lists = [*call.state["lists"].values()]
    return {"kind": "tasks#taskLists", **_listed(call, "items", lists, "maxResults", 1000)}


@API.route(
    f"GET {_TASKS}/lists/{{list}}/tasks",
    any_of=READ_TASKS,
    query={
        "maxResults?": int,
        "showCompleted?": bool,
        "showHidden?": bool,
        "dueMin?": str,
        "dueMax?": str,
        **_PAGE,
    },
)
def list_tasks(call: Request) -> Any:
    call.found(call.state["lists"], call.path["list"])
    shown = call.query.get("showCompleted", True)
    found = [t for t in call.state["tasks"].values() if shown or t["status"] == "needsAction"]
    return {"kind": "tasks#tasks", **_listed(call, "items", found, "maxResults", 20)}


_TASK = {"title?": str, "notes?": str, "due?": str, "status?": {"needsAction", "completed"}}


@API.route(
    f"POST {_TASKS}/lists/{{list}}/tasks",
    any_of=CHANGE_TASKS,
    query={"parent?": str, "previous?": str},
    body=_TASK,
    effect="task_created",
)
def create_task(call: Request) -> Any:
    call.found(call.state["lists"], call.path["list"])
    task = {"kind": "tasks#task", "id": call.new_id("task"), "status": "needsAction", **call.body}
    call.state["tasks"][task["id"]] = task
    return task


@API.route(
    f"PATCH {_TASKS}/lists/{{list}}/tasks/{{task}}",
    any_of=CHANGE_TASKS,
    body=_TASK,
    effect="task_updated",
)
def update_task(call: Request) -> Any:
    call.found(call.state["lists"], call.path["list"])
    task = call.found(call.state["tasks"], call.path["task"])
    task.update(call.body)
    if call.body.get("status") == "completed":
        task["completed"] = call.moment()
    return task


@API.route(
    f"GET {_PEOPLE}/people/me/connections",
    any_of=READ_CONTACTS,
    query={"personFields": str, "pageSize?": int, "sortOrder?": str, **_PAGE},
)
def list_contacts(call: Request) -> Any:
    people = call.state["people"]
    return {
        **_listed(call, "connections", people, "pageSize", 100),
        "totalPeople": len(people),
        "totalItems": len(people),
    }


@API.route(
    f"POST {_PEOPLE}/people:createContact",
    any_of=CHANGE_CONTACTS,
    query={"personFields?": str},
    body={
        "names?": [{"givenName?": str, "familyName?": str}],
        "emailAddresses?": [{"value": str, "type?": str}],
        "phoneNumbers?": [{"value": str, "type?": str}],
    },
    effect="contact_created",
)
def create_contact(call: Request) -> Any:
    person = {"resourceName": call.new_id("people/c"), "etag": "%EgMBAj0=", **call.body}
    call.state["people"].append(person)
    return person


def _result(call: Request, job: str, size: int) -> dict[str, Any]:
    names, found = call.state["jobs"][job]
    page, after = page_of(found, call.query.get("pageToken"), size)
    cells = [{"f": [{"v": row[name]} for name in names]} for row in page]
    reference = {"projectId": call.path["project"], "jobId": job, "location": "US"}
    fields = [{"name": name, "type": "STRING", "mode": "NULLABLE"} for name in names]
    counts = {"totalRows": str(len(found)), "totalBytesProcessed": "96", "jobComplete": True}
    rest = {"pageToken": after} if after is not None else {}
    said = {"jobReference": reference, "schema": {"fields": fields}, "cacheHit": False}
    return {**said, **counts, "rows": cells, **rest}


@API.route(
    f"POST {_BIGQUERY}/queries",
    any_of=QUERY,
    body={
        "query": str,
        "useLegacySql?": {False},
        "maxResults?": int,
        "location?": str,
        "timeoutMs?": int,
        "dryRun?": bool,
        "maximumBytesBilled?": str,
        "defaultDataset?": {"datasetId": str, "projectId?": str},
    },
    effect="query_run",
)
def run_query(call: Request) -> Any:
    datasets = call.found(call.state["projects"], call.path["project"])
    asked = _SELECT.fullmatch(call.body["query"].strip())
    if asked is None:
        refuse("invalidQuery", "Syntax error: Unexpected keyword at [1:1]")
    rows = datasets.get(asked["dataset"], {}).get(asked["table"])
    if rows is None:
        refuse("not_found", f"Not found: Table {asked['dataset']}.{asked['table']}")
    names = tuple(name.strip() for name in asked["columns"].split(","))
    if unknown := [name for name in names if name not in rows[0]]:
        refuse("invalidQuery", f"Unrecognized name: {unknown[0]} at [1:8]")
    job = call.new_id("job_")
    call.state["jobs"][job] = (names, [*rows])
    return {"kind": "bigquery#queryResponse", **_result(call, job, call.body.get("maxResults", 50))}


@API.route(
    f"GET {_BIGQUERY}/queries/{{job}}",
    any_of=QUERY,
    query={"maxResults?": int, "location?": str, "startIndex?": str, "timeoutMs?": int, **_PAGE},
)
def get_query_results(call: Request) -> Any:
    call.found(call.state["projects"], call.path["project"])
    call.found(call.state["jobs"], call.path["job"])
    page = _result(call, call.path["job"], call.query.get("maxResults", 50))
    return {"kind": "bigquery#getQueryResultsResponse", "etag": "sandbox", **page}


@API.route(
    f"POST {_BIGQUERY}/datasets/{{dataset}}/tables/{{table}}/insertAll",
    any_of=INSERT,
    body={
        "rows": [{"json": dict, "insertId?": str}],
        "skipInvalidRows?": bool,
        "ignoreUnknownValues?": bool,
        "templateSuffix?": str,
    },
    effect="rows_inserted",
)
def insert_rows(call: Request) -> Any:
    datasets = call.found(call.state["projects"], call.path["project"])
    table = call.found(call.found(datasets, call.path["dataset"]), call.path["table"])
    given = [each["json"] for each in call.body["rows"]]
    wrong = [
        {"index": place, "errors": [{"reason": "invalid", "location": name, "message": text}]}
        for place, row in enumerate(given)
        for name in row
        if name not in table[0]
        for text in (f"no such field: {name}.",)
    ]
    answer = {"kind": "bigquery#tableDataInsertAllResponse"}
    if wrong:
        return {**answer, "insertErrors": wrong}
    table.extend({**dict.fromkeys(table[0]), **row} for row in given)
    return answer
