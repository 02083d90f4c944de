"""Tools for Zoho CRM, by zoho.com/crm/developer/docs/api/v8 (records, search, insert, users).

Quirks:
1. An empty list or search is 204 without a body.
2. A list needs ``fields``. Past 2,000 records its pages go on with ``page_token``, which may be
   used from the first page on.
3. A search needs the scope ``ZohoSearch.securesearch.READ`` besides that of the records.
4. An insert answers per record: one that is refused has the status ``error`` inside the list.
5. The members of a record are its organization's own, so records have no fixed shape.

Unconfirmed: written without the documentation at hand; what matters is paths, scopes, page tokens,
and the shapes of answers.
"""

from typing import Annotated, Any

from pydantic import AliasPath, Field

from connectors.tooling import Args, Failure, HttpTool, In, Needs, Output, Pages

_MODULE = Field(
    pattern="^[A-Za-z][A-Za-z0-9_]{0,49}$",
    description="API name of the module, such as Leads, Contacts, Accounts or Deals.",
)
_PER_PAGE = Field(default=20, ge=1, le=200, description="Records per page.")


class ListRecords(Args):
    module: str = _MODULE
    fields: Annotated[list[str], In("query", join=",")] = Field(
        min_length=1, max_length=50, description="API names of the fields to return."
    )
    per_page: int = _PER_PAGE
    page_token: str | None = Field(
        default=None, max_length=500, description="next of the page before."
    )


class SearchRecords(Args):
    module: str = _MODULE
    word: str = Field(min_length=2, max_length=100, description="Word to find in any field.")
    per_page: int = _PER_PAGE
    page: int | None = Field(default=None, ge=1, le=10, description="Number of the page, from 1.")


class GetRecord(Args):
    module: str = _MODULE
    record_id: str = Field(pattern="^[0-9]{5,25}$", description="Id of the record.")


class CreateRecord(Args):
    module: str = _MODULE
    fields: Annotated[dict[str, Any], In("body", "data[0]")] = Field(
        min_length=1,
        max_length=200,
        description="Values by the field's API name, such as Last_Name and Company.",
    )


class Records(Output):
    records: list[dict[str, Any]] = Field(default=[], validation_alias="data")


class FoundRecords(Records):
    more: bool = Field(default=False, validation_alias=AliasPath("info", "more_records"))


class Created(Output):
    class Result(Output):
        class Details(Output):
            id: str

        status: str
        details: Details

    results: list[Result] = Field(validation_alias="data")


TOOLS = (
    HttpTool(
        name="zoho_crm_list_records",
        description="List records of a module with the fields that are named.",
        needs=(Needs("zoho-crm", ("ZohoCRM.modules.READ",)),),
        effect="read",
        method="GET",
        path="/{module}",
        args=ListRecords,
        output=Records,
        pages=Pages(argument="page_token", next="info.next_page_token", more="info.more_records"),
        examples=({"module": "Leads", "fields": ["Last_Name", "Company"], "per_page": 2},),
    ),
    HttpTool(
        name="zoho_crm_search_records",
        description="Search a module's records for a word in any field; more says that there is "
        "another page.",
        needs=(Needs("zoho-crm", ("ZohoCRM.modules.READ", "search")),),  # quirk 3
        effect="read",
        method="GET",
        path="/{module}/search",
        args=SearchRecords,
        output=FoundRecords,
        examples=({"module": "Leads", "word": "Initech"},),
    ),
    HttpTool(
        name="zoho_crm_get_record",
        description="Read one record of a module with all its fields.",
        needs=(Needs("zoho-crm", ("ZohoCRM.modules.READ",)),),
        effect="read",
        method="GET",
        path="/{module}/{record_id}",
        args=GetRecord,
        output=Records,
        examples=({"module": "Leads", "record_id": "554023000000240001"},),
    ),
    HttpTool(
        name="zoho_crm_create_record",
        description="Create a record in a module and return its id.",
        needs=(Needs("zoho-crm", ("create",)),),
        effect="write",
        method="POST",
        path="/{module}",
        args=CreateRecord,
        output=Created,
        failure=Failure(  # quirk 4
            path="data[0].status", equals="error", code="data[0].code", message="data[0].message"
        ),
        examples=({"module": "Leads", "fields": {"Last_Name": "Park", "Company": "Hooli"}},),
    ),
)
