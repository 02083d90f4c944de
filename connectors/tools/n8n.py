"""Tools of n8n.

Reference: https://docs.n8n.io/api/api-reference/

Checked against the description of the public API in n8n's own repository (n8n-io/n8n).
"""

from __future__ import annotations

from pydantic import Field

from connectors.tooling import Args, HttpTool, Needs, Output


class OfExecution(Args):
    execution_id: str = Field(pattern=r"^[0-9]{1,18}$", description="number of the execution")


class Execution(Output):
    id: int | str
    workflow_id: int | str | None = Field(None, validation_alias="workflowId")
    status: str | None = Field(None, description="success, error, running, waiting and others")
    mode: str | None = Field(None, description="what started it: manual, trigger, webhook …")
    started_at: str | None = Field(None, validation_alias="startedAt")
    stopped_at: str | None = Field(None, validation_alias="stoppedAt")


TOOLS = (
    HttpTool(
        name="n8n_get_execution",
        description="Return how an execution of an n8n workflow went: its status and its times.",
        needs=(Needs("n8n"),),
        effect="read",
        method="GET",
        path="/executions/{execution_id}",
        args=OfExecution,
        output=Execution,
        examples=({"execution_id": "1000"},),
    ),
)
