"""axe-core finds no serious barrier on any state of the pages, and each fits a telephone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, StorageState

from tests.real.conftest import running_dev
from tests.real.states import STATES, prepared
from tests.support.chromium import needs_chromium
from tests.support.dashboard import DevGateway
from tests.support.node import node_modules

pytestmark = [needs_chromium, pytest.mark.long]

SERIOUS = {"serious", "critical"}
OTHERS = {"sandbox"}
"""Not pages of the gateway."""


@dataclass(frozen=True)
class World:
    """A gateway that shows every state, and each person's signed-in browser."""

    dev: DevGateway
    signed_in: dict[str | None, StorageState | None]
    axe: str


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[World]:
    axe = (node_modules() / "axe-core" / "axe.min.js").read_text()
    with running_dev(tmp_path_factory.mktemp("dev")) as dev:
        yield World(dev, prepared(chromium, dev), axe)


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
    chromium: Browser, world: World, scheme: Any, subtests: pytest.Subtests
) -> None:
    for name in sorted(STATES.keys() - OTHERS):
        state = STATES[name]
        context = chromium.new_context(
            base_url=world.dev.url,
            storage_state=world.signed_in[state.person],
            color_scheme=scheme,
            viewport={"width": 390, "height": 900} if scheme == "dark" else None,
        )
        with subtests.test(name):
            page = context.new_page()
            state.open(page, world.dev)
            assert findings(page, world.axe) == []
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wide <= 0, f"{wide} pixels too wide"
        context.close()


def test_a_barrier_is_found(chromium: Browser, world: World) -> None:
    page = chromium.new_page()
    page.set_content("<main><h1>A page</h1><input><button></button></main>")
    assert {each.partition(":")[0] for each in findings(page, world.axe)} >= {
        "label",
        "button-name",
    }
    page.close()
