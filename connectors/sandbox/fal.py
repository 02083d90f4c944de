"""fal's own side, by fal.ai/docs (authentication, inference/queue, platform-apis/v1 estimate).

The answer to a wrong key is what programs on GitHub have recorded from models.

Unconfirmed: that the estimate answers a wrong key with 401, as models do.
"""

from typing import Any

from connectors.provider import ApiCall
from connectors.sandbox import Refusal, key_provider


def _estimate(call: ApiCall) -> Any:
    asked = call.json or {}
    if asked.get("estimate_type") not in {"unit_price", "historical_api_price"}:
        return Refusal(400, {"error": {"type": "validation_error", "message": "estimate_type"}})
    amounts = [each.get("unit_quantity", 0) for each in asked.get("endpoints", {}).values()]
    if not amounts or min(amounts) <= 0:
        return Refusal(400, {"error": {"type": "validation_error", "message": "endpoints"}})
    total = sum(amounts) * 0.025
    return {"estimate_type": "unit_price", "total_cost": total, "currency": "USD"}


PROVIDER = key_provider(
    "fal",
    title="fal",
    headers={"authorization": "Key {key}"},
    keys={
        "ana": {"key": "5a1db0c4-94e7-4f8b-82d6-c03e9f71a58a:11a5a1db0c494e7f8b2d6c03e9f71a58"},
        "ben": {"key": "c73e9d10-8452-4fa6-b1c0-d4e8f2937bbe:11c73e9d108452fa6b1c0d4e8f2937bb"},
    },
    refusal=Refusal(401, {"detail": "No user found for Key ID and Secret"}),
    api_base="queue.fal.run",
    api={
        "POST /fal-ai/flux/dev": lambda call: {"request_id": "req_1", "status": "IN_QUEUE"},
        "POST api.fal.ai/v1/models/pricing/estimate": _estimate,
    },
    api_hosts={"queue.fal.run", "fal.run", "api.fal.ai"},
)
