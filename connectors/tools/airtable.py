"""Tools for Airtable: find bases and tables, read, create, change and delete records.

Reference: https://airtable.com/developers/web/api/introduction

Facts:
1. A table is named by its id or its name, fields by their names.
2. The answer has ``offset`` where there is another page.
3. At most ten records are written by one request; these tools write one.
4. Cells of a record that are empty are left out of its ``fields``.
5. A webhook for records needs ``data.records:read`` as well. It ends after seven days. Airtable
   returns its secret once, and the tool does not pass it on. A notification names no record: read
   the changes at Airtable.
"""

from typing import Annotated, Any

from pydantic import Field

from connectors.tooling import Args, HttpTool, In, Needs, Output, Pages

Base = Annotated[str, Field(description="Base id", pattern=r"^app[A-Za-z0-9]{5,40}$")]
Table = Annotated[str, Field(description="Table id or name", min_length=1, max_length=255)]
Record = Annotated[str, Field(description="Record id", pattern=r"^rec[A-Za-z0-9]{5,40}$")]
Cells = Annotated[
    dict[str, Any], In("body", "fields"), Field(min_length=1, description="Field name -> value")
]
Typecast = Annotated[
    bool, In("body", "typecast"), Field(description="Let Airtable convert text to a field's type")
]
Offset = Annotated[
    str | None, In("query", "offset"), Field(description="next_cursor of the page before")
]
PAGES = Pages(argument="cursor", next="offset")  # fact 2


class ListBases(Args):
    cursor: Offset = None


class BaseSummary(Output):
    id: str
    name: str
    permission: str | None = Field(None, validation_alias="permissionLevel")


class Bases(Output):
    bases: list[BaseSummary]


class ListTables(Args):
    base: Base


class FieldSummary(Output):
    id: str
    name: str
    type: str
    description: str | None = None


class TableSummary(Output):
    id: str
    name: str
    description: str | None = None
    primary_field: str | None = Field(None, validation_alias="primaryFieldId")
    fields: list[FieldSummary]


class Tables(Output):
    tables: list[TableSummary]


class ListRecords(Args):
    base: Base
    table: Table
    formula: Annotated[str | None, In("query", "filterByFormula")] = Field(
        None, max_length=4000, description='Only records for which it is true: {Status}="Done"'
    )
    view: Annotated[str | None, In("query", "view")] = Field(
        None, max_length=255, description="Name or id of a view, for its filter and order"
    )
    limit: Annotated[int, In("query", "pageSize")] = Field(
        50, ge=1, le=100, description="Records per page"
    )
    cursor: Offset = None


class RecordRow(Output):
    id: str
    created_at: str | None = Field(None, validation_alias="createdTime")
    fields: dict[str, Any]


class Records(Output):
    records: list[RecordRow]


class RecordRef(Args):
    base: Base
    table: Table
    record: Record


class CreateRecord(Args):
    base: Base
    table: Table
    cells: Cells
    typecast: Typecast = False


class UpdateRecord(Args):
    base: Base
    table: Table
    record: Record
    cells: Cells
    typecast: Typecast = False


class CreateWebhook(Args):
    base: Base
    url: Annotated[str, In("body", "notificationUrl")] = Field(
        max_length=2000, pattern="^https://", description="Address that is told of a change"
    )
    table_id: Annotated[
        str | None, In("body", "specification.options.filters.recordChangeScope")
    ] = Field(None, pattern=r"^tbl[A-Za-z0-9]{5,40}$", description="Only this table's records")


class CreatedWebhook(Output):
    id: str
    expires_at: str | None = Field(None, validation_alias="expirationTime")


class DeletedRecord(Output):
    id: str
    deleted: bool


RECORD = {"base": "appSandboxCrm01", "table": "Deals", "record": "recSandboxDeal01"}
TOOLS = (
    HttpTool(
        name="airtable_list_bases",
        description="List the bases that the person opened to this app: id, name, permission.",
        needs=(Needs("airtable", ("schema.bases:read",)),),
        effect="read",
        method="GET",
        path="/meta/bases",
        args=ListBases,
        output=Bases,
        pages=PAGES,
        examples=({},),
    ),
    HttpTool(
        name="airtable_list_tables",
        description="List a base's tables with their fields and types.",
        needs=(Needs("airtable", ("schema.bases:read",)),),
        effect="read",
        method="GET",
        path="/meta/bases/{base}/tables",
        args=ListTables,
        output=Tables,
        examples=({"base": "appSandboxCrm01"},),
    ),
    HttpTool(
        name="airtable_list_records",
        description="List or search a table's records. Empty cells are left out.",
        needs=(Needs("airtable", ("data.records:read",)),),
        effect="read",
        method="GET",
        path="/{base}/{table}",
        args=ListRecords,
        output=Records,
        pages=PAGES,
        examples=(
            {"base": "appSandboxCrm01", "table": "Deals"},
            {"base": "appSandboxCrm01", "table": "Deals", "limit": 1},
        ),
    ),
    HttpTool(
        name="airtable_get_record",
        description="Read one record. Empty cells are left out.",
        needs=(Needs("airtable", ("data.records:read",)),),
        effect="read",
        method="GET",
        path="/{base}/{table}/{record}",
        args=RecordRef,
        output=RecordRow,
        examples=(RECORD,),
    ),
    HttpTool(
        name="airtable_create_record",
        description="Create a record in a table. Returns it with its id.",
        needs=(Needs("airtable", ("data.records:write",)),),
        effect="write",
        method="POST",
        path="/{base}/{table}",
        args=CreateRecord,
        output=RecordRow,
        examples=({"base": "appSandboxCrm01", "table": "Deals", "cells": {"Name": "Globex"}},),
    ),
    HttpTool(
        name="airtable_update_record",
        description="Change some cells of a record. Cells that are not named stay as they are.",
        needs=(Needs("airtable", ("data.records:write",)),),
        effect="write",
        method="PATCH",
        path="/{base}/{table}/{record}",
        args=UpdateRecord,
        output=RecordRow,
        examples=({**RECORD, "cells": {"Stage": "Won"}},),
    ),
    HttpTool(
        name="airtable_delete_record",
        description="Delete a record.",
        needs=(Needs("airtable", ("data.records:write",)),),
        effect="destructive",
        method="DELETE",
        path="/{base}/{table}/{record}",
        args=RecordRef,
        output=DeletedRecord,
        examples=(RECORD,),
    ),
    HttpTool(
        name="airtable_create_webhook",
        description="Have an address told when records of a base change, for seven days. The "
        "notice names no record.",
        needs=(Needs("airtable", ("webhook:manage", "data.records:read")),),  # fact 5
        effect="write",
        method="POST",
        path="/bases/{base}/webhooks",
        body={"specification": {"options": {"filters": {"dataTypes": ["tableData"]}}}},
        args=CreateWebhook,
        output=CreatedWebhook,
        examples=(
            {"base": "appSandboxCrm01", "url": "https://hooks.example/airtable"},
            {
                "base": "appSandboxCrm01",
                "url": "https://hooks.example/airtable",
                "table_id": "tblSandboxDeals1",
            },
        ),
    ),
)
