"""``/v1/skills`` and ``/llms.txt``: what a machine reads about the tools."""

from __future__ import annotations

import hashlib
import re

import httpx
import pytest

from gateway.tools.skills import Skill
from gateway.web.docs import read_pages
from tests.conftest import GATEWAY_URL
from tests.support.gateway import Harness
from tests.support.problems import problem


@pytest.fixture
async def api(gateway: Harness) -> httpx.AsyncClient:
    return await gateway.api()


@pytest.fixture
def skills(gateway: Harness) -> list[Skill]:
    return list(gateway.services.skills.all())


async def test_the_list_says_where_each_skill_is_and_what_it_holds(
    api: httpx.AsyncClient, skills: list[Skill]
) -> None:
    listed = (await api.get("/v1/skills")).json()["skills"]
    assert [each["name"] for each in listed] == [skill.name for skill in skills]
    for each in listed:
        served = await api.get(each["url"].removeprefix(GATEWAY_URL))
        assert served.headers["Content-Type"] == "text/markdown; charset=utf-8"
        assert each["digest"] == f"sha256:{hashlib.sha256(served.content).hexdigest()}"
        assert each["size"] == len(served.content)
        assert each["url"] == f"{GATEWAY_URL}/v1/skills/{each['name']}/SKILL.md"


async def test_a_skill_that_is_known_is_not_sent_again(api: httpx.AsyncClient) -> None:
    path = "/v1/skills/notion/SKILL.md"
    etag = (await api.get(path)).headers["ETag"]
    for value in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = await api.get(path, headers={"If-None-Match": value})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["ETag"] == etag
    assert (await api.get(path, headers={"If-None-Match": '"other"'})).status_code == 200


@pytest.mark.parametrize("name", ["no-such", "..", "notion%2F..", "NOTION"])
async def test_there_is_no_skill_of_another_name(api: httpx.AsyncClient, name: str) -> None:
    problem(await api.get(f"/v1/skills/{name}/SKILL.md"), 404, "not_found")


async def test_llms_txt_links_only_what_is_served(
    api: httpx.AsyncClient, skills: list[Skill]
) -> None:
    answer = await api.get("/llms.txt")
    assert answer.status_code == 200
    assert answer.text.startswith("# Connector Gateway\n\n> ")
    links = re.findall(r"\]\(([^)]+)\)", answer.text)
    assert len(links) == 4 + len(read_pages()) + len(skills)
    for link in links:
        assert link.startswith(GATEWAY_URL)
        assert (await api.get(link.removeprefix(GATEWAY_URL))).status_code == 200, link
