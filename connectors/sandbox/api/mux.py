"""Mux Video, by mux.com/docs/api-reference/video (create an asset, retrieve a playback id, errors).

Checked against Mux's own library (muxinc/mux-node-sdk).
"""

from __future__ import annotations

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Answer, Problem, Request, SimulatedApi, refuse

_KINDS = {404: "not_found", 429: "too_many_requests"}


def _error(problem: Problem) -> Refusal:
    kind = _KINDS.get(problem.status, "invalid_parameters")
    return Refusal(problem.status, {"error": {"type": kind, "messages": [problem.message]}})


def _state(account: FictionalAccount) -> dict[str, Any]:
    return {
        "playback": {
            "uNbxnGLKJ00yfbijDO8COxTOyVKT01xpxW": {
                "id": "uNbxnGLKJ00yfbijDO8COxTOyVKT01xpxW",
                "policy": "public",
                "object": {"type": "asset", "id": "01itgOBvgjAbES7Inwvu4kEBtsQ44HFL6"},
            }
        }
    }


API = SimulatedApi("mux", base="api.mux.com", state=_state, refuse=_error)


@API.route(
    "POST /video/v1/assets",
    body={
        "inputs": [{"url": str}],
        "playback_policies?": [{"public", "signed"}],
        "video_quality?": {"basic", "plus", "premium"},
        "passthrough?": str,
    },
    effect="asset_created",
)
def create_asset(call: Request) -> Any:
    if not call.body["inputs"]:
        refuse("parameters", "inputs must not be empty")
    asset = call.new_id("asset")
    ids = [
        {"id": call.new_id("playback"), "policy": policy}
        for policy in call.body.get("playback_policies", [])
    ]
    for each in ids:
        call.state["playback"][each["id"]] = {**each, "object": {"type": "asset", "id": asset}}
    made = {
        "id": asset,
        "status": "preparing",
        "playback_ids": ids,
        "video_quality": call.body.get("video_quality", "basic"),
        "created_at": str(int(call.now.timestamp())),
    }
    return Answer(201, {"data": made})


@API.route("GET /video/v1/playback-ids/{id}")
def get_playback_id(call: Request) -> Any:
    return {"data": call.found(call.state["playback"], call.path["id"], "playback id")}
