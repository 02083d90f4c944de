"""Requests as they leave the gateway, taken apart strictly."""

from __future__ import annotations

import base64
import json
from urllib.parse import parse_qsl

import httpx

_OF_THE_CONNECTION = {"host", "connection", "content-length"}
_OF_THE_GATEWAY = {"accept-encoding": "identity", "user-agent": "connector-gateway"}


def own_headers(request: httpx.Request) -> dict[str, str]:
    """The headers that a connector decides; those of every request are checked and left out."""
    found = {name.lower(): value for name, value in request.headers.items()}
    assert len(found) == len(request.headers.raw), "a header came twice"
    assert found.items() >= _OF_THE_GATEWAY.items()
    return {
        name: value
        for name, value in found.items()
        if name not in _OF_THE_CONNECTION | _OF_THE_GATEWAY.keys()
    }


def form(request: httpx.Request) -> dict[str, str]:
    """The parameters of a form body, none of them twice."""
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    pairs = parse_qsl(request.content.decode("ascii"), keep_blank_values=True, strict_parsing=True)
    assert len(dict(pairs)) == len(pairs), "a parameter came twice"
    return dict(pairs)


def json_body(request: httpx.Request) -> object:
    """The value of a JSON body."""
    assert request.headers["content-type"] == "application/json"
    return json.loads(request.content)


def basic(user: str, password: str) -> str:
    """The value of an ``Authorization`` header with Basic credentials."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
