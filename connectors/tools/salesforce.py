"""Tools for Salesforce, by the REST API Developer Guide (query, parameterizedSearch, sObject rows).

Quirks:
1. The members of a record are its organization's own, so records have no fixed shape.
2. A query's answer names the path of its next page, ``nextRecordsUrl``; its last part is
   the cursor.
3. Changing and deleting answer 204 without a body.
4. SOQL is the caller's own text and reads only. It is sent as one parameter.
5. What a user may see and change is the organization's business; the scope ``api`` opens it all.

Version 66.0 of the API; a version lives for three years at least.

Unconfirmed: written without the documentation at hand; what matters is paths, what the scope opens,
and the shapes of answers.
"""

from typing import Annotated, Any
from urllib.parse import quote

from pydantic import AfterValidator, Field

from connectors.tooling import (
    Args,
    FunctionTool,
    HttpTool,
    In,
    Needs,
    Output,
    ToolContext,
    ToolFailed,
    tool,
)

_NEEDS = (Needs("salesforce", ("api",)),)
_API = "/services/data/v66.0"
_NAME = r"^[A-Za-z][A-Za-z0-9_]{0,79}$"
_OBJECT = Field(pattern=_NAME, description="API name of the object, such as Account or Lead.")
_ID = Field(pattern="^[A-Za-z0-9]{15}([A-Za-z0-9]{3})?$", description="Id of the record.")
_FIELDS = Field(min_length=1, max_length=200, description="Values by the field's API name.")


class Query(Args):
    soql: str = Field(
        min_length=10,
        max_length=20000,
        description="SELECT statement, such as SELECT Id, Name FROM Account LIMIT 10.",
    )
    cursor: str | None = Field(
        default=None,
        pattern="^[A-Za-z0-9]{1,60}-[0-9]{1,10}$",
        description="next_cursor of the page before.",
    )


class Search(Args):
    q: str = Field(min_length=2, max_length=200, description="Text to find in any field.")
    object: Annotated[str, In("query", "sobject")] = _OBJECT
    fields: Annotated[list[str], In("query", join=",")] = Field(
        default=["Id", "Name"], min_length=1, max_length=50, description="Fields to return."
    )
    limit: Annotated[int, In("query", "overallLimit")] = Field(
        default=20, ge=1, le=200, description="Most records to return."
    )


class DescribeObject(Args):
    object: str = _OBJECT


class GetRecord(Args):
    object: str = _OBJECT
    record_id: str = _ID
    fields: Annotated[list[str] | None, In("query", join=",")] = Field(
        default=None, max_length=200, description="Fields to return; without it, all."
    )


class CreateRecord(Args):
    object: str = _OBJECT
    fields: dict[str, Any] = _FIELDS


class UpdateRecord(Args):
    object: str = _OBJECT
    record_id: str = _ID
    fields: dict[str, Any] = _FIELDS


class DeleteRecord(Args):
    object: str = _OBJECT
    record_id: str = _ID


class Records(Output):
    total: int | None = None
    records: list[dict[str, Any]]
    next_cursor: str | None = None


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record without what Salesforce says about it (type and URL)."""
    return {
        name: _plain(value) if isinstance(value, dict) else value
        for name, value in record.items()
        if name != "attributes"
    }


class Found(Output):
    records: list[Annotated[dict[str, Any], AfterValidator(_plain)]] = Field(
        validation_alias="searchRecords"
    )


class FieldOfObject(Output):
    name: str
    label: str | None = None
    type: str | None = None
    nillable: bool | None = None
    createable: bool | None = None
    updateable: bool | None = None


class ObjectDescription(Output):
    name: str
    label: str | None = None
    fields: list[FieldOfObject]


class Record(Output):
    record: dict[str, Any]


class RecordId(Output):
    id: str


class Nothing(Output):
    """The answer has no body."""


def _row(name: str, record_id: str) -> str:
    return f"{_API}/sobjects/{quote(name, safe='')}/{quote(record_id, safe='')}"


@tool(
    name="salesforce_query_records",
    description="Run a SOQL SELECT and return the records. Pass next_cursor as cursor, with the "
    "same soql, for the next page.",
    needs=_NEEDS,
    effect="read",
    args=Query,
    output=Records,
    examples=({"soql": "SELECT Id, Name FROM Account LIMIT 2"},),
)
async def query_records(args: Query, ctx: ToolContext) -> Records:
    if args.cursor is None:
        answer = await ctx.fetch("salesforce", "GET", f"{_API}/query", query={"q": args.soql})
    else:
        path = f"{_API}/query/{quote(args.cursor, safe='')}"
        answer = await ctx.fetch("salesforce", "GET", path)
    page = answer.json()
    following = page.get("nextRecordsUrl") or ""
    return Records(
        total=page.get("totalSize"),
        records=[_plain(record) for record in page["records"]],
        next_cursor=following.rpartition("/")[2] or None,  # quirk 2
    )


@tool(
    name="salesforce_get_record",
    description="Read one record by object and id, all fields or those that are named.",
    needs=_NEEDS,
    effect="read",
    args=GetRecord,
    output=Record,
    examples=(
        {"object": "Account", "record_id": "001SandboxAcme1", "fields": ["Name", "Industry"]},
    ),
)
async def get_record(args: GetRecord, ctx: ToolContext) -> Record:
    query = {"fields": ",".join(args.fields)} if args.fields else {}
    answer = await ctx.fetch("salesforce", "GET", _row(args.object, args.record_id), query=query)
    return Record(record=_plain(answer.json()))


@tool(
    name="salesforce_create_record",
    description="Create a record and return its id. salesforce_describe_object has its fields.",
    needs=_NEEDS,
    effect="write",
    args=CreateRecord,
    output=RecordId,
    examples=({"object": "Lead", "fields": {"LastName": "Park", "Company": "Initech"}},),
)
async def create_record(args: CreateRecord, ctx: ToolContext) -> RecordId:
    path = f"{_API}/sobjects/{quote(args.object, safe='')}"
    answer = (await ctx.fetch("salesforce", "POST", path, json=args.fields)).json()
    if not answer.get("success"):
        raise ToolFailed("not_created", "Salesforce did not create the record")
    return RecordId(id=answer["id"])


@tool(
    name="salesforce_update_record",
    description="Change fields of a record; the others stay.",
    needs=_NEEDS,
    effect="write",
    args=UpdateRecord,
    output=RecordId,
    examples=(
        {"object": "Account", "record_id": "001SandboxAcme1", "fields": {"Industry": "Energy"}},
    ),
)
async def update_record(args: UpdateRecord, ctx: ToolContext) -> RecordId:
    await ctx.fetch("salesforce", "PATCH", _row(args.object, args.record_id), json=args.fields)
    return RecordId(id=args.record_id)  # quirk 3


TOOLS: tuple[HttpTool | FunctionTool, ...] = (
    query_records,
    HttpTool(
        name="salesforce_search_records",
        description="Find records of one object by text in any field. For conditions, use "
        "salesforce_query_records.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path=f"{_API}/parameterizedSearch",
        args=Search,
        output=Found,
        examples=({"q": "Acme", "object": "Account"},),
    ),
    HttpTool(
        name="salesforce_describe_object",
        description="List an object's fields: API name, label, type, and whether they can be set.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path=f"{_API}/sobjects/{{object}}/describe",
        args=DescribeObject,
        output=ObjectDescription,
        examples=({"object": "Account"},),
    ),
    get_record,
    create_record,
    update_record,
    HttpTool(
        name="salesforce_delete_record",
        description="Delete a record. It goes to the organization's recycle bin.",
        needs=_NEEDS,
        effect="destructive",
        method="DELETE",
        path=f"{_API}/sobjects/{{object}}/{{record_id}}",
        args=DeleteRecord,
        output=Nothing,
        examples=({"object": "Account", "record_id": "001SandboxGlob1"},),
    ),
)
