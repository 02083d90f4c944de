"""n8n's public API, by docs.n8n.io/api/api-reference (retrieve an execution).

Checked against the description of the public API in n8n's own repository (n8n-io/n8n).
"""

from __future__ import annotations

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi


def _error(problem: Problem) -> Refusal:
    return Refusal(problem.status, {"message": problem.message})


def _state(account: FictionalAccount) -> dict[str, Any]:
    return {
        "executions": {
            "1000": {
                "id": 1000,
                "finished": True,
                "mode": "webhook",
                "startedAt": "2026-11-28T09:00:00.000Z",
                "stoppedAt": "2026-11-28T09:00:02.000Z",
                "workflowId": "2tUt1wbLX592XDdX",
                "status": "success",
            }
        }
    }


API = SimulatedApi("n8n", base="{tenant}.app.n8n.cloud/api/v1", state=_state, refuse=_error)


@API.route("GET /executions/{id}", query={"includeData?": bool})
def get_execution(call: Request) -> Any:
    return call.found(call.state["executions"], call.path["id"], "execution")
