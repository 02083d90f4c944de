"""Tools of Google: Gmail, Calendar, Drive, Docs, Sheets, Tasks and Contacts.

References: https://developers.google.com/workspace/gmail/api/reference/rest, …/calendar/api/v3,
…/drive/api/reference/rest/v3, …/docs/api, …/sheets/api, …/tasks/reference/rest and
https://developers.google.com/people/api/rest.

Checked against Google's discovery documents (google-api-python-client 2.202.0): methods, hosts,
paths, scopes, parameters and the outer members of bodies and answers. Unchecked: what else Google
demands of a value, and how it answers what is wrong.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from typing import Annotated, Any, Literal
from urllib.parse import quote

from pydantic import AliasPath, Field

from connectors.tool_text import MAIL_ADDRESS, ONE_LINE
from connectors.tooling import (
    ApiAnswer,
    Args,
    HttpTool,
    In,
    Needs,
    Output,
    Pages,
    ToolContext,
    ToolFailed,
    tool,
)

_GMAIL, _DOCS, _SHEETS = (f"{name}.googleapis.com" for name in ("gmail", "docs", "sheets"))
_TASKS, _PEOPLE = "tasks.googleapis.com", "people.googleapis.com"
_MAIL, _EVENTS = "/gmail/v1/users/me", "/calendar/v3/calendars/{calendar_id}/events"
_TEXT_LIMIT = 100_000
_ID = r"^[A-Za-z0-9_@.:-]{1,200}$"

PageToken = Annotated[str | None, In("query", "pageToken")]
Size = Annotated[int, In("query", "maxResults")]


def _needs(scope_set: str) -> tuple[Needs, ...]:
    return (Needs("google", (scope_set,)),)


def _next(argument: str = "page_token") -> Pages:
    return Pages(argument=argument, next="nextPageToken")


# Gmail


class MessageRef(Output):
    id: str
    thread_id: str = Field(validation_alias="threadId")


class MessageRefs(Output):
    messages: list[MessageRef] = Field(default_factory=list)


class SearchMessages(Args):
    query: Annotated[str | None, In("query", "q")] = Field(
        None, max_length=500, description="Gmail search, such as from:ben subject:lunch is:unread"
    )
    max_results: Size = Field(20, ge=1, le=500, description="messages per page")
    page_token: PageToken = Field(None, description="next of the page before")


class GetMessage(Args):
    message_id: str = Field(description="id of a message", pattern=r"^[0-9A-Za-z]{1,64}$")


class Mail(Output):
    id: str
    thread_id: str
    labels: list[str]
    sender: str | None
    to: str | None
    subject: str | None
    date: str | None
    text: str = Field(description="the plain text of the message")


@tool(
    name="gmail_get_message",
    description="Return one Gmail message by its id: sender, recipient, subject, date, labels and "
    "plain text.",
    needs=_needs("gmail-read"),
    effect="read",
    args=GetMessage,
    output=Mail,
    examples=({"message_id": "18c0ffee00000001"},),
)
async def get_message(args: GetMessage, ctx: ToolContext) -> Output:
    path = f"{_MAIL}/messages/{quote(args.message_id, safe='')}"
    answer = await ctx.fetch("google", "GET", path, host=_GMAIL, query={"format": "full"})
    found = _object(answer)
    payload = found.get("payload", {})
    headers = {each["name"].lower(): each["value"] for each in payload.get("headers", [])}
    texts = list(_plain_texts(payload))
    return Mail(
        id=found["id"],
        thread_id=found["threadId"],
        labels=found.get("labelIds", []),
        sender=headers.get("from"),
        to=headers.get("to"),
        subject=headers.get("subject"),
        date=headers.get("date"),
        text="\n".join(texts)[:_TEXT_LIMIT] or found.get("snippet", ""),
    )


def _object(answer: ApiAnswer) -> dict[str, Any]:
    found = answer.json()
    if not isinstance(found, dict):
        raise ToolFailed("answer_unreadable", "the provider's answer is not an object")
    return found


def _plain_texts(part: Mapping[str, Any]) -> Iterator[str]:
    """The text/plain parts of a message, decoded."""
    waiting = [part]
    while waiting:
        one = waiting.pop(0)
        waiting[:0] = one.get("parts", [])
        data = one.get("body", {}).get("data")
        if data and one.get("mimeType") == "text/plain" and not one.get("filename"):
            try:
                yield base64.urlsafe_b64decode(data + "=" * (-len(data) % 4)).decode(
                    errors="replace"
                )
            except (ValueError, binascii.Error):
                continue


Address = Annotated[str, Field(max_length=320, pattern=MAIL_ADDRESS)]


class Compose(Args):
    to: list[Address] = Field(min_length=1, max_length=100, description="addresses")
    cc: list[Address] = Field(default_factory=list, max_length=100, description="addresses")
    bcc: list[Address] = Field(default_factory=list, max_length=100, description="addresses")
    subject: str = Field("", max_length=500, pattern=ONE_LINE, description="one line")
    text: str = Field(max_length=200_000, description="the message, as plain text")
    thread_id: str | None = Field(
        None, pattern=r"^[0-9A-Za-z]{1,64}$", description="id of the thread that is answered"
    )


class Sent(Output):
    id: str
    thread_id: str = Field(validation_alias="threadId")
    labels: list[str] = Field(default_factory=list, validation_alias="labelIds")


class Draft(Output):
    id: str
    message_id: str = Field(validation_alias=AliasPath("message", "id"))
    thread_id: str = Field(validation_alias=AliasPath("message", "threadId"))


def raw_message(args: Compose) -> dict[str, str]:
    """Write the message as RFC 5322 wants it, in base64url.

    Nothing in it depends on the moment, so that the same arguments are the same request: Gmail adds
    date, sender and message id. Raises ``ToolFailed`` for a header that cannot be written.
    """
    message = EmailMessage(policy=SMTP)
    try:
        for name in ("to", "cc", "bcc"):
            if addresses := getattr(args, name):
                message[name.title()] = ", ".join(addresses)
        message["Subject"] = args.subject
        message.set_content(args.text, cte="base64")
        raw = message.as_bytes()
    except (MessageError, ValueError, UnicodeError):
        raise ToolFailed("invalid_arguments", "an address or the subject cannot be sent") from None
    thread = {} if args.thread_id is None else {"threadId": args.thread_id}
    return {"raw": base64.urlsafe_b64encode(raw).decode(), **thread}


@tool(
    name="gmail_send_message",
    description="Send an email from the user's Gmail account, as plain text. Returns its id.",
    needs=_needs("gmail-send"),
    effect="write",
    args=Compose,
    output=Sent,
    examples=({"to": ["ben.okoro@example.com"], "subject": "Lunch", "text": "At one?"},),
)
async def send_message(args: Compose, ctx: ToolContext) -> Output:
    body = raw_message(args)
    answer = await ctx.fetch("google", "POST", f"{_MAIL}/messages/send", host=_GMAIL, json=body)
    return Sent.model_validate(_object(answer))


@tool(
    name="gmail_create_draft",
    description="Save an email as a draft in the user's Gmail account; nothing is sent. Returns "
    "its id.",
    needs=_needs("gmail-compose"),
    effect="write",
    args=Compose,
    output=Draft,
    examples=({"to": ["ben.okoro@example.com"], "subject": "Lunch", "text": "At one?"},),
)
async def create_draft(args: Compose, ctx: ToolContext) -> Output:
    body = {"message": raw_message(args)}
    answer = await ctx.fetch("google", "POST", f"{_MAIL}/drafts", host=_GMAIL, json=body)
    return Draft.model_validate(_object(answer))


class ModifyMessage(GetMessage):
    add_labels: Annotated[list[str], In("body", "addLabelIds")] = Field(
        default_factory=list, max_length=100, description="ids of labels, such as STARRED"
    )
    remove_labels: Annotated[list[str], In("body", "removeLabelIds")] = Field(
        default_factory=list, max_length=100, description="ids of labels, such as UNREAD"
    )


class Label(Output):
    id: str
    name: str
    type: str | None = None


class Labels(Output):
    labels: list[Label] = Field(default_factory=list)


class NoArgs(Args):
    pass


_GMAIL_TOOLS = (
    HttpTool(
        name="gmail_search_messages",
        description="Find Gmail messages with Gmail's own search words, newest first. Returns ids; "
        "gmail_get_message returns a message.",
        needs=_needs("gmail-read"),
        effect="read",
        method="GET",
        host=_GMAIL,
        path=f"{_MAIL}/messages",
        args=SearchMessages,
        output=MessageRefs,
        pages=_next(),
        examples=({}, {"query": "lunch", "max_results": 5}),
    ),
    get_message,
    HttpTool(
        name="gmail_list_labels",
        description="List the labels of the user's Gmail account with their ids.",
        needs=_needs("gmail-read"),
        effect="read",
        method="GET",
        host=_GMAIL,
        path=f"{_MAIL}/labels",
        args=NoArgs,
        output=Labels,
        examples=({},),
    ),
    send_message,
    create_draft,
    HttpTool(
        name="gmail_modify_labels",
        description="Add and remove labels of a Gmail message: star it, mark it as read, archive "
        "it (remove INBOX). Returns its labels.",
        needs=_needs("gmail"),
        effect="write",
        method="POST",
        host=_GMAIL,
        path=f"{_MAIL}/messages/{{message_id}}/modify",
        args=ModifyMessage,
        output=Sent,
        examples=({"message_id": "18c0ffee00000001", "remove_labels": ["UNREAD"]},),
    ),
    HttpTool(
        name="gmail_trash_message",
        description="Move a Gmail message to the trash, which Gmail empties after 30 days.",
        needs=_needs("gmail"),
        effect="destructive",
        method="POST",
        host=_GMAIL,
        path=f"{_MAIL}/messages/{{message_id}}/trash",
        args=GetMessage,
        output=Sent,
        examples=({"message_id": "18c0ffee00000002"},),
    ),
)

# Calendar


class Calendar(Output):
    id: str
    summary: str
    time_zone: str | None = Field(None, validation_alias="timeZone")
    primary: bool = False
    access_role: str | None = Field(None, validation_alias="accessRole")


class Calendars(Output):
    items: list[Calendar]


class ListCalendars(Args):
    max_results: Size = Field(100, ge=1, le=250, description="calendars per page")
    page_token: PageToken = Field(None, description="next of the page before")


class Event(Output):
    id: str
    status: str | None = None
    summary: str | None = None
    description: str | None = None
    location: str | None = None
    start: dict[str, Any] = Field(default_factory=dict, description="dateTime, or date of a day")
    end: dict[str, Any] = Field(default_factory=dict)
    attendees: list[dict[str, Any]] = Field(default_factory=list)
    link: str | None = Field(None, validation_alias="htmlLink")


class Events(Output):
    items: list[Event]


class OfCalendar(Args):
    calendar_id: str = Field(description="id of a calendar; primary is the user's own", pattern=_ID)


class ListEvents(OfCalendar):
    query: Annotated[str | None, In("query", "q")] = Field(None, description="words of the event")
    time_min: Annotated[str | None, In("query", "timeMin")] = Field(
        None, description="RFC 3339: events that end after this moment"
    )
    time_max: Annotated[str | None, In("query", "timeMax")] = Field(
        None, description="RFC 3339: events that begin before this moment"
    )
    max_results: Size = Field(50, ge=1, le=2500, description="events per page")
    page_token: PageToken = Field(None, description="next of the page before")


class OfEvent(OfCalendar):
    event_id: str = Field(description="id of an event", pattern=r"^[A-Za-z0-9_]{1,1024}$")


class _EventFields(OfCalendar):
    description: str | None = Field(None, max_length=8000, description="text of the event")
    location: str | None = Field(None, max_length=1000, description="where it takes place")
    time_zone: Annotated[str | None, In("body", "start.timeZone")] = Field(
        None, description="IANA name, where start has no offset"
    )


class CreateEvent(_EventFields):
    summary: str = Field(max_length=1000, description="title of the event")
    start: Annotated[str, In("body", "start.dateTime")] = Field(description="RFC 3339")
    end: Annotated[str, In("body", "end.dateTime")] = Field(description="RFC 3339")


class UpdateEvent(_EventFields, OfEvent):
    summary: str | None = Field(None, max_length=1000, description="new title")
    start: Annotated[str | None, In("body", "start.dateTime")] = Field(None, description="RFC 3339")
    end: Annotated[str | None, In("body", "end.dateTime")] = Field(None, description="RFC 3339")


class Done(Output):
    """Nothing: the provider answers without a body."""


_EVENT_EXAMPLE = {"start": "2026-12-04T09:00:00+01:00", "end": "2026-12-04T09:30:00+01:00"}
_CALENDAR_TOOLS = (
    HttpTool(
        name="calendar_list_calendars",
        description="List the user's Google calendars with their ids.",
        needs=_needs("calendar-read"),
        effect="read",
        method="GET",
        path="/calendar/v3/users/me/calendarList",
        args=ListCalendars,
        output=Calendars,
        pages=_next(),
        examples=({},),
    ),
    HttpTool(
        name="calendar_list_events",
        description="List events of a Google calendar in a span of time, earliest first; repeated "
        "events are listed one by one.",
        needs=_needs("calendar-read"),
        effect="read",
        method="GET",
        path=_EVENTS,
        query={"singleEvents": "true", "orderBy": "startTime"},
        args=ListEvents,
        output=Events,
        pages=_next(),
        examples=({"calendar_id": "primary", "time_min": "2026-12-01T00:00:00Z"},),
    ),
    HttpTool(
        name="calendar_get_event",
        description="Return an event of a Google calendar by its id.",
        needs=_needs("calendar-read"),
        effect="read",
        method="GET",
        path=f"{_EVENTS}/{{event_id}}",
        args=OfEvent,
        output=Event,
        examples=({"calendar_id": "primary", "event_id": "event1"},),
    ),
    HttpTool(
        name="calendar_create_event",
        description="Put an event into a Google calendar; nobody is invited. Returns it.",
        needs=_needs("calendar-events"),
        effect="write",
        method="POST",
        path=_EVENTS,
        query={"sendUpdates": "none"},
        args=CreateEvent,
        output=Event,
        examples=({"calendar_id": "primary", "summary": "Planning", **_EVENT_EXAMPLE},),
    ),
    HttpTool(
        name="calendar_update_event",
        description="Change what is given of an event in a Google calendar. Returns the event.",
        needs=_needs("calendar-events"),
        effect="write",
        method="PATCH",
        path=f"{_EVENTS}/{{event_id}}",
        query={"sendUpdates": "none"},
        args=UpdateEvent,
        output=Event,
        examples=({"calendar_id": "primary", "event_id": "event2", "summary": "Review 2"},),
    ),
    HttpTool(
        name="calendar_delete_event",
        description="Delete an event of a Google calendar.",
        needs=_needs("calendar-events"),
        effect="destructive",
        method="DELETE",
        path=f"{_EVENTS}/{{event_id}}",
        query={"sendUpdates": "none"},
        args=OfEvent,
        output=Done,
        examples=({"calendar_id": "primary", "event_id": "event3"},),
    ),
)

# Drive

_FIELDS = "id,name,mimeType,modifiedTime,size,webViewLink,parents"
_FILE_ID = r"^[A-Za-z0-9_-]{1,200}$"


class DriveFile(Output):
    id: str
    name: str
    mime_type: str = Field(validation_alias="mimeType")
    modified_time: str | None = Field(None, validation_alias="modifiedTime")
    size: str | None = Field(None, description="in bytes")
    link: str | None = Field(None, validation_alias="webViewLink")
    parents: list[str] = Field(default_factory=list)


class DriveFiles(Output):
    files: list[DriveFile]


class SearchFiles(Args):
    query: Annotated[str | None, In("query", "q")] = Field(
        None,
        max_length=2000,
        description="Drive's query language: name contains 'plan' and trashed = false",
    )
    page_size: Annotated[int, In("query", "pageSize")] = Field(
        50, ge=1, le=1000, description="files per page"
    )
    page_token: PageToken = Field(None, description="next of the page before")


class OfFile(Args):
    file_id: str = Field(description="id of a file", pattern=_FILE_ID)


class CreateFolder(Args):
    name: str = Field(min_length=1, max_length=500, description="name of the folder")
    parent_id: Annotated[str | None, In("body", "parents[0]")] = Field(
        None, pattern=_FILE_ID, description="id of the folder that it goes into"
    )


class FileText(Output):
    id: str
    name: str
    mime_type: str
    text: str
    is_cut: bool = Field(description="whether the file is longer than the text")


_EXPORTS = {
    "application/vnd.google-apps.document": "text/plain",
    "application/vnd.google-apps.presentation": "text/plain",
    "application/vnd.google-apps.spreadsheet": "text/csv",
}
_READABLE = re.compile(r"text/.+|application/(json|xml|x-yaml|yaml|javascript)|.+\+(json|xml)")


@tool(
    name="drive_read_file",
    description="Return the text of a file in Google Drive: of documents and presentations, of "
    "spreadsheets as CSV, and of text files.",
    needs=_needs("drive-read"),
    effect="read",
    args=OfFile,
    output=FileText,
    examples=({"file_id": "file1"}, {"file_id": "file2"}),
)
async def read_file(args: OfFile, ctx: ToolContext) -> Output:
    path = f"/drive/v3/files/{quote(args.file_id, safe='')}"
    file = _object(await ctx.fetch("google", "GET", path, query={"fields": "id,name,mimeType"}))
    kind = str(file["mimeType"])
    if kind in _EXPORTS:
        query = {"mimeType": _EXPORTS[kind]}
        answer = await ctx.fetch("google", "GET", f"{path}/export", query=query)
    elif _READABLE.fullmatch(kind):
        answer = await ctx.fetch("google", "GET", path, query={"alt": "media"})
    else:
        raise ToolFailed("not_text", "the file is no text, and Drive cannot make one of it")
    return FileText(
        id=file["id"],
        name=file["name"],
        mime_type=kind,
        text=answer.text[:_TEXT_LIMIT],
        is_cut=len(answer.text) > _TEXT_LIMIT,
    )


_DRIVE_TOOLS = (
    HttpTool(
        name="drive_search_files",
        description="Find files and folders in Google Drive with Drive's query language.",
        needs=_needs("drive-read"),
        effect="read",
        method="GET",
        path="/drive/v3/files",
        query={"fields": f"nextPageToken,files({_FIELDS})"},
        args=SearchFiles,
        output=DriveFiles,
        pages=_next(),
        examples=({"query": "name contains 'plan'"}, {}),
    ),
    HttpTool(
        name="drive_get_file",
        description="Return name, type, size and link of a file in Google Drive by its id.",
        needs=_needs("drive-read"),
        effect="read",
        method="GET",
        path="/drive/v3/files/{file_id}",
        query={"fields": _FIELDS},
        args=OfFile,
        output=DriveFile,
        examples=({"file_id": "file1"},),
    ),
    read_file,
    HttpTool(
        name="drive_create_folder",
        description="Make a folder in Google Drive. Returns its id.",
        needs=_needs("drive-files"),
        effect="write",
        method="POST",
        path="/drive/v3/files",
        query={"fields": _FIELDS},
        body={"mimeType": "application/vnd.google-apps.folder"},
        args=CreateFolder,
        output=DriveFile,
        examples=({"name": "Reports", "parent_id": "file3"},),
    ),
    HttpTool(
        name="drive_delete_file",
        description="Delete a file of Google Drive for ever; it does not go to the trash.",
        needs=_needs("drive"),
        effect="destructive",
        method="DELETE",
        path="/drive/v3/files/{file_id}",
        args=OfFile,
        output=Done,
        examples=({"file_id": "file2"},),
    ),
)

# Docs


class OfDocument(Args):
    document_id: str = Field(description="id of a document, in its address", pattern=_FILE_ID)


class Document(Output):
    id: str = Field(validation_alias="documentId")
    title: str


class DocumentText(Output):
    id: str
    title: str
    text: str
    is_cut: bool = Field(description="whether the document is longer than the text")


@tool(
    name="docs_get_document",
    description="Return title and text of a Google document by its id, tables included.",
    needs=_needs("docs-read"),
    effect="read",
    args=OfDocument,
    output=DocumentText,
    examples=({"document_id": "document1"},),
)
async def get_document(args: OfDocument, ctx: ToolContext) -> Output:
    path = f"/v1/documents/{quote(args.document_id, safe='')}"
    found = _object(await ctx.fetch("google", "GET", path, host=_DOCS))
    text = "".join(_runs(found.get("body", {}).get("content", [])))
    return DocumentText(
        id=found["documentId"],
        title=found.get("title", ""),
        text=text[:_TEXT_LIMIT],
        is_cut=len(text) > _TEXT_LIMIT,
    )


def _runs(content: list[dict[str, Any]]) -> Iterator[str]:
    """The text of structural elements, in their order."""
    waiting = list(content)
    while waiting:
        one = waiting.pop(0)
        for element in one.get("paragraph", {}).get("elements", []):
            yield element.get("textRun", {}).get("content", "")
        rows = one.get("table", {}).get("tableRows", [])
        cells = [cell for row in rows for cell in row.get("tableCells", [])]
        waiting[:0] = [inner for cell in cells for inner in cell.get("content", [])]


class CreateDocument(Args):
    title: str = Field(min_length=1, max_length=500, description="title of the document")


class AppendText(OfDocument):
    text: Annotated[str, In("body", "requests[0].insertText.text")] = Field(
        min_length=1, max_length=100_000, description="text that is put at the end"
    )


class Changed(Output):
    id: str = Field(validation_alias="documentId")


_DOCS_TOOLS = (
    get_document,
    HttpTool(
        name="docs_create_document",
        description="Make an empty Google document. Returns its id.",
        needs=_needs("docs"),
        effect="write",
        method="POST",
        host=_DOCS,
        path="/v1/documents",
        args=CreateDocument,
        output=Document,
        examples=({"title": "Notes"},),
    ),
    HttpTool(
        name="docs_append_text",
        description="Put text at the end of a Google document.",
        needs=_needs("docs"),
        effect="write",
        method="POST",
        host=_DOCS,
        path="/v1/documents/{document_id}:batchUpdate",
        body={"requests": [{"insertText": {"endOfSegmentLocation": {}}}]},
        args=AppendText,
        output=Changed,
        examples=({"document_id": "document1", "text": "More."},),
    ),
)

# Sheets

Cell = str | int | float | bool | None


class OfRange(Args):
    spreadsheet_id: str = Field(description="id of a spreadsheet, in its address", pattern=_FILE_ID)
    range: str = Field(
        min_length=1, max_length=200, description="A1 notation, such as Sheet1!A1:C10"
    )


class WriteRange(OfRange):
    values: list[list[Cell]] = Field(min_length=1, max_length=5000, description="rows of cells")
    value_input: Annotated[Literal["RAW", "USER_ENTERED"], In("query", "valueInputOption")] = Field(
        "RAW", description="RAW keeps what is given; USER_ENTERED reads formulas and dates"
    )


class Values(Output):
    range: str
    values: list[list[Any]] = Field(default_factory=list, description="rows of cells")


class Written(Output):
    range: str = Field(validation_alias="updatedRange")
    rows: int = Field(0, validation_alias="updatedRows")
    cells: int = Field(0, validation_alias="updatedCells")


class AppendedRows(Output):
    range: str = Field(validation_alias=AliasPath("updates", "updatedRange"))
    rows: int = Field(0, validation_alias=AliasPath("updates", "updatedRows"))


_VALUES = "/v4/spreadsheets/{spreadsheet_id}/values/{range}"
_ROWS = {"spreadsheet_id": "sheet1", "range": "Sheet1!A1:B3", "values": [["Cleo", 27]]}
_SHEETS_TOOLS = (
    HttpTool(
        name="sheets_get_values",
        description="Return the cells of a range of a Google spreadsheet, row by row.",
        needs=_needs("sheets-read"),
        effect="read",
        method="GET",
        host=_SHEETS,
        path=_VALUES,
        args=OfRange,
        output=Values,
        examples=({"spreadsheet_id": "sheet1", "range": "Sheet1!A1:B3"},),
    ),
    HttpTool(
        name="sheets_append_values",
        description="Put rows below the table in a range of a Google spreadsheet.",
        needs=_needs("sheets"),
        effect="write",
        method="POST",
        host=_SHEETS,
        path=f"{_VALUES}:append",
        query={"insertDataOption": "INSERT_ROWS"},
        args=WriteRange,
        output=AppendedRows,
        examples=(_ROWS,),
    ),
    HttpTool(
        name="sheets_update_values",
        description="Write rows over the cells of a range of a Google spreadsheet; what stood "
        "there is lost.",
        needs=_needs("sheets"),
        effect="destructive",
        method="PUT",
        host=_SHEETS,
        path=_VALUES,
        args=WriteRange,
        output=Written,
        examples=(_ROWS,),
    ),
)

# Tasks


class TaskList(Output):
    id: str
    title: str


class TaskLists(Output):
    items: list[TaskList] = Field(default_factory=list)


class Task(Output):
    id: str
    title: str = ""
    notes: str | None = None
    status: str
    due: str | None = Field(None, description="RFC 3339; only its day counts")
    completed: str | None = None


class Tasks(Output):
    items: list[Task] = Field(default_factory=list)


class ListTaskLists(Args):
    max_results: Size = Field(100, ge=1, le=1000, description="lists per page")
    page_token: PageToken = Field(None, description="next of the page before")


class OfList(Args):
    list_id: str = Field(description="id of a task list", pattern=_ID)


class ListTasks(OfList):
    show_completed: Annotated[bool, In("query", "showCompleted")] = Field(
        True, description="whether completed tasks are listed, too"
    )
    max_results: Size = Field(50, ge=1, le=100, description="tasks per page")
    page_token: PageToken = Field(None, description="next of the page before")


class CreateTask(OfList):
    title: str = Field(min_length=1, max_length=1024, description="what is to be done")
    notes: str | None = Field(None, max_length=8192, description="more about it")
    due: str | None = Field(None, description="RFC 3339; only the day counts")


class OfTask(OfList):
    task_id: str = Field(description="id of a task", pattern=_ID)


_LIST = "/tasks/v1/lists/{list_id}/tasks"
_TASKS_TOOLS = (
    HttpTool(
        name="tasks_list_lists",
        description="List the user's task lists in Google Tasks with their ids.",
        needs=_needs("tasks-read"),
        effect="read",
        method="GET",
        host=_TASKS,
        path="/tasks/v1/users/@me/lists",
        args=ListTaskLists,
        output=TaskLists,
        pages=_next(),
        examples=({},),
    ),
    HttpTool(
        name="tasks_list_tasks",
        description="List the tasks of a list in Google Tasks.",
        needs=_needs("tasks-read"),
        effect="read",
        method="GET",
        host=_TASKS,
        path=_LIST,
        args=ListTasks,
        output=Tasks,
        pages=_next(),
        examples=({"list_id": "list1"},),
    ),
    HttpTool(
        name="tasks_create_task",
        description="Put a task on top of a list in Google Tasks. Returns it.",
        needs=_needs("tasks"),
        effect="write",
        method="POST",
        host=_TASKS,
        path=_LIST,
        args=CreateTask,
        output=Task,
        examples=({"list_id": "list1", "title": "Pay the rent"},),
    ),
    HttpTool(
        name="tasks_complete_task",
        description="Mark a task of Google Tasks as completed.",
        needs=_needs("tasks"),
        effect="write",
        method="PATCH",
        host=_TASKS,
        path=f"{_LIST}/{{task_id}}",
        body={"status": "completed"},
        args=OfTask,
        output=Task,
        examples=({"list_id": "list1", "task_id": "task1"},),
    ),
)

# Contacts


class Contact(Output):
    resource_name: str = Field(validation_alias="resourceName")
    names: list[dict[str, Any]] = Field(default_factory=list)
    email_addresses: list[dict[str, Any]] = Field(
        default_factory=list, validation_alias="emailAddresses"
    )
    phone_numbers: list[dict[str, Any]] = Field(
        default_factory=list, validation_alias="phoneNumbers"
    )


class Contacts(Output):
    connections: list[Contact] = Field(default_factory=list)


class ListContacts(Args):
    page_size: Annotated[int, In("query", "pageSize")] = Field(
        100, ge=1, le=1000, description="contacts per page"
    )
    page_token: PageToken = Field(None, description="next of the page before")


class CreateContact(Args):
    given_name: Annotated[str, In("body", "names[0].givenName")] = Field(
        min_length=1, max_length=200, description="first name"
    )
    family_name: Annotated[str | None, In("body", "names[0].familyName")] = Field(
        None, max_length=200, description="last name"
    )
    email: Annotated[str | None, In("body", "emailAddresses[0].value")] = Field(
        None, max_length=320, description="email address"
    )
    phone: Annotated[str | None, In("body", "phoneNumbers[0].value")] = Field(
        None, max_length=50, description="phone number"
    )


_CONTACTS_TOOLS = (
    HttpTool(
        name="contacts_list_contacts",
        description="List the user's Google contacts with names, addresses and phone numbers.",
        needs=_needs("contacts-read"),
        effect="read",
        method="GET",
        host=_PEOPLE,
        path="/v1/people/me/connections",
        query={"personFields": "names,emailAddresses,phoneNumbers"},
        args=ListContacts,
        output=Contacts,
        pages=_next(),
        examples=({},),
    ),
    HttpTool(
        name="contacts_create_contact",
        description="Add a person to the user's Google contacts. Returns the contact.",
        needs=_needs("contacts"),
        effect="write",
        method="POST",
        host=_PEOPLE,
        path="/v1/people:createContact",
        query={"personFields": "names,emailAddresses,phoneNumbers"},
        args=CreateContact,
        output=Contact,
        examples=({"given_name": "Eva", "email": "eva@example.com"},),
    ),
)

TOOLS = (
    *_GMAIL_TOOLS,
    *_CALENDAR_TOOLS,
    *_DRIVE_TOOLS,
    *_DOCS_TOOLS,
    *_SHEETS_TOOLS,
    *_TASKS_TOOLS,
    *_CONTACTS_TOOLS,
)
