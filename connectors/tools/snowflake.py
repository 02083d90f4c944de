"""Tools of Snowflake: run a statement of SQL.

Reference: https://docs.snowflake.com/en/developer-guide/sql-api/reference

Facts:
1. A statement that takes longer than its answer may is answered with 202 and a handle.
2. All values are text; ``columns`` say what they mean.
3. The SQL API takes one statement, and neither ``PUT`` nor ``GET``: files are put onto a stage by
   drivers.

Unconfirmed: written from memory of the reference. What matters is the members of bodies and
answers.
"""

from __future__ import annotations

from typing import Any

from pydantic import AliasPath, Field

from connectors.tooling import Args, HttpTool, Needs, Output


class RunQuery(Args):
    statement: str = Field(min_length=1, max_length=50_000, description="one statement of SQL")
    warehouse: str | None = Field(None, max_length=255, description="the person's default if none")
    database: str | None = Field(None, max_length=255, description="the person's default if none")
    role: str | None = Field(None, max_length=255, description="one that the token may take")
    timeout: int = Field(60, ge=1, le=600, description="seconds that the statement may take")


class Result(Output):
    handle: str | None = Field(None, validation_alias="statementHandle")
    message: str | None = None
    columns: list[dict[str, Any]] = Field(
        default_factory=list,
        validation_alias=AliasPath("resultSetMetaData", "rowType"),
        description="name and type of each column",
    )
    rows: list[list[Any]] = Field(default_factory=list, validation_alias="data")


TOOLS = (
    HttpTool(
        name="snowflake_run_query",
        description="Run one statement of SQL in Snowflake, which may change data. Returns rows, "
        "or a handle where it takes longer.",
        needs=(Needs("snowflake"),),
        effect="destructive",
        method="POST",
        path="/api/v2/statements",
        args=RunQuery,
        output=Result,
        examples=({"statement": "SELECT name FROM customers", "warehouse": "COMPUTE_WH"},),
    ),
)
