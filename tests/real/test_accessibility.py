"""axe-core finds no serious barrier on any state of the pages, and each fits a telephone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.real.states import STATES
from tests.real.world import World, running_world
from tests.support.chromium import needs_chromium
from tests.support.node import node_modules

pytestmark = [needs_chromium, pytest.mark.long]

SERIOUS = {"serious", "critical"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[World]:
    with running_world(chromium, tmp_path_factory.mktemp("dev")) as world:
        yield world


@pytest.fixture(scope="module")
def axe() -> str:
    return (node_modules() / "axe-core" / "axe.min.js").read_text()


def findings(page: Any, axe: str) -> list[str]:
    """The serious findings of axe-core on a page, in words."""
    page.evaluate(axe)
    found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{each['id']}: {node['html'][:150]}"
        for each in found["violations"]
        if each["impact"] in SERIOUS
        for node in each["nodes"][:3]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_state_has_a_serious_barrier(
    chromium: Browser, world: World, axe: str, scheme: Any, subtests: pytest.Subtests
) -> None:
    for name, state in STATES.items():
        context = chromium.new_context(
            base_url=world.dev.url,
            storage_state=world.signed_in[state.person],
            color_scheme=scheme,
            viewport={"width": 390, "height": 900} if scheme == "dark" else None,
        )
        with subtests.test(name):
            page = context.new_page()
            state.open(page, world)
            assert findings(page, axe) == []
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wide <= 0, f"{wide} pixels too wide"
        context.close()


def test_a_barrier_is_found(chromium: Browser, axe: str) -> None:
    page = chromium.new_page()
    page.set_content("<main><h1>A page</h1><input><button></button></main>")
    assert {each.partition(":")[0] for each in findings(page, axe)} >= {"label", "button-name"}
    page.close()
