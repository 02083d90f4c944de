"""The settings of ``/mcp``: one authorization server, and no setting without effect."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.settings.test_environment import DEV, PRODUCTION, Read

ISSUER = {
    "GATEWAY_MCP_ISSUER": "https://login.example.com/t1",
    "GATEWAY_MCP_JWKS_URL": "https://login.example.com/t1/keys",
}
ON = {"GATEWAY_MCP": "on"}
OURS = {"GATEWAY_AUTHORIZATION_SERVER": "on"}
SIGN_IN = {"GATEWAY_LOGIN": "handoff", "GATEWAY_HANDOFF_URL": "https://app.example.com/sign-in"}


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    return Read(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("layers", "mcp", "ours"),
    [
        ([PRODUCTION], False, False),
        ([PRODUCTION, ON], True, False),
        ([PRODUCTION, ON, ISSUER], True, False),
        ([PRODUCTION, ON, OURS, SIGN_IN], True, True),
        ([PRODUCTION, ON, SIGN_IN], True, False),
        ([DEV], True, True),
        ([DEV, ISSUER], True, False),
        ([DEV, {"GATEWAY_LOGIN": "none"}], True, False),
        ([DEV, {"GATEWAY_MCP": "off"}], False, False),
        ([DEV, {"GATEWAY_AUTHORIZATION_SERVER": "off"}], True, False),
    ],
)
def test_only_dev_mode_serves_and_authorizes_without_being_asked(
    read: Read, layers: list[dict[str, str]], mcp: bool, ours: bool
) -> None:
    settings = read(*layers)
    assert (settings.mcp_on, settings.authorization_server_on) == (mcp, ours)


@pytest.mark.parametrize(
    ("layers", "problems"),
    [
        (
            [ISSUER],
            [
                "MCP must be on where GATEWAY_MCP_ISSUER is set",
                "MCP must be on where GATEWAY_MCP_JWKS_URL is set",
            ],
        ),
        ([OURS, SIGN_IN], ["MCP must be on where GATEWAY_AUTHORIZATION_SERVER is set"]),
        (
            [ON, OURS],
            [
                "LOGIN must be a method by which people sign in where "
                "GATEWAY_AUTHORIZATION_SERVER is on"
            ],
        ),
        (
            [ON, OURS, SIGN_IN, ISSUER],
            [
                "AUTHORIZATION_SERVER cannot be on together with GATEWAY_MCP_ISSUER: "
                "tokens come from one authorization server"
            ],
        ),
        (
            [ON, {"GATEWAY_MCP_ISSUER": "https://login.example.com"}],
            ["MCP_JWKS_URL must be set where GATEWAY_MCP_ISSUER is set"],
        ),
        (
            [ON, {"GATEWAY_MCP_AUDIENCE": "tools", "GATEWAY_MCP_USER_CLAIM": "oid"}],
            [
                "MCP_ISSUER must be set where GATEWAY_MCP_USER_CLAIM is set",
                "MCP_ISSUER must be set where GATEWAY_MCP_AUDIENCE is set",
            ],
        ),
        (
            [ON, ISSUER, {"GATEWAY_MCP_ISSUER": "http://login.example.com"}],
            ["MCP_ISSUER: must be https (plain http is for localhost only)"],
        ),
        (
            [ON, ISSUER, {"GATEWAY_MCP_JWKS_URL": "https://user:canary@login.example.com/k"}],
            ["MCP_JWKS_URL: must be an https address without user name and fragment"],
        ),
    ],
)
def test_contradictions_are_named_at_start(
    read: Read, layers: list[dict[str, str]], problems: list[str]
) -> None:
    assert read.problems(PRODUCTION, *layers) == [f"GATEWAY_{problem}" for problem in problems]
