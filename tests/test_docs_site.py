"""The documentation as a site: every page is in its navigation, and links keep their meaning.

``make docs``, which CI runs, builds it and checks each link and anchor.
"""

from __future__ import annotations

import re
from pathlib import Path

import docs_site
import pytest

from tests.test_docs import ROOT, anchors

# Not read as YAML: it names functions of MkDocs.
CONFIG = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")


def test_the_navigation_has_every_page_once() -> None:
    found = re.findall(r": (\S+\.md)$", CONFIG.partition("\nnav:\n")[2], re.MULTILINE)
    assert len(found) == len({*found})
    pages = {path.name for path in ROOT.glob("docs/*.md")}
    assert set(found) == pages | {"decisions/README.md", "plans/README.md"}


def test_anchors_are_those_of_the_repository() -> None:
    for page in ROOT.glob("docs/*.md"):
        texts = re.findall(r"^#+ +(.+?) *$", page.read_text(encoding="utf-8"), re.MULTILINE)
        assert {docs_site.slugify(text, "-") for text in texts} == anchors(page)


@pytest.mark.parametrize(
    ("page", "link", "there"),
    [
        ("deploy.md", "[a](settings.md#x)", "[a](settings.md#x)"),
        ("deploy.md", "[a](../Dockerfile)", "[a](project/Dockerfile)"),
        ("decisions/README.md", "[a](../../README.md)", "[a](../project/README.md)"),
        ("project/README.md", "![a](docs/images/dashboard.png)", "![a](../images/dashboard.png)"),
        ("project/README.md", "[a](docs/sdk.md#b)", "[a](../sdk.md#b)"),
        ("deploy.md", "[a](https://example.com/x)", "[a](https://example.com/x)"),
        ("deploy.md", "[a](#here)", "[a](#here)"),
    ],
)
def test_a_link_out_of_the_folder_leads_to_a_copy(page: str, link: str, there: str) -> None:
    class Config:
        docs_dir = str(ROOT / "docs")

    class Page:
        class file:
            src_uri = page

    assert docs_site.on_page_markdown(link, Page, Config, None) == there  # type: ignore[arg-type]


def test_all_pages_are_in_one_file_for_machines(tmp_path: Path) -> None:
    class Config:
        site_dir = str(tmp_path)

    docs_site.on_post_build(Config)
    text = (tmp_path / "llms-full.txt").read_text(encoding="utf-8")
    assert text.startswith("# Documentation\n")
    for page in ROOT.glob("docs/*.md"):
        assert page.read_text(encoding="utf-8") in text
