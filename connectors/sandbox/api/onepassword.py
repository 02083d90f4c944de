"""A Connect server of 1Password, by developer.1password.com/docs/connect (vaults, items)."""

from __future__ import annotations

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi


def _error(problem: Problem) -> Refusal:
    return Refusal(problem.status, {"status": problem.status, "message": problem.message})


_VAULT = "ftz4pm2xxwmwrsd7rjqn7grzfz"


def _state(account: FictionalAccount) -> dict[str, Any]:
    item = {
        "id": "2fcbqwe9ndg175zg2dzwftvkpa",
        "title": "Shop",
        "category": "LOGIN",
        "vault": {"id": _VAULT},
        "fields": [
            {"id": "username", "label": "username", "value": "ana", "type": "STRING"},
            {"id": "password", "label": "password", "value": "made-up", "type": "CONCEALED"},
        ],
    }
    vault = {"id": _VAULT, "name": "Automation", "items": 1, "type": "USER_CREATED"}
    return {"vaults": {_VAULT: vault}, "items": {item["id"]: item}}


API = SimulatedApi("onepassword", base="{*.connect.example}/v1", state=_state, refuse=_error)


@API.route("GET /vaults", query={"filter?": str})
def list_vaults(call: Request) -> Any:
    return list(call.state["vaults"].values())


@API.route("GET /vaults/{vault}/items/{item}")
def get_item(call: Request) -> Any:
    call.found(call.state["vaults"], call.path["vault"], "vault")
    return call.found(call.state["items"], call.path["item"], "item")
