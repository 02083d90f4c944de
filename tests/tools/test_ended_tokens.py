"""A tool whose token the provider has ended: renewed where it can be, said plainly where not."""

from __future__ import annotations

import pytest

from tests.tools.conftest import Tools


@pytest.mark.parametrize(("name", "sent"), [("relay_query_effect", 2), ("relay_post_effect", 1)])
@pytest.mark.requirement("I6")
async def test_after_a_401_what_only_reads_is_repeated_whatever_its_method(
    tools: Tools, name: str, sent: int
) -> None:
    await tools.proxy.connect()
    tools.provider.expire()
    first = await tools.call(name, title="a")
    assert (len(tools.provider.calls), tools.provider.refreshes) == (sent, 1)
    if sent == 2:
        assert first.status_code == 200
    else:
        refused = first.json()
        assert (refused["code"], refused["provider_status"]) == ("tool_failed", 401)
        assert (await tools.call(name, title="a")).status_code == 200  # with the renewed token
    assert tools.provider.effects == 1


@pytest.mark.parametrize("name", ["relay_query_effect", "relay_post_effect"])
async def test_the_call_that_finds_the_grant_ended_says_to_connect_again(
    tools: Tools, name: str
) -> None:
    connection = await tools.proxy.connect()
    tools.provider.expire()
    tools.provider.refresh_refused = True
    problem = (await tools.call(name, title="a")).json()
    assert problem["code"] == "reauthorization_required"
    assert f"reconnect={connection.id}" in problem["connect_url"]
    assert f"tool={name}" in problem["connect_url"]
    assert tools.provider.effects == 0
    (line,) = await tools.lines()
    assert line["outcome"] == "reauthorization_required"
