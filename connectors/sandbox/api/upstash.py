"""Upstash's REST API of Redis, by upstash.com/docs/redis/features/restapi: a command is a list in
the body. The words of an error are those of Redis.
"""

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi, refuse


def _error(problem: Problem) -> Refusal:
    return Refusal(problem.status, {"error": problem.message})


def _state(account: FictionalAccount) -> dict[str, Any]:
    return {"keys": {"color": "blue"}, "published": []}


API = SimulatedApi("upstash", base="{*.upstash.io}", state=_state, refuse=_error)


@API.route("POST /", body=[(str, int)], effect="command_run")
def command(call: Request) -> Any:
    name, *rest = [str(each) for each in call.body]
    if name.upper() == "GET" and len(rest) == 1:
        return {"result": call.state["keys"].get(rest[0])}
    if name.upper() == "SET" and len(rest) in (2, 4):
        if len(rest) == 4 and not (rest[2].upper() == "EX" and rest[3].isdigit()):
            refuse("body", "ERR syntax error")
        call.state["keys"][rest[0]] = rest[1]
        return {"result": "OK"}
    if name.upper() == "PUBLISH" and len(rest) == 2:
        call.state["published"].append(rest)
        return {"result": 0}
    refuse("body", f"ERR wrong number of arguments for '{name.lower()}' command")
