"""What a person reads on a page."""

from __future__ import annotations

import html
import re

from tests.support.browser import Browser


def words(browser: Browser) -> str:
    """The page's text without its tags, with entities decoded and spaces run together."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", browser.page.text)).split())
