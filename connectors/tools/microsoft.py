"""Tools for a Microsoft account: Outlook mail and calendar, OneDrive files, To Do tasks.

Reference: https://learn.microsoft.com/graph/api/overview

Facts:
1. A list goes on at ``@odata.nextLink``, a URL that is opaque: the cursor is its query, and is sent
   as it is to the same path.
2. ``$search`` of mail takes its words in double quotes and has no ``$orderby``.
3. Sending is answered with 202, without a body.
4. Times of the calendar come in the zone of ``Prefer``: these tools read UTC.
5. A file's content is behind a redirect to an address that opens it without a credential, which the
   gateway does not follow: the file's own page is given.
6. Text that is put between single quotes in a path has each of its own doubled.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, quote, urlsplit

from pydantic import AliasPath, Field

from connectors.tool_text import MAIL_ADDRESS, ONE_LINE
from connectors.tooling import Args, HttpTool, In, Needs, Output, ToolContext, ToolFailed, tool

MAIL_READ = (Needs("microsoft", ("Mail.Read",)),)
MAIL_SEND = (Needs("microsoft", ("Mail.Send",)),)
CALENDAR_READ = (Needs("microsoft", ("Calendars.Read",)),)
CALENDAR_WRITE = (Needs("microsoft", ("Calendars.ReadWrite",)),)
FILES_READ = (Needs("microsoft", ("Files.Read",)),)
TASKS_READ = (Needs("microsoft", ("Tasks.Read",)),)
TASKS_WRITE = (Needs("microsoft", ("Tasks.ReadWrite",)),)
SUMMARY = "id,subject,from,receivedDateTime,bodyPreview,isRead,hasAttachments,webLink"
EVENT = "id,subject,start,end,location,organizer,attendees,isAllDay,webLink"
ITEM = "id,name,size,lastModifiedDateTime,webUrl,folder,file"
UTC = {"Prefer": 'outlook.timezone="UTC"'}  # fact 4

Id = Annotated[str, Field(description="Microsoft's id", pattern=r"^[A-Za-z0-9_=!.-]{1,400}$")]
Limit = Annotated[int, Field(ge=1, le=100, description="Results per page")]
Cursor = Annotated[str | None, Field(max_length=4000, description="next_cursor of the page before")]
Moment = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?Z?$")]
Address = Annotated[str, Field(max_length=254, pattern=MAIL_ADDRESS)]


async def page(
    ctx: ToolContext,
    path: str,
    query: Mapping[str, str],
    cursor: str | None,
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Read a page of a list, with ``next_cursor`` where there is another (fact 1).

    Raises ``ToolFailed``.
    """
    asked = dict(query) if cursor is None else dict(parse_qsl(cursor, keep_blank_values=True))
    answer = await ctx.fetch("microsoft", "GET", path, query=asked, headers=headers)
    body = answer.json()
    if not isinstance(body, dict):
        raise ToolFailed("answer_unreadable", "the provider's answer is no list")
    link = body.get("@odata.nextLink")
    return {**body, "next_cursor": urlsplit(link).query if isinstance(link, str) else None}


class SearchMessages(Args):
    query: str | None = Field(
        None, min_length=1, max_length=500, description="Words; the newest messages without any"
    )
    limit: Limit = 20
    cursor: Cursor = None


class Message(Output):
    id: str
    subject: str | None = None
    sender: str | None = Field(None, validation_alias=AliasPath("from", "emailAddress", "address"))
    sender_name: str | None = Field(
        None, validation_alias=AliasPath("from", "emailAddress", "name")
    )
    received_at: str | None = Field(None, validation_alias="receivedDateTime")
    preview: str | None = Field(None, validation_alias="bodyPreview")
    is_read: bool | None = Field(None, validation_alias="isRead")
    has_attachments: bool | None = Field(None, validation_alias="hasAttachments")
    url: str | None = Field(None, validation_alias="webLink")


class Messages(Output):
    messages: list[Message] = Field(validation_alias="value")
    next_cursor: str | None = None


class GetMessage(Args):
    message_id: Id


class Recipient(Output):
    address: str | None = Field(None, validation_alias=AliasPath("emailAddress", "address"))
    name: str | None = Field(None, validation_alias=AliasPath("emailAddress", "name"))


class WholeMessage(Message):
    to: list[Recipient] = Field([], validation_alias="toRecipients")
    cc: list[Recipient] = Field([], validation_alias="ccRecipients")
    body: str | None = Field(None, validation_alias=AliasPath("body", "content"))


class SendMessage(Args):
    to: list[Address] = Field(min_length=1, max_length=50, description="E-mail addresses")
    cc: list[Address] = Field([], max_length=50, description="E-mail addresses of copies")
    subject: str = Field(max_length=255, pattern=ONE_LINE, description="Subject")
    body: str = Field(max_length=100_000, description="Plain text")


class ReplyMessage(Args):
    message_id: Id
    comment: str = Field(min_length=1, max_length=100_000, description="Plain text, put on top")


class Done(Output):
    pass


class ListEvents(Args):
    start: Moment = Field(description="From, UTC (2026-11-30T08:00:00Z)")
    end: Moment = Field(description="To, UTC")
    limit: Limit = 25
    cursor: Cursor = None


class Event(Output):
    id: str
    subject: str | None = None
    start: str = Field(validation_alias=AliasPath("start", "dateTime"))
    end: str = Field(validation_alias=AliasPath("end", "dateTime"))
    time_zone: str | None = Field(None, validation_alias=AliasPath("start", "timeZone"))
    location: str | None = Field(None, validation_alias=AliasPath("location", "displayName"))
    organizer: str | None = Field(
        None, validation_alias=AliasPath("organizer", "emailAddress", "address")
    )
    attendees: list[Recipient] = Field([])
    is_all_day: bool | None = Field(None, validation_alias="isAllDay")
    url: str | None = Field(None, validation_alias="webLink")


class Events(Output):
    events: list[Event] = Field(validation_alias="value")
    next_cursor: str | None = None


class CreateEvent(Args):
    subject: str = Field(min_length=1, max_length=255, pattern=ONE_LINE, description="Title")
    start: Moment = Field(description="Start, in time_zone (2026-11-30T08:00:00)")
    end: Moment = Field(description="End, in time_zone")
    time_zone: str = Field("UTC", max_length=64, description="UTC, or a zone (Europe/Madrid)")
    location: str | None = Field(None, max_length=255, description="Place")
    body: str | None = Field(None, max_length=50_000, description="Plain text")
    attendees: list[Address] = Field(
        [], max_length=50, description="E-mail addresses of people who are invited by mail"
    )


class EventRef(Args):
    event_id: Id


class SearchFiles(Args):
    query: str = Field(
        min_length=1,
        max_length=200,
        pattern=ONE_LINE,
        description="Words in the name or in the content",
    )
    limit: Limit = 20
    cursor: Cursor = None


class ListFolder(Args):
    folder_id: Id | None = Field(None, description="Id of a folder; the root without it")
    limit: Limit = 50
    cursor: Cursor = None


class Item(Output):
    id: str
    name: str
    size: int | None = None
    modified_at: str | None = Field(None, validation_alias="lastModifiedDateTime")
    url: str | None = Field(None, validation_alias="webUrl")
    mime_type: str | None = Field(None, validation_alias=AliasPath("file", "mimeType"))
    children: int | None = Field(
        None, validation_alias=AliasPath("folder", "childCount"), description="Of a folder"
    )


class Items(Output):
    items: list[Item] = Field(validation_alias="value")
    next_cursor: str | None = None


class ListLists(Args):
    cursor: Cursor = None


class TaskList(Output):
    id: str
    name: str = Field(validation_alias="displayName")
    kind: str | None = Field(None, validation_alias="wellknownListName")


class TaskLists(Output):
    lists: list[TaskList] = Field(validation_alias="value")
    next_cursor: str | None = None


class ListTasks(Args):
    list_id: Id
    limit: Limit = 50
    cursor: Cursor = None


class Task(Output):
    id: str
    title: str
    status: str
    importance: str | None = None
    due: str | None = Field(None, validation_alias=AliasPath("dueDateTime", "dateTime"))
    note: str | None = Field(None, validation_alias=AliasPath("body", "content"))


class Tasks(Output):
    tasks: list[Task] = Field(validation_alias="value")
    next_cursor: str | None = None


class CreateTask(Args):
    list_id: Id
    title: str = Field(min_length=1, max_length=255, description="Title")
    note: Annotated[str | None, In("body", "body.content")] = Field(
        None, max_length=20_000, description="Plain text"
    )
    importance: Literal["low", "normal", "high"] = Field("normal", description="Importance")


class UpdateTask(Args):
    list_id: Id
    task_id: Id
    status: Literal["notStarted", "inProgress", "completed"] | None = Field(
        None, description="New status; completed ticks it off"
    )
    title: str | None = Field(None, min_length=1, max_length=255, description="New title")


@tool(
    name="outlook_search_messages",
    description="Search the mailbox, or list its newest messages: subject, sender, preview.",
    needs=MAIL_READ,
    effect="read",
    args=SearchMessages,
    output=Messages,
    examples=({}, {"query": "invoice", "limit": 1}),
)
async def search_messages(args: SearchMessages, ctx: ToolContext) -> Messages:
    query = {"$select": SUMMARY, "$top": str(args.limit)}
    if args.query is None:
        query["$orderby"] = "receivedDateTime desc"
    else:  # fact 2
        query["$search"] = '"' + args.query.replace("\\", " ").replace('"', " ").strip() + '"'
    return Messages.model_validate(await page(ctx, "/me/messages", query, args.cursor))


def recipients(addresses: list[str]) -> list[dict[str, Any]]:
    """Return addresses in the form of Graph."""
    return [{"emailAddress": {"address": address}} for address in addresses]


@tool(
    name="outlook_send_message",
    description="Send a mail as the person, and keep it in Sent Items.",
    needs=MAIL_SEND,
    effect="write",
    args=SendMessage,
    output=Done,
    examples=({"to": ["ben@fabrikam.example"], "subject": "Lunch", "body": "At noon?"},),
)
async def send_message(args: SendMessage, ctx: ToolContext) -> Done:
    message = {
        "subject": args.subject,
        "body": {"contentType": "Text", "content": args.body},
        "toRecipients": recipients(args.to),
        "ccRecipients": recipients(args.cc),
    }
    sent = {"message": message, "saveToSentItems": True}
    await ctx.fetch("microsoft", "POST", "/me/sendMail", json=sent)
    return Done()


@tool(
    name="outlook_list_events",
    description="List what is in the calendar between two moments, each occurrence on its own.",
    needs=CALENDAR_READ,
    effect="read",
    args=ListEvents,
    output=Events,
    examples=({"start": "2026-12-01T00:00:00Z", "end": "2026-12-08T00:00:00Z"},),
)
async def list_events(args: ListEvents, ctx: ToolContext) -> Events:
    query = {
        "startDateTime": args.start,
        "endDateTime": args.end,
        "$select": EVENT,
        "$orderby": "start/dateTime",
        "$top": str(args.limit),
    }
    return Events.model_validate(await page(ctx, "/me/calendarView", query, args.cursor, UTC))


@tool(
    name="outlook_create_event",
    description="Create an event in the calendar; people who are named are invited by mail.",
    needs=CALENDAR_WRITE,
    effect="write",
    args=CreateEvent,
    output=Event,
    examples=({"subject": "Review", "start": "2026-12-02T09:00:00", "end": "2026-12-02T10:00:00"},),
)
async def create_event(args: CreateEvent, ctx: ToolContext) -> Event:
    event: dict[str, Any] = {
        "subject": args.subject,
        "start": {"dateTime": args.start.removesuffix("Z"), "timeZone": args.time_zone},
        "end": {"dateTime": args.end.removesuffix("Z"), "timeZone": args.time_zone},
    }
    if args.location is not None:
        event["location"] = {"displayName": args.location}
    if args.body is not None:
        event["body"] = {"contentType": "text", "content": args.body}
    if args.attendees:
        event["attendees"] = [{**each, "type": "required"} for each in recipients(args.attendees)]
    answer = await ctx.fetch("microsoft", "POST", "/me/events", json=event, headers=UTC)
    return Event.model_validate(answer.json())


@tool(
    name="onedrive_search_files",
    description="Search OneDrive by name and content: name, size, type, page of each file.",
    needs=FILES_READ,
    effect="read",
    args=SearchFiles,
    output=Items,
    examples=({"query": "budget"}, {"query": "o'clock"}),
)
async def search_files(args: SearchFiles, ctx: ToolContext) -> Items:
    words = quote(args.query.replace("'", "''"), safe="")  # fact 6
    query = {"$select": ITEM, "$top": str(args.limit)}
    found = await page(ctx, f"/me/drive/root/search(q='{words}')", query, args.cursor)
    return Items.model_validate(found)


@tool(
    name="onedrive_list_folder",
    description="List a folder of OneDrive, the root without one: files and folders with ids.",
    needs=FILES_READ,
    effect="read",
    args=ListFolder,
    output=Items,
    examples=({}, {"limit": 1}),
)
async def list_folder(args: ListFolder, ctx: ToolContext) -> Items:
    place = "root" if args.folder_id is None else f"items/{quote(args.folder_id, safe='')}"
    query = {"$select": ITEM, "$top": str(args.limit)}
    found = await page(ctx, f"/me/drive/{place}/children", query, args.cursor)
    return Items.model_validate(found)


@tool(
    name="todo_list_lists",
    description="List the person's lists of tasks in To Do, for their ids.",
    needs=TASKS_READ,
    effect="read",
    args=ListLists,
    output=TaskLists,
    examples=({},),
)
async def list_lists(args: ListLists, ctx: ToolContext) -> TaskLists:
    return TaskLists.model_validate(await page(ctx, "/me/todo/lists", {}, args.cursor))


@tool(
    name="todo_list_tasks",
    description="List the tasks of a list: title, status, due date, note.",
    needs=TASKS_READ,
    effect="read",
    args=ListTasks,
    output=Tasks,
    examples=({"list_id": "AQMkSandboxList1"}, {"list_id": "AQMkSandboxList1", "limit": 1}),
)
async def list_tasks(args: ListTasks, ctx: ToolContext) -> Tasks:
    path = f"/me/todo/lists/{quote(args.list_id, safe='')}/tasks"
    return Tasks.model_validate(await page(ctx, path, {"$top": str(args.limit)}, args.cursor))


TOOLS = (
    search_messages,
    HttpTool(
        name="outlook_get_message",
        description="Read one mail: sender, recipients and body as plain text.",
        needs=MAIL_READ,
        effect="read",
        method="GET",
        path="/me/messages/{message_id}",
        query={"$select": f"{SUMMARY},toRecipients,ccRecipients,body"},
        headers={"Prefer": 'outlook.body-content-type="text"'},
        args=GetMessage,
        output=WholeMessage,
        examples=({"message_id": "AAMkSandboxMail1"},),
    ),
    send_message,
    HttpTool(
        name="outlook_reply_message",
        description="Answer the sender of a mail, as the person. The answer is sent at once.",
        needs=MAIL_SEND,
        effect="write",
        method="POST",
        path="/me/messages/{message_id}/reply",
        args=ReplyMessage,
        output=Done,
        examples=({"message_id": "AAMkSandboxMail1", "comment": "Thank you!"},),
    ),
    list_events,
    create_event,
    HttpTool(
        name="outlook_delete_event",
        description="Delete an event. Where the person organised it, those invited are told.",
        needs=CALENDAR_WRITE,
        effect="destructive",
        method="DELETE",
        path="/me/events/{event_id}",
        args=EventRef,
        output=Done,
        examples=({"event_id": "AAMkSandboxEvent2"},),
    ),
    search_files,
    list_folder,
    list_lists,
    list_tasks,
    HttpTool(
        name="todo_create_task",
        description="Create a task in a list of To Do.",
        needs=TASKS_WRITE,
        effect="write",
        method="POST",
        path="/me/todo/lists/{list_id}/tasks",
        args=CreateTask,
        output=Task,
        examples=({"list_id": "AQMkSandboxList1", "title": "Buy paper"},),
    ),
    HttpTool(
        name="todo_update_task",
        description="Change a task's status or title; status completed ticks it off.",
        needs=TASKS_WRITE,
        effect="write",
        method="PATCH",
        path="/me/todo/lists/{list_id}/tasks/{task_id}",
        args=UpdateTask,
        output=Task,
        examples=(
            {"list_id": "AQMkSandboxList1", "task_id": "AAMkSandboxTask1", "status": "completed"},
        ),
    ),
)
