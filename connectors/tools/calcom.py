"""Tools of Cal.com: see free slots of an event type, book one.

Reference: https://cal.com/docs/api-reference/v2

Facts:
1. Each group of calls has its own ``cal-api-version``.
2. Both calls are public: the connection says who calls, and no scope is needed.
3. A booking begins at a moment in UTC; the slots are told in the time zone that was asked for.

Checked against Cal.com's documentation, and the pages that it publishes for agents with each event
type. The members of a booking's answer are from memory.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AliasPath, Field

from connectors.tooling import Args, HttpTool, In, Needs, Output

_CALCOM = (Needs("calcom"),)
_DAY = r"^\d{4}-\d{2}-\d{2}$"
_ZONE = r"^[A-Za-z0-9_+/-]{1,60}$"


class ListSlots(Args):
    event_type_id: Annotated[int, In("query", "eventTypeId")] = Field(
        ge=1, description="id of the event type"
    )
    start: str = Field(pattern=_DAY, description="first day: 2026-12-01")
    end: str = Field(pattern=_DAY, description="last day")
    time_zone: Annotated[str, In("query", "timeZone")] = Field(
        "UTC", pattern=_ZONE, description="time zone of the answer: Europe/Rome"
    )


class Slots(Output):
    days: dict[str, Any] = Field(
        validation_alias="data", description="by day, the starts of the free slots"
    )


class CreateBooking(Args):
    event_type_id: Annotated[int, In("body", "eventTypeId")] = Field(
        ge=1, description="id of the event type"
    )
    start: str = Field(
        pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$",
        description="start in UTC: 2026-12-01T09:00:00Z",
    )
    name: Annotated[str, In("body", "attendee.name")] = Field(
        min_length=1, max_length=200, description="who comes"
    )
    email: Annotated[str, In("body", "attendee.email")] = Field(
        max_length=254, pattern=r"^\S+@\S+$", description="address of who comes"
    )
    time_zone: Annotated[str, In("body", "attendee.timeZone")] = Field(
        "UTC", pattern=_ZONE, description="time zone of who comes"
    )
    guests: list[str] | None = Field(
        None, max_length=20, description="e-mail addresses of those who come along"
    )


class Booking(Output):
    uid: str = Field(validation_alias=AliasPath("data", "uid"))
    title: str | None = Field(None, validation_alias=AliasPath("data", "title"))
    status: str | None = Field(None, validation_alias=AliasPath("data", "status"))
    start: str | None = Field(None, validation_alias=AliasPath("data", "start"))
    end: str | None = Field(None, validation_alias=AliasPath("data", "end"))


TOOLS = (
    HttpTool(
        name="calcom_list_slots",
        description="List the free slots of a Cal.com event type between two days.",
        needs=_CALCOM,
        effect="read",
        method="GET",
        path="/slots",
        headers={"cal-api-version": "2024-09-04"},
        args=ListSlots,
        output=Slots,
        examples=({"event_type_id": 501, "start": "2026-12-01", "end": "2026-12-02"},),
    ),
    HttpTool(
        name="calcom_create_booking",
        description="Book a slot of a Cal.com event type for somebody. They get an e-mail.",
        needs=_CALCOM,
        effect="write",
        method="POST",
        path="/bookings",
        headers={"cal-api-version": "2026-02-25"},
        args=CreateBooking,
        output=Booking,
        examples=(
            {
                "event_type_id": 501,
                "start": "2026-12-01T09:00:00Z",
                "name": "Ben Okoro",
                "email": "ben@globex.example",
                "guests": ["guest@example.com"],
            },
        ),
    ),
)
