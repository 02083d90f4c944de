"""Words that help: a person learns what happened, and where to go on."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

import pytest

from connectors.catalog import Catalog
from gateway.engine.callback import read_callback, refusal_of
from gateway.web.outcomes import OUTCOMES
from tests.conftest import GATEWAY_URL
from tests.support.browser import Browser, words
from tests.support.callbacks import approved_callback, declined_callback, with_params
from tests.support.configs import CATALOG_ENV, make_config
from tests.support.gateway import ACCOUNTS, Harness

NO = [
    pytest.param("access_denied", "", id="RFC 6749 4.1.2.1"),
    pytest.param(
        "user_cancelled_authorize",
        "The user cancelled the authorization",
        id="aspnet-contrib/AspNet.Security.OAuth.Providers#480",
    ),
    pytest.param("user_cancelled_login", "", id="auth0/passport-linkedin-oauth2#47"),
    pytest.param("access_denied", "AADSTS65004: User declined to consent", id="Microsoft"),
    pytest.param("user_denied", "", id="Facebook's error_reason, as an error"),
    pytest.param("ACCESS_DENIED", "", id="in capitals (LINE Login)"),
    pytest.param("consent_declined", "", id="consent"),
    pytest.param("canceled", "", id="one word"),
]
APPROVAL = [
    pytest.param(
        "microsoft",
        "access_denied",
        "AADSTS90094: The app needs permission to access resources in your organization that "
        "only an admin can grant.",
        id="https://learn.microsoft.com/entra/identity-platform/reference-error-codes",
    ),
    pytest.param(
        "microsoft",
        "access_denied",
        "AADSTS90093: Calling principal cannot consent due to lack of permissions.",
        id="OfficeDev/O365-Windows-Start#23",
    ),
    pytest.param(
        "microsoft", "access_denied", "AADSTS90095: ...", id="MicrosoftDocs/azure-docs#80997"
    ),
    pytest.param("google", "admin_policy_enforced", "", id="GAM-team/got-your-back#284"),
    pytest.param(
        "google",
        "access_not_configured",
        "",
        id="https://support.google.com/accounts/answer/16668185",
    ),
]
SALESFORCE = make_config(approval_codes=frozenset({"OAUTH_APP_BLOCKED"}))
NOT_APPROVAL = [
    pytest.param(
        "consent_required",
        "AADSTS65001: The user or administrator has not consented to use the application.",
        "refused",
        id="AzureAD/microsoft-authentication-library-for-js#3413",
    ),
    pytest.param(
        "access_denied",
        "The user, an admin, denied access",
        "declined",
        id="an administrator's own no",
    ),
    pytest.param(
        "access_denied",
        "The user has denied access to the scope(s) requested by the client application.",
        "declined",
        id="slackapi/bolt-python#1454",
    ),
    pytest.param("server_error", "Contact your administrators.", "refused", id="an outage"),
    pytest.param("invalid_scope", "admin:org is unknown", "refused", id="a scope of that name"),
    pytest.param("access_denied", "AADSTS900944: ...", "declined", id="a longer number"),
    pytest.param("policy_enforced", "", "refused", id="twentyhq/twenty#25148"),
    pytest.param(
        "OAUTH_APPROVAL_ERROR_GENERIC", "", "refused", id="https://nango.dev: it has many causes"
    ),
]
REFUSED = [
    ("server_error", ""),
    ("invalid_scope", "The scope was denied"),
    ("access_token_denied", ""),
    ("", ""),
]


async def refused(gateway: Harness, query: str, connector: str = "google") -> Browser:
    """Return a browser that the provider sent back with ``query`` instead of a code."""
    browser = await gateway.browser("alice")
    await browser.start(connector)
    callback = await declined_callback(browser)
    state = callback.partition("state=")[2].partition("&")[0]
    path = callback.partition("?")[0]
    await browser.open(f"{path}?state={state}&{query}", site="cross-site")
    return browser


@pytest.mark.parametrize(("error", "description"), NO)
async def test_persons_own_no_is_told_as_their_choice(
    gateway: Harness, error: str, description: str
) -> None:
    """Pressing Cancel at LinkedIn was told as an error (also appwrite/appwrite#2591)."""
    browser = await refused(gateway, f"error={error}&error_description={quote(description)}")
    assert browser.outcome() == "declined"
    assert "Google was not connected You chose not to allow access." in words(browser)
    assert browser.links()["Try again"] == "/connectors/google"


@pytest.mark.parametrize(("connector", "error", "description"), APPROVAL)
async def test_approval_of_an_administrator_is_asked_for(
    gateway: Harness, connector: str, error: str, description: str
) -> None:
    browser = await refused(
        gateway, f"error={error}&error_description={quote(description)}", connector
    )
    assert browser.outcome() == "approval"
    assert "An administrator has to approve this first" in browser.text
    assert "AADSTS" not in browser.page.text + browser.url
    assert browser.links()["Try again"] == f"/connectors/{connector}"


@pytest.mark.parametrize("error", ["OAUTH_APP_BLOCKED", "oauth_app_blocked"])
def test_connector_of_one_s_own_declares_its_codes(error: str) -> None:
    """Salesforce's "this app is blocked by admin" (n8n-io/n8n#21589)."""
    query = f"state=s&error={error}&error_description=this+app+is+blocked+by+admin"
    assert refusal_of(SALESFORCE, read_callback(query.encode())) == "approval"
    assert refusal_of(make_config(), read_callback(query.encode())) == "refused"


def test_declared_code_may_have_dots_and_hyphens() -> None:
    config = make_config(approval_codes=frozenset({"consent-by.admin"}))
    query = "state=s&error=access_denied&error_description=It+needs+consent-by.admin."
    assert refusal_of(config, read_callback(query.encode())) == "approval"


@pytest.mark.parametrize(("error", "description", "kind"), NOT_APPROVAL)
def test_word_administrator_alone_asks_for_no_approval(
    error: str, description: str, kind: str
) -> None:
    """A person who waits for an administrator in vain is worse off than one who tries again."""
    query = f"state=s&error={error}&error_description={quote(description)}"
    for name in ("microsoft", "google"):
        config = Catalog(CATALOG_ENV).oauth(name)
        assert refusal_of(config, read_callback(query.encode())) == kind


@pytest.mark.parametrize(("error", "description"), REFUSED)
def test_other_refusals_stay_refusals_of_the_provider(error: str, description: str) -> None:
    query = f"state=s&error={error}&error_description={quote(description)}"
    assert refusal_of(make_config(), read_callback(query.encode())) == "refused"


UNREADABLE = {
    "Latin-1": "error_description=Zugriff%20verweigert%20%FC",
    "raw bytes": "error_description=\xfc",
    "cut within a character": "error_description=%E2%82",
    "twice": "error_description=a&error_description=b",
    "unreadable address": "error_uri=%FF",
}


@pytest.mark.parametrize("kind", [*UNREADABLE])
def test_unreadable_description_is_no_reason_to_refuse(kind: str) -> None:
    """The description is for people (RFC 6749 4.1.2.1); the code beside it is what counts."""
    told = UNREADABLE[kind].encode("latin-1")
    response = read_callback(b"state=s&error=access_denied&" + told)
    assert (response.error, refusal_of(make_config(), response)) == ("access_denied", "declined")
    code = read_callback(b"state=s&code=c&" + told).code
    assert code is not None
    assert code.reveal() == "c"


FROM_ELSEWHERE = [
    pytest.param(
        "code=0123&installation_id=1&setup_action=install",
        id="GitHub App installed on github.com (octopusreview/octopus#377)",
    ),
    pytest.param("code=0123&state=", id="Slack, by an administrator (slackapi/bolt-js#1697)"),
    pytest.param(
        "hmac=ab&host=YWRtaW4&shop=acme.myshopify.com&timestamp=1700000000",
        id="Shopify, from the list of apps",
    ),
    pytest.param("error=access_denied", id="sergiodxa/remix-auth-github#26"),
    pytest.param("code=c", id="supabase/auth-helpers#584"),
    pytest.param("", id="bookmarked"),
]


@pytest.mark.parametrize("query", FROM_ELSEWHERE)
@pytest.mark.parametrize("signed_in", [True, False])
async def test_callback_without_a_state_shows_where_to_start(
    gateway: Harness, query: str, signed_in: bool
) -> None:
    """Nothing may be linked without a state; the path names the connector to start with."""
    browser = await gateway.browser("alice" if signed_in else None)
    page = await browser.open(f"/v1/connectors/google/callback?{query}", site="cross-site")
    assert page.status_code == 400
    assert "You came here from the provider's own page." in words(browser)
    assert browser.links()["Connect Google"] == "/connectors/google"
    assert "Nothing was connected yet" in browser.text
    # The button leads on, after a sign-in where one is needed.
    await browser.open(browser.links()["Connect Google"])
    if signed_in:
        assert await browser.connect("google", ACCOUNTS["google"]) == "connected"
    else:
        assert urlsplit(browser.url).path == "/login"


async def test_callback_without_a_state_of_an_unknown_connector_leads_to_the_connectors(
    gateway: Harness,
) -> None:
    browser = await gateway.browser("alice")
    await browser.open("/v1/connectors/%3Cscript%3E/callback?code=c")
    assert browser.links()["To your connectors"] == "/dashboard/connectors"


async def test_every_error_of_a_callback_names_the_connector_and_its_button(
    gateway: Harness, subtests: pytest.Subtests
) -> None:
    alice, bob = await gateway.browser("alice"), await gateway.browser("bob")
    await alice.start("google")
    callback = await approved_callback(alice, ACCOUNTS["google"])
    wrong = {
        "another person": (bob, callback),
        "unknown state": (alice, with_params(callback, state="A" * 43)),
        "ambiguous": (alice, f"{callback}&state=other"),
        "another connector": (alice, callback.replace("/google/", "/notion/")),
    }
    for kind, (browser, url) in wrong.items():
        with subtests.test(kind):
            page = await browser.open(url, site="cross-site")
            assert page.status_code in {400, 403}
            assert f"(status {page.status_code})" in words(browser)
            assert "Google: " in words(browser)
            assert browser.links()["Connect Google"] == "/connectors/google"


@pytest.mark.requirement("A17")
async def test_a_callbacks_error_page_has_the_navigation_and_no_form(gateway: Harness) -> None:
    """Its referrer policy would make a browser send a form with "Origin: null", which is refused.

    The way to sign out is on a page of its own.
    """
    alice, stranger = await gateway.browser("alice"), await gateway.browser()
    path = "/v1/connectors/google/callback?code=c&state=s"
    page = await alice.open(path, site="cross-site")
    assert page.headers["referrer-policy"] == "no-referrer"
    links = alice.links()
    assert links["Connectors"] == "/dashboard/connectors"
    assert links["Approvals"] == "/dashboard/approvals"
    assert "Signed in as alice" in words(alice)
    assert "<form" not in page.text
    await alice.open(links["Sign-ins"])
    await alice.submit(button="Sign out here")
    assert urlsplit(alice.url).path == "/login"

    page = await stranger.open(path, site="cross-site")
    assert "Approvals" not in stranger.links()
    assert "<form" not in page.text


async def test_wrong_host_links_to_the_right_one(gateway: Harness) -> None:
    """The link keeps the page, and never the code of a callback."""
    browser = await gateway.browser("alice")
    paths = {
        "/connectors/google?tool=search": "/connectors/google?tool=search",
        "/dashboard/activity": "/dashboard/activity",
        "/v1/connectors/google/callback?code=c&state=s": "/dashboard/connectors",
        "/login": "/dashboard/connectors",
    }
    for path, right in paths.items():
        browser.page = await browser.client.get(
            GATEWAY_URL + path, headers={"Host": "127.0.0.2:8000"}
        )
        assert browser.page.status_code == 400
        assert browser.links()[f"Open it at {GATEWAY_URL}"] == GATEWAY_URL + right


@pytest.mark.parametrize(
    "outcome", ["connected", "made_default", "disconnected_yes", "approval", "expired"]
)
async def test_outcome_in_the_address_alone_is_not_believed(gateway: Harness, outcome: str) -> None:
    """A link that somebody else wrote says nothing on the dashboard or its neighbour."""
    browser = await gateway.browser("alice")
    for page in ("/dashboard/connectors", "/dashboard/done"):
        await browser.open(f"{page}?outcome={outcome}&connector=stripe")
        assert "Stripe is connected" not in browser.text
        assert 'class="notice' not in browser.page.text


async def test_outcome_is_shown_once_and_to_its_browser_alone(gateway: Harness) -> None:
    """Reload, Back, a changed address and another session of the same person show nothing."""
    browser, other = await gateway.browser("alice"), await gateway.browser("alice")
    assert await browser.connect("google", ACCOUNTS["google"]) == "connected"
    assert "Google is connected" in browser.text
    address = browser.url
    for visitor in (browser, other):
        await visitor.open(address)
        assert "Google is connected" not in visitor.text

    await browser.start("google")
    callback = await declined_callback(browser)
    answer = await browser.client.get(callback)
    forged = answer.headers["location"].replace("declined", "connected")
    await browser.open(forged)
    assert "Google is connected" not in browser.text


NAMELESS = {
    "usage_rule_set",
    "usage_rule_removed",
    "call_approved",
    "call_denied",
    "policies_changed",
    # The page that shows it is that of the integration, or lists them all.
    "integration_added",
    "integration_changed",
    "integration_read",
    "integration_read_later",
    "integration_removed",
    "tools_accepted",
    "tools_not_accepted",
    "tool_changed",
    "method_set",
    "method_removed",
}


def test_every_outcome_names_the_connector_or_the_next_step() -> None:
    for name, outcome in OUTCOMES.items():
        # Rules may be about all connectors, and a decision is about the call that the page shows.
        is_named = "{name}" in outcome.title + outcome.text
        assert is_named or name in NAMELESS, name
        if outcome.kind in {"error", "warning"} and name not in {
            "misconfigured",  # only the operator can act
            "tools_not_accepted",  # the page has the tool as it is now
            "app_refused",  # only an administrator can act
            "other_account",  # the person disconnects the other account, on the dashboard
            "disconnected_no",  # the person goes to the provider
            "hook_failed",  # the card has the button, and the worker tries again
            "key_refused",  # the card has the button that replaces the key
            "key_unchecked",  # as for a hook
            "connector_off",  # only an administrator can act
            "personal_forbidden",  # as above
        }:
            assert outcome.action, name


POPUP = "?display=popup"


async def test_window_of_its_own_ends_on_a_page_that_can_close(gateway: Harness) -> None:
    """A host that opens the page with window.open cannot follow it (bluesky-social/atproto#3638,
    estuary/ui#1996): the window says the end, and offers to close."""
    browser = await gateway.browser("alice")
    assert await browser.connect("google", ACCOUNTS["google"], POPUP) == "connected"
    assert urlsplit(browser.url).path == "/dashboard/done"
    assert "Google is connected" in browser.text
    assert 'data-close="soon"' in browser.page.text
    assert await browser.connect("google", ACCOUNTS["google"], POPUP) == "reconnected"
    assert "Google is reconnected" in browser.text
    assert 'data-close="soon"' in browser.page.text


async def test_window_of_its_own_ends_there_after_a_no_and_after_a_sign_in(
    gateway: Harness,
) -> None:
    """The way leads through the sign-in, and *Try again* stays in the window."""
    browser = await gateway.browser()
    await browser.open(f"/connectors/google{POPUP}")
    await browser.submit({"name": "alice"}, action="/login")
    assert browser.url.endswith(f"/connectors/google{POPUP}")
    assert browser.links()["Cancel"] == "/dashboard/done"
    await browser.submit(action="/v1/connectors/google/start")
    await browser.submit(button="Do not allow")
    assert urlsplit(browser.url).path == "/dashboard/done"
    assert browser.outcome() == "declined"
    assert browser.links()["Try again"] == f"/connectors/google{POPUP}"
