"""``/docs/{page}.md`` and ``/llms-full.txt``: the documentation as plain Markdown, and no more."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import httpx
import pytest

from tests.conftest import GATEWAY_URL
from tests.support.gateway import Harness
from tests.support.problems import problem

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
async def api(gateway: Harness) -> httpx.AsyncClient:
    return await gateway.api()


async def test_every_page_is_served_as_it_is_written(api: httpx.AsyncClient) -> None:
    for file in DOCS.glob("*.md"):
        answer = await api.get(f"/docs/{file.name}")
        assert (answer.status_code, answer.content) == (200, file.read_bytes()), file.name
        assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8"
        assert answer.headers["Cache-Control"] == "no-cache"
        assert answer.headers["ETag"] == f'"{hashlib.sha256(answer.content).hexdigest()}"'


async def test_llms_full_txt_is_every_page_with_the_index_first(api: httpx.AsyncClient) -> None:
    answer = await api.get("/llms-full.txt")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert answer.text.startswith("# Documentation\n")
    pages = [file.read_text(encoding="utf-8") for file in DOCS.glob("*.md")]
    assert all(page in answer.text for page in pages)
    assert len(answer.text) == sum(map(len, pages)) + 2 * (len(pages) - 1)


@pytest.mark.parametrize("path", ["/llms.txt", "/llms-full.txt"])
async def test_a_text_for_machines_that_is_known_is_not_sent_again(
    api: httpx.AsyncClient, path: str
) -> None:
    answer = await api.get(path)
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["ETag"] == f'"{hashlib.sha256(answer.content).hexdigest()}"'
    again = await api.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_page_that_is_known_is_not_sent_again(api: httpx.AsyncClient) -> None:
    etag = (await api.get("/docs/tools.md")).headers["ETag"]
    again = await api.get("/docs/tools.md", headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    other = await api.get("/docs/errors.md", headers={"If-None-Match": etag})
    assert other.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/docs/no-such.md",
        "/docs/.md",
        "/docs/",
        "/docs/tools",
        "/docs/TOOLS.md",
        "/docs/..%2FREADME.md",
        "/docs/%2e%2e/README.md",
        "/docs/..%5CREADME.md",
        "/docs/%252e%252e%252FREADME.md",
        "/docs/decisions%2FREADME.md",
        "/docs/decisions/README.md",
        "/docs/%2Fetc%2Fpasswd",
        "/docs/tools%00.md",
        "/docs/tools.md%00.md",
        "/docs/*.md",
        "/docs/" + "a" * 4000 + ".md",
    ],
)
async def test_nothing_else_is_served(api: httpx.AsyncClient, path: str) -> None:
    problem(await api.get(path), 404, "not_found")


async def test_llms_txt_names_the_index_first_and_every_page(api: httpx.AsyncClient) -> None:
    text = (await api.get("/llms.txt")).text
    section = text.partition("\n## Documentation\n")[2].partition("\n## ")[0]
    links = re.findall(r"^- \[(.+)\]\((.+)\)$", section, re.MULTILINE)
    assert links[0] == ("Documentation", f"{GATEWAY_URL}/docs/README.md")
    assert {link.rpartition("/")[2] for _, link in links} == {
        file.name for file in DOCS.glob("*.md")
    }
    assert ("Errors", f"{GATEWAY_URL}/docs/errors.md") in links
