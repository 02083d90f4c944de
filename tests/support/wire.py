"""Requests as they leave the gateway, taken apart strictly."""

from __future__ import annotations

from urllib.parse import parse_qsl

import httpx


def form(request: httpx.Request) -> dict[str, str]:
    """The parameters of a form body, none of them twice."""
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    pairs = parse_qsl(request.content.decode("ascii"), keep_blank_values=True, strict_parsing=True)
    assert len(dict(pairs)) == len(pairs), "a parameter came twice"
    return dict(pairs)
