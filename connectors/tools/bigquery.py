"""Tools of BigQuery, which Google's connector opens: run SQL, read on in its result, add rows.

Reference: https://cloud.google.com/bigquery/docs/reference/rest/v2

Checked against Google's discovery document of BigQuery (v2, revision 20261009, in
google-api-python-client 2.202.0): methods, paths, scopes, parameters and members.

Facts:
1. A query is a job. Within some ten seconds its first page comes with the answer; otherwise
   ``jobComplete`` is false, and the job is asked for its result.
2. A row is ``{"f": [{"v": value}]}``, where a value is text, null, a list or another row.
3. The location is needed where the data is not in the US or the EU.
4. Rows that were refused are told inside a success, by their places; the others are not added
   either.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AliasPath, Field, PlainSerializer, model_validator

from connectors.tooling import Args, Failure, HttpTool, In, Needs, Output, Pages

_HOST = "bigquery.googleapis.com"
_PROJECT = "/bigquery/v2/projects/{project_id}"
_QUERY = (Needs("google", ("bigquery",)),)
_INSERT = (Needs("google", ("bigquery-insert",)),)

Project = Annotated[
    str, Field(pattern=r"^[a-z0-9][a-z0-9.:-]{4,62}$", description="id of the Cloud project")
]
Location = Annotated[str | None, Field(pattern=r"^[A-Za-z0-9-]{2,40}$")]


def _value(cell: Any) -> Any:
    """Read a value (fact 2)."""
    value = cell.get("v") if isinstance(cell, dict) else cell
    if isinstance(value, dict):
        return [_value(each) for each in value.get("f", [])]
    return [_value(each) for each in value] if isinstance(value, list) else value


def as_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Write rows as the provider takes them."""
    return [{"json": row} for row in rows]


class RunQuery(Args):
    project_id: Project
    query: str = Field(
        min_length=1, max_length=100_000, description="GoogleSQL: SELECT name FROM `shop.customers`"
    )
    location: Location = Field(None, description="where the data is, outside of the US and the EU")
    max_results: Annotated[int, In("body", "maxResults")] = Field(
        100, ge=1, le=1000, description="rows per page"
    )
    max_bytes_billed: Annotated[
        int | None, PlainSerializer(str, when_used="unless-none"), In("body", "maximumBytesBilled")
    ] = Field(None, ge=1, description="a query that would read more fails, and costs nothing")


class GetQueryResults(Args):
    project_id: Project
    job_id: str = Field(
        pattern=r"^[A-Za-z0-9_-]{1,300}$", description="job_id of bigquery_run_query"
    )
    location: Location = Field(None, description="location of bigquery_run_query")
    max_results: Annotated[int, In("query", "maxResults")] = Field(
        100, ge=1, le=1000, description="rows per page"
    )
    page_token: Annotated[str | None, In("query", "pageToken")] = Field(
        None, max_length=2000, description="page_token of the page before"
    )


class QueryResult(Output):
    job_id: str | None = Field(None, validation_alias=AliasPath("jobReference", "jobId"))
    location: str | None = Field(None, validation_alias=AliasPath("jobReference", "location"))
    is_complete: bool = Field(
        validation_alias="jobComplete", description="whether the rows are there already"
    )
    total_rows: str | None = Field(None, validation_alias="totalRows")
    changed_rows: str | None = Field(None, validation_alias="numDmlAffectedRows")
    rows: list[dict[str, Any]] = Field([], description="values by the names of the columns")
    page_token: str | None = Field(
        None, validation_alias="pageToken", description="for bigquery_get_query_results"
    )

    @model_validator(mode="before")
    @classmethod
    def _named(cls, answer: Any) -> Any:
        """Put the names of the columns to the values (fact 2)."""
        if not isinstance(answer, dict) or "jobComplete" not in answer:
            return answer
        try:
            names = [column["name"] for column in answer.get("schema", {}).get("fields", [])]
            rows = [
                dict(zip(names, _value({"v": row}), strict=True)) for row in answer.get("rows", [])
            ]
        except (AttributeError, KeyError, TypeError, RecursionError):
            raise ValueError("the rows are no table") from None
        return {**answer, "rows": rows}


class InsertRows(Args):
    project_id: Project
    dataset_id: str = Field(pattern=r"^[A-Za-z0-9_]{1,300}$", description="name of the dataset")
    table_id: str = Field(pattern=r"^[A-Za-z0-9_ -]{1,300}$", description="name of the table")
    rows: Annotated[
        list[dict[str, Any]], PlainSerializer(as_rows, when_used="always"), In("body", "rows")
    ] = Field(min_length=1, max_length=500, description="objects of column names and values")


class Inserted(Output):
    pass


TOOLS = (
    HttpTool(
        name="bigquery_run_query",
        description="Run SQL in BigQuery, which may change data, and is paid by the bytes it "
        "reads. Returns the first rows.",
        needs=_QUERY,
        effect="destructive",
        method="POST",
        host=_HOST,
        path=f"{_PROJECT}/queries",
        body={"useLegacySql": False},
        args=RunQuery,
        output=QueryResult,
        examples=(
            {"project_id": "acme-data", "query": "SELECT name, city FROM `shop.customers`"},
            {
                "project_id": "acme-data",
                "query": "SELECT name FROM `shop.customers`",
                "max_results": 2,
                "max_bytes_billed": 10_485_760,
            },
        ),
    ),
    HttpTool(
        name="bigquery_get_query_results",
        description="Read the result of a query of BigQuery: the next rows, or the first of one "
        "that took longer.",
        needs=_QUERY,
        effect="read",
        method="GET",
        host=_HOST,
        path=f"{_PROJECT}/queries/{{job_id}}",
        args=GetQueryResults,
        output=QueryResult,
        pages=Pages(argument="page_token", next="pageToken"),
        examples=({"project_id": "acme-data", "job_id": "job_sandbox1", "max_results": 2},),
    ),
    HttpTool(
        name="bigquery_insert_rows",
        description="Add rows to a table of BigQuery, all of them or none.",
        needs=_INSERT,
        effect="write",
        method="POST",
        host=_HOST,
        path=f"{_PROJECT}/datasets/{{dataset_id}}/tables/{{table_id}}/insertAll",
        args=InsertRows,
        output=Inserted,
        failure=Failure(  # fact 4
            path="insertErrors",
            code="insertErrors[0].errors[0].reason",
            message="insertErrors[0].errors[0].message",
        ),
        examples=(
            {
                "project_id": "acme-data",
                "dataset_id": "shop",
                "table_id": "customers",
                "rows": [{"name": "Initech", "city": "Austin"}],
            },
        ),
    ),
)
