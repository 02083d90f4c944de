"""Without a mouse: each control is reached in order, its focus is seen, and a mistake gets it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.real.states import STATES
from tests.real.test_owners_and_keys import ADMIN, held
from tests.real.world import ALICE, BOB, CHANGED, FIRST, INTEGRATIONS, World, running_world
from tests.support.altered import altered
from tests.support.chromium import needs_chromium
from tests.support.dashboard import DASHBOARD

pytestmark = [needs_chromium, pytest.mark.long]
FORMS = (
    "sign-in",
    "dashboard-menu",
    "connect",
    "connect-mistake",
    "paste-key",
    "paste-key-refused",
    "disconnect",
    "error-callback",
    "approvals",
    "approval",
    "account",
    "agents",
    "agent",
    "own-app",
    "own-app-mistake",
    "policies",
    "policies-preview",
    "usage-filtered",
    "limits-mistake",
    "integrations",
    "integration-add",
    "integration",
    "integration-tool",
    "integration-ways",
    "integration-way",
    "integration-read",
    "integration-refresh",
    "integration-remove",
)
"""The states that are walked through. The long lists have the controls of their first rows."""
MOST = 60
"""How many controls of a page are walked through."""
CONTROLS = """most => {
  const inputs = "input:not([type=hidden]), select, textarea";
  const all = document.querySelectorAll(`a[href], button, summary, [tabindex="0"], ${inputs}`);
  const found = [...all].filter(each => {
    if (each.disabled || !each.checkVisibility({ visibilityProperty: true })) return false;
    if (each.type !== "radio") return true;
    // Tab reaches the chosen one of a group; the arrow keys lead to the others.
    const named = [...document.getElementsByName(each.name)];
    return named.some(one => one.checked) ? each.checked : named[0] === each;
  });
  window.controls = found.slice(0, most);
  return window.controls.map(each => `${each.localName} ${each.name ?? ""} `
    + each.textContent.trim().slice(0, 40).replaceAll(/\\s+/g, " "));
}"""
FROM_THE_TOP = """() => {
  const top = document.createElement("span");
  top.tabIndex = -1;
  document.body.prepend(top);
  top.focus();
}"""
FOCUSED = """() => {
  const { activeElement: each } = document;
  const { outlineStyle, outlineWidth } = getComputedStyle(each);
  const { top, bottom, left, right } = each.getBoundingClientRect();
  return {
    index: window.controls.indexOf(each),
    isVisible: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2,
    isInSight: bottom > 0 && top < innerHeight && right > 0 && left < innerWidth,
  };
}"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[World]:
    with running_world(chromium, tmp_path_factory.mktemp("dev")) as world:
        yield world


@pytest.fixture
def page(request: pytest.FixtureRequest, chromium: Browser, world: World) -> Iterator[Page]:
    """A page of the person whom the test names."""
    context = chromium.new_context(
        base_url=world.dev.url, storage_state=world.signed_in[request.param]
    )
    yield context.new_page()
    context.close()


def tab_to(page: Page, control: Locator) -> None:
    """Press Tab until the control has the focus, which can be seen."""
    expect(control).to_have_count(1)
    for _ in range(200):
        if control.evaluate("each => each === document.activeElement"):
            style = control.evaluate("each => getComputedStyle(each).outlineStyle")
            assert style != "none", control
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {control}")


def press(page: Page, control: Locator, key: str = "Enter") -> None:
    tab_to(page, control)
    page.keyboard.press(key)


def write(page: Page, field: Locator, text: str) -> None:
    """Go to a field with Tab, and put the text in the place of what it holds."""
    tab_to(page, field)
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.insert_text(text)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=re.compile(f"^{name}"))


def link(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=re.compile(f"^{name}"))


def test_tab_reaches_each_control_in_the_order_of_the_page(
    chromium: Browser, world: World, subtests: pytest.Subtests
) -> None:
    for name in FORMS:
        state = STATES[name]
        context = chromium.new_context(
            base_url=world.dev.url, storage_state=world.signed_in[state.person]
        )
        with subtests.test(name):
            page = context.new_page()
            state.open(page, world)
            page.wait_for_load_state()
            names = page.evaluate(CONTROLS, MOST)
            page.evaluate(FROM_THE_TOP)
            for index, control in enumerate(names):
                page.keyboard.press("Tab")
                found = page.evaluate(FOCUSED)
                assert found == {"index": index, "isVisible": True, "isInSight": True}, control
        context.close()


@pytest.mark.parametrize("page", [ALICE], indirect=True)
def test_a_call_is_denied_with_the_keyboard(page: Page, world: World) -> None:
    """It comes before the policy, which ends what waits."""
    STATES["approvals"].open(page, world)
    press(page, link(page, "Review"))
    expect(page.get_by_role("heading", name="Approve this call?")).to_be_visible()
    summary = page.locator("summary", has_text="Header fields")
    press(page, summary)
    expect(page.get_by_role("group", name="Header fields")).to_be_visible()
    press(page, button(page, "Deny"), "Space")
    expect(page.locator(".notice")).to_contain_text("The call is denied")


@pytest.mark.parametrize("page", [BOB], indirect=True)
def test_a_key_is_pasted_with_the_keyboard(page: Page) -> None:
    page.goto("/connectors/anthropic")
    right = held("anthropic", "acme")["key"]
    wrong = altered(right)
    field = page.locator("[name='input.key']")
    write(page, field, wrong)
    page.keyboard.press("Enter")
    expect(page.locator(".notice-error")).to_be_focused()
    write(page, field, right)
    write(page, page.get_by_label("Name (optional)"), "Reports")
    press(page, button(page, "Check and connect"), "Space")
    page.wait_for_url(DASHBOARD)
    expect(page.locator("#connector-anthropic")).to_contain_text("Reports")


@pytest.mark.parametrize("page", [ADMIN], indirect=True)
def test_an_own_app_is_set_and_removed_with_the_keyboard(page: Page) -> None:
    page.goto("/dashboard/apps/figma")
    write(page, page.get_by_label("Client id"), "client-of-figma")
    secret = page.get_by_label("Client secret")
    write(page, secret, " ")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Client secret is missing")).to_be_visible()
    expect(secret).to_be_focused()
    expect(page.get_by_label("Client id")).to_have_value("client-of-figma")
    write(page, secret, "a-secret")
    press(page, button(page, "Use this app"))
    expect(page.locator(".notice-success")).to_contain_text("The app of Figma is set")
    press(page, button(page, "Remove"), "Space")
    expect(page.locator(".notice-success")).to_contain_text("The app of Figma is removed")


@pytest.mark.parametrize("page", [ADMIN], indirect=True)
def test_an_integration_is_added_and_read_again_with_the_keyboard(page: Page) -> None:
    page.goto(INTEGRATIONS)
    write(page, page.get_by_label("URL", exact=True), "http://localhost:9/")
    page.keyboard.press("Enter")
    expect(page.locator(".notice-error")).to_be_focused()
    write(page, page.get_by_label("URL", exact=True), "")
    press(page, page.locator("summary", has_text="Paste a document instead"), "Space")
    write(page, page.get_by_label("OpenAPI in JSON or YAML"), FIRST)
    press(page, button(page, "Look at it"))
    expect(page.get_by_role("heading", name="Add Pet Shop")).to_be_visible()

    slug = page.get_by_label("Slug")
    write(page, slug, "Not a slug")
    press(page, button(page, "Add this integration"))
    expect(page.locator(".field-error")).to_contain_text("Slug must be")
    expect(slug).to_be_focused()
    write(page, slug, "keyboard")
    dogs = page.get_by_role("checkbox", name="dogs")
    press(page, dogs, "Space")
    expect(dogs).not_to_be_checked()
    press(page, button(page, "Add this integration"))
    expect(page.locator(".notice-success")).to_contain_text("The integration is added")
    tools = page.locator("#tools").get_by_role("listitem")
    expect(tools.filter(has_text="keyboard_cats")).not_to_contain_text("not offered")
    expect(tools.filter(has_text="keyboard_dogs")).to_contain_text("not offered")

    press(page, link(page, "Read another document"))
    write(page, page.get_by_label("Another document"), CHANGED)
    press(page, button(page, "Show what changes"))
    expect(page.get_by_role("heading", name="What changes in Pet Shop")).to_be_visible()
    tab_to(page, page.get_by_role("group", name="What changed: Description").first)
    press(page, button(page, "Change it"))
    expect(page.locator(".notice-success")).to_contain_text("It was read again")
    press(page, button(page, "Accept these"))
    expect(page.locator(".notice-success")).to_contain_text("Accepted")


@pytest.mark.parametrize("page", [ADMIN], indirect=True)
def test_a_policy_is_set_and_removed_with_the_keyboard(page: Page) -> None:
    page.goto("/dashboard/organisation/policies")
    pattern = page.get_by_label("Tools, such as")
    write(page, pattern, "No pattern!")
    press(page, button(page, "Show what it changes"))
    expect(page.locator(".notice-error")).to_be_focused()
    expect(pattern).to_have_value("No pattern!")
    write(page, pattern, "figma_*")
    tab_to(page, page.get_by_label("Then"))
    page.keyboard.press("ArrowDown")
    press(page, button(page, "Show what it changes"))
    expect(page.get_by_role("heading", name="What this changes")).to_be_visible()
    press(page, button(page, "Save this change"))
    expect(page.locator(".notice-success")).to_contain_text("The policies are changed")
    rule = page.get_by_role("listitem").filter(has_text="figma_*")
    expect(rule).to_contain_text("blocked")
    press(page, rule.get_by_role("button", name=re.compile("Remove")), "Space")
    press(page, button(page, "Save this change"))
    expect(rule).to_have_count(0)


@pytest.mark.parametrize("page", [BOB], indirect=True)
def test_the_account_menu_opens_closes_and_leads_on(page: Page) -> None:
    page.goto("/dashboard/connectors")
    menu = page.locator(".account-menu summary")
    press(page, menu)
    entry = link(page, "Sign-ins")
    expect(entry).to_be_visible()
    page.keyboard.press("Tab")
    expect(link(page, "Activity")).to_be_focused()
    page.keyboard.press("Escape")
    expect(entry).to_be_hidden()
    expect(menu).to_be_focused()
    page.keyboard.press("Space")
    press(page, entry)
    expect(page.get_by_role("heading", name="Sign-ins")).to_be_visible()
