"""The hooks of mkdocs.yml: the pages stay as they are read in the repository and by the gateway.

A link to a file outside of docs/ leads to a copy of that file below project/; anchors are made as
in the repository; ``llms-full.txt`` holds all pages for machines, as the gateway serves them.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath
from typing import Any

from mkdocs.structure.files import File, Files

from gateway.web.docs import read_whole

LINK = re.compile(r"(?<=\]\()(?![a-z]+:)([^)#\s]+)")
"""The path of a relative link."""
PROJECT = "project"


def slugify(text: str, separator: str) -> str:
    """Return the anchor of a heading as the repository's pages have it."""
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", separator)


def on_config(config: Any) -> Any:
    """Use our anchors."""
    config.mdx_configs.setdefault("toc", {})["slugify"] = slugify
    return config


def on_files(files: Files, config: Any) -> Files:
    """Add the files outside of docs/ that pages link to, and those that these link to."""
    root = Path(config.docs_dir).parent
    waiting = [f"docs/{file.src_uri}" for file in files.documentation_pages()]
    seen = set(waiting)
    while waiting:
        page = waiting.pop()
        for target in _targets(page, (root / page).read_text(encoding="utf-8")):
            if target in seen or target.startswith("docs/") or not (root / target).is_file():
                continue
            seen.add(target)
            source = str(root / target)
            files.append(File.generated(config, _place(target), abs_src_path=source))
            if target.endswith(".md"):
                waiting.append(target)
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:
    """Let links to files of the repository lead to their copies."""
    root, here = Path(config.docs_dir).parent, _source(page.file.src_uri)

    def moved(match: re.Match[str]) -> str:
        target = _resolved(here, match[1])
        if (root / target).is_file():
            return relpath(_place(target), str(PurePosixPath(page.file.src_uri).parent))
        return relpath(target, str(PurePosixPath(page.file.src_uri).parent))

    return LINK.sub(moved, markdown)


def on_post_build(config: Any) -> None:
    """Write all pages into one file, the index first."""
    (Path(config.site_dir) / "llms-full.txt").write_text(read_whole().text, encoding="utf-8")


def _targets(page: str, text: str) -> list[str]:
    return [_resolved(page, link) for link in LINK.findall(text)]


def _resolved(page: str, link: str) -> str:
    return normpath(str(PurePosixPath(page).parent / link))


def _place(target: str) -> str:
    """Where a file of the repository is in the site."""
    return target.removeprefix("docs/") if target.startswith("docs/") else f"{PROJECT}/{target}"


def _source(place: str) -> str:
    """Which file of the repository is at a place of the site."""
    return place.removeprefix(f"{PROJECT}/") if place.startswith(f"{PROJECT}/") else f"docs/{place}"
