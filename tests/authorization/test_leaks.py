"""Codes, tokens, verifiers and secrets of agents are in no log, no row and no error."""

from __future__ import annotations

from typing import Any

import pytest
from pymongo import MongoClient

from tests.support.agents import new_agent
from tests.support.gateway import Harness


@pytest.mark.requirement("E1", "J1", "J3")
async def test_nothing_that_lets_an_agent_in_is_written_anywhere(
    gateway: Harness,
    mongodb_client: MongoClient[dict[str, Any]],
    database_name: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    browser = await gateway.browser("alice")
    agent = await new_agent(gateway, metadata={"token_endpoint_auth_method": "client_secret_post"})
    code = (await agent.allowed_by(browser))["code"]
    tokens = (await agent.exchange(code)).json()
    renewed = (await agent.refresh(tokens["refresh_token"])).json()
    refused = [
        await agent.exchange(code + "x"),
        await agent.refresh(tokens["refresh_token"] + "x"),
        await agent.token(grant_type="password", password=renewed["refresh_token"]),
        await agent.api.post("/oauth/token?code=" + code),
        await agent.api.post("/oauth/token", json={"code": code}),
        await agent.exchange(code),
    ]
    await gateway.services.audit.flush()

    assert agent.secret is not None
    said = capsys.readouterr()
    written = said.out + said.err
    stored = "".join(
        str(row)
        for name in mongodb_client[database_name].list_collection_names()
        if not name.startswith("system.")
        for row in mongodb_client[database_name][name].find()
    )
    assert "/oauth/token" in written
    assert agent.client_id in stored
    secrets = [code, agent.verifier, agent.secret, agent.state]
    secrets += [answer[name] for answer in (tokens, renewed) for name in answer if "token" in name]
    for secret in (each for each in secrets if each != "Bearer"):
        assert secret not in written
        assert secret not in stored
        assert not [answer for answer in refused if secret in answer.text]
    assert {answer.status_code for answer in refused} == {400}
