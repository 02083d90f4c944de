"""Tools of Databricks: run a statement of SQL on a warehouse, start a job.

Reference: https://docs.databricks.com/api/workspace/introduction

Facts:
1. A statement that takes longer than ``wait_timeout`` goes on, and its state is ``RUNNING``.
2. Rows are lists of texts; ``columns`` say what they mean.

Checked against Databricks' own library (databricks/databricks-sdk-py, ``service/sql.py`` and
``service/jobs.py``).
"""

from __future__ import annotations

from typing import Any

from pydantic import AliasPath, Field

from connectors.tooling import Args, HttpTool, Needs, Output

_DATABRICKS = (Needs("databricks", ("all-apis",)),)


class RunQuery(Args):
    warehouse_id: str = Field(pattern=r"^[0-9a-f]{8,32}$", description="id of the SQL warehouse")
    statement: str = Field(min_length=1, max_length=50_000, description="one statement of SQL")
    catalog: str | None = Field(None, max_length=255, description="the default catalog if none")
    row_limit: int = Field(100, ge=1, le=1000, description="rows at most")


class Result(Output):
    statement_id: str
    state: str = Field(validation_alias=AliasPath("status", "state"))
    error: str | None = Field(None, validation_alias=AliasPath("status", "error", "message"))
    columns: list[dict[str, Any]] = Field(
        default_factory=list, validation_alias=AliasPath("manifest", "schema", "columns")
    )
    rows: list[list[Any]] = Field(
        default_factory=list, validation_alias=AliasPath("result", "data_array")
    )


class RunJob(Args):
    job_id: int = Field(ge=1, description="id of the job")
    job_parameters: dict[str, str] | None = Field(None, description="parameters of this run")


class Run(Output):
    run_id: int
    number_in_job: int | None = None


TOOLS = (
    HttpTool(
        name="databricks_run_query",
        description="Run one statement of SQL on a Databricks warehouse, which may change data. "
        "Waits half a minute for the rows.",
        needs=_DATABRICKS,
        effect="destructive",
        method="POST",
        path="/api/2.0/sql/statements",
        body={"wait_timeout": "30s", "disposition": "INLINE", "format": "JSON_ARRAY"},
        args=RunQuery,
        output=Result,
        examples=({"warehouse_id": "abcdef0123456789", "statement": "SELECT name FROM customers"},),
    ),
    HttpTool(
        name="databricks_run_job",
        description="Start a job of Databricks now. Returns the id of the run.",
        needs=_DATABRICKS,
        effect="write",
        method="POST",
        path="/api/2.2/jobs/run-now",
        args=RunJob,
        output=Run,
        examples=({"job_id": 11223344, "job_parameters": {"day": "2026-12-01"}},),
    ),
)
