"""Tools for Zoom, by developers.zoom.us/docs/api/meetings and …/users.

Quirks:
1. The app's scopes are chosen where it was made (``meeting:read:list_meetings:admin`` …), and a
   call without its scope is 400 with code 4711. A connection of pasted credentials declares none.
2. ``next_page_token`` is empty at the end.
3. ``me`` does not exist for an app of the account: a user is an id or an e-mail address.

Unconfirmed: written without the documentation at hand; what matters is paths, the scope of each,
error codes, and the shapes of answers.
"""

from typing import Annotated, Literal

from pydantic import Field

from connectors.tooling import Args, HttpTool, In, Needs, Output, Pages

_NEEDS = (Needs("zoom"),)
_PAGES = Pages(argument="next_page_token", next="next_page_token")  # quirk 2
_USER = Field(min_length=1, max_length=254, description="Id or e-mail address of the user.")
_MEETING = Field(pattern="^[0-9]{9,12}$", description="Number of the meeting.")


class _Page(Args):
    page_size: int = Field(default=30, ge=1, le=300, description="Entries per page.")
    next_page_token: str | None = Field(
        default=None, max_length=200, description="next of the page before."
    )


class ListUsers(_Page):
    status: Literal["active", "inactive", "pending"] = Field(
        default="active", description="Only users with this status."
    )


class ListMeetings(_Page):
    user_id: str = _USER
    type: Literal["scheduled", "live", "upcoming", "previous_meetings"] = Field(
        default="upcoming", description="Which meetings."
    )


class GetMeeting(Args):
    meeting_id: str = _MEETING


class DeleteMeeting(Args):
    meeting_id: str = _MEETING


class CreateMeeting(Args):
    user_id: str = _USER
    topic: str = Field(min_length=1, max_length=200, description="Title.")
    start_time: str = Field(
        pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ?$",
        description="YYYY-MM-DDTHH:MM:SS in the time zone, or with Z in UTC.",
    )
    duration: int = Field(ge=1, le=1440, description="Minutes.")
    timezone: str | None = Field(
        default=None, max_length=50, description="Such as Europe/Berlin; the user's without it."
    )
    agenda: str | None = Field(default=None, max_length=2000, description="Description.")


class ListRecordings(_Page):
    user_id: str = _USER
    first_day: Annotated[str | None, In("query", "from")] = Field(
        default=None,
        pattern=r"^\d{4}-\d\d-\d\d$",
        description="First day; at most a month is read.",
    )
    last_day: Annotated[str | None, In("query", "to")] = Field(
        default=None, pattern=r"^\d{4}-\d\d-\d\d$", description="Last day, YYYY-MM-DD."
    )


class User(Output):
    id: str
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    status: str | None = None


class Users(Output):
    users: list[User]


class Meeting(Output):
    id: int
    topic: str | None = None
    start_time: str | None = None
    duration: int | None = None
    timezone: str | None = None
    join_url: str | None = None


class Meetings(Output):
    meetings: list[Meeting]


class Nothing(Output):
    """The answer has no body."""


class File(Output):
    file_type: str | None = None
    play_url: str | None = None


class Recording(Output):
    id: int
    topic: str | None = None
    start_time: str | None = None
    duration: int | None = None
    share_url: str | None = None
    files: list[File] = Field(default=[], validation_alias="recording_files")


class Recordings(Output):
    recordings: list[Recording] = Field(validation_alias="meetings")


TOOLS = (
    HttpTool(
        name="zoom_list_users",
        description="List the account's users: id, e-mail, name.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path="/users",
        args=ListUsers,
        output=Users,
        pages=_PAGES,
        examples=({"page_size": 2},),
    ),
    HttpTool(
        name="zoom_list_meetings",
        description="List a user's meetings: topic, start, minutes, link to join.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path="/users/{user_id}/meetings",
        args=ListMeetings,
        output=Meetings,
        pages=_PAGES,
        examples=({"user_id": "ana@acme.example", "page_size": 2},),
    ),
    HttpTool(
        name="zoom_get_meeting",
        description="Read one meeting: topic, start, minutes, link to join.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path="/meetings/{meeting_id}",
        args=GetMeeting,
        output=Meeting,
        examples=({"meeting_id": "85012345671"},),
    ),
    HttpTool(
        name="zoom_create_meeting",
        description="Schedule a meeting for a user and return the link to join. Invites nobody.",
        needs=_NEEDS,
        effect="write",
        method="POST",
        path="/users/{user_id}/meetings",
        body={"type": 2},  # one that is scheduled
        args=CreateMeeting,
        output=Meeting,
        examples=(
            {
                "user_id": "ana@acme.example",
                "topic": "Planning",
                "start_time": "2026-12-01T09:00:00Z",
                "duration": 45,
            },
        ),
    ),
    HttpTool(
        name="zoom_delete_meeting",
        description="Delete a scheduled meeting. Its link no longer works.",
        needs=_NEEDS,
        effect="destructive",
        method="DELETE",
        path="/meetings/{meeting_id}",
        args=DeleteMeeting,
        output=Nothing,
        examples=({"meeting_id": "85012345671"},),
    ),
    HttpTool(
        name="zoom_list_recordings",
        description="List a user's cloud recordings: topic, start, links to watch.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path="/users/{user_id}/recordings",
        args=ListRecordings,
        output=Recordings,
        pages=_PAGES,
        examples=(
            {
                "user_id": "ana@acme.example",
                "first_day": "2026-11-01",
                "last_day": "2026-11-30",
                "page_size": 1,
            },
        ),
    ),
)
