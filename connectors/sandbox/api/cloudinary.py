"""Cloudinary, by cloudinary.com/documentation (upload, explicit, details of an asset by its id).

Checked against Cloudinary's own library (cloudinary/pycloudinary): paths and parameters.
"""

from __future__ import annotations

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi, refuse


def _error(problem: Problem) -> Refusal:
    return Refusal(problem.status, {"error": {"message": problem.message}})


def _asset(asset_id: str, public_id: str, name: str = "acme-media") -> dict[str, Any]:
    return {
        "asset_id": asset_id,
        "public_id": public_id,
        "format": "jpg",
        "version": 1764000000,
        "resource_type": "image",
        "type": "upload",
        "bytes": 120253,
        "width": 864,
        "height": 576,
        "secure_url": f"https://res.cloudinary.com/{name}/image/upload/{public_id}.jpg",
    }


def _state(account: FictionalAccount) -> dict[str, Any]:
    boat = _asset("24f7d8e1a0b94c7f9a1b2c3d4e5f6071", "samples/boat")
    return {"assets": {boat["asset_id"]: boat}}


API = SimulatedApi(
    "cloudinary",
    base="{us=api.cloudinary.com|eu=api-eu.cloudinary.com|ap=api-ap.cloudinary.com}"
    "/v1_1/{cloud_name}",
    state=_state,
    refuse=_error,
)


def _named(call: Request, public_id: str) -> dict[str, Any] | None:
    assets = call.state["assets"].values()
    return next((each for each in assets if each["public_id"] == public_id), None)


@API.route(
    "POST /image/upload",
    body={"file": str, "public_id?": str, "overwrite?": bool, "tags?": str},
    body_format="form",
    effect="image_uploaded",
)
def upload(call: Request) -> Any:
    if not call.body["file"].startswith(("https://", "http://", "data:")):
        refuse("parameters", "Unsupported source URL")
    public_id = call.body.get("public_id") or call.new_id("random")
    known = _named(call, public_id)
    if known and not call.body.get("overwrite", True):
        return {**known, "existing": True}
    number = int(call.new_id())
    made = _asset(known["asset_id"] if known else f"{number:032x}", public_id)
    call.state["assets"][made["asset_id"]] = made
    return made


@API.route(
    "POST /image/explicit",
    body={"public_id": str, "type": {"upload", "private", "authenticated"}, "eager?": str},
    body_format="form",
    effect="image_transformed",
)
def explicit(call: Request) -> Any:
    asset = _named(call, call.body["public_id"])
    if asset is None:
        refuse("not_found", f"Resource not found - {call.body['public_id']}")
    host = "https://res.cloudinary.com/acme-media/image/upload"
    eager = [
        {
            "transformation": each,
            "width": 300,
            "height": 200,
            "bytes": 9000,
            "format": "jpg",
            "secure_url": f"{host}/{each}/{asset['public_id']}.jpg",
        }
        for each in call.body.get("eager", "").split("|")
        if each
    ]
    return {**asset, "eager": eager}


@API.route(
    "GET /resources/{id}", query={"colors?": bool, "faces?": bool, "quality_analysis?": bool}
)
def details(call: Request) -> Any:
    asset = call.found(call.state["assets"], call.path["id"], "resource")
    found = {
        "colors": [["#162E02", 6.7], ["#385B0C", 6.3]],
        "faces": [[98, 74, 61, 83]],
        "quality_analysis": {"focus": 1.0},
    }
    return asset | {name: value for name, value in found.items() if call.query.get(name)}
