"""The documentation as plain Markdown, for machines that read it. For anyone."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gateway.web.operation import Operation
from gateway.web.replies import markdown

PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A page of the documentation. ``digest`` is the SHA-256 of its text in hex."""

    title: str
    text: str
    digest: str


@cache
def read_pages() -> Mapping[str, Page]:
    """Read all pages, by name without ``.md``; ``README``, the index, is the first.

    A wheel has them inside the package, a checkout beside it.
    """
    inside = PACKAGE / "docs"
    folder = inside if inside.is_dir() else PACKAGE.parent / "docs"
    files = sorted(folder.glob("*.md"), key=lambda file: (file.stem != "README", file.stem))
    return {file.stem: _page(file.read_text(encoding="utf-8")) for file in files}


async def pages() -> Mapping[str, Page]:
    """Return all pages; files are read once, in a thread."""
    return await asyncio.to_thread(read_pages)


@cache
def read_whole() -> Page:
    """Read all pages as one, in the same order."""
    return _page("\n\n".join(page.text for page in read_pages().values()))


async def llms_full_txt(request: Request) -> Response:
    """Serve ``/llms-full.txt``: the whole documentation, for a machine that reads it at once."""
    whole = await asyncio.to_thread(read_whole)
    return markdown(request, whole.text, whole.digest)


async def get_page(request: Request) -> Response:
    """Serve a page of the documentation, as Markdown with an ``ETag``."""
    # The name is looked up among those that were read: it is never part of a path.
    page = (await pages()).get(request.path_params["page"])
    if page is None:
        raise HTTPException(404)
    return markdown(request, page.text, page.digest)


def _page(text: str) -> Page:
    title = text.partition("\n")[0].removeprefix("# ")
    return Page(title=title, text=text, digest=sha256(text.encode()).hexdigest())


OPERATIONS = [
    Operation(
        method="GET",
        path="/docs/{page}.md",
        handler=get_page,
        who="anyone",
        summary="A page of the documentation",
        errors=("not_found",),
    )
]
