"""The pages about usage: a person's own, and that of an organisation."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from gateway.access.service_keys import Role
from gateway.store.usage import Event, Price, Result, Sum, Wanted, new_id
from gateway.usage.prices import Prices
from gateway.web.usage_pages import MOST_ROWS, ORGANISATION_USAGE, PAGE, USAGE
from gateway.web.usage_plot import PLOT_HEIGHT, plot
from gateway.web.usage_words import cost, duration, size
from tests.support.browser import Browser, words
from tests.support.gateway import ACCOUNTS, FakeClock, Harness
from tests.support.metering import budget, make_calls, price
from tests.support.organisation import ADMIN
from tests.support.rows import Rows
from tests.web.test_hostile_labels import HOSTILE, shape


async def store(gateway: Harness, *events: dict[str, Any]) -> None:
    """Store events of alice's, one a second, the last now unless they say when."""
    now = gateway.services.clock()
    usual: dict[str, Any] = {
        "tenant": "default",
        "user": "alice",
        "owner": "user",
        "key": "k1",
        "connector": "notion",
        "connection": None,
        "operation": "GET /v1/pages/{id}",
        "host": "api.notion.com",
        "request": "req_1",
        "result": Result.ANSWERED,
        "status": 200,
    }
    found = [
        Event(**usual | {"id": new_id(), "time": now - timedelta(seconds=ago)} | event)
        for ago, event in enumerate(reversed(events))
    ]
    await gateway.services.usage.add([gateway.services.usage.document(one) for one in found])


async def said(browser: Browser, page: str) -> str:
    answer = await browser.open(page)
    assert answer.status_code == 200
    assert "<script>" not in answer.text
    assert "style=" not in answer.text
    return words(browser)


@pytest.mark.requirement("F1")
async def test_a_person_sees_their_own_calls_alone(gateway: Harness) -> None:
    gateway.services.meter.prices = Prices([price("POST /v1/search", connector="notion")])
    await make_calls(gateway, 3)
    await make_calls(gateway, user="bob", path="/v1/secrets")
    alice = await gateway.browser("alice")
    text = await said(alice, USAGE)
    assert "3 calls" in text
    assert "0.03 USD" in text
    assert "Send to search Notion POST /v1/search" in text
    assert "secrets" not in text
    assert re.search(r"<title>\w+, \d+ \w+ \d{4}: 3 calls</title>", alice.page.text)
    stranger = await gateway.browser()
    await stranger.open(USAGE)
    assert stranger.url.startswith(f"{gateway.settings.public_url}/login")


async def test_a_page_without_calls_says_what_will_be_there(gateway: Harness) -> None:
    text = await said(await gateway.browser("carol"), USAGE)
    assert "Nothing here yet When a tool calls a provider for you" in text
    assert "All connectors" not in text
    assert "Nothing here yet" in await said(await gateway.browser(ADMIN), ORGANISATION_USAGE)


async def test_a_call_is_told_in_names_and_words_with_its_exact_time(
    gateway: Harness, rows: Rows
) -> None:
    alice = await gateway.browser("alice")
    await alice.connect("notion", ACCOUNTS["notion"])
    connection = str((await rows.connection())["_id"])
    key, _ = await gateway.services.keys.create(
        tenant="default", roles=[Role.PROXY], label="mail merge"
    )
    facts = {"key": key.id, "connection": connection, "received": 1500}
    tool = {"operation": "POST /v1/search", "tool": "notion_search_pages"}
    await store(gateway, facts | {"provider_ms": 250.0}, facts | tool)
    text = await said(alice, USAGE)
    assert (
        "Read pages/… Notion Acme HQ by mail merge 1.5 kB 250 ms price unknown GET /v1/pages/{id}"
        in text
    )
    assert "Search pages Notion Acme HQ by mail merge" in text
    assert not re.search(f"{key.id}|{connection}", text)
    assert 'src="/static/marks/notion.svg"' in alice.page.text
    now = gateway.services.clock()
    assert re.search(
        rf'<time datetime="{now:%Y-%m-%dT}[0-9:.]+Z">[0-9:]{{8}}</time>', alice.page.text
    )
    assert f"Today · {now:%A}, {now.day} {now:%B %Y}" in text


@pytest.mark.parametrize(
    ("event", "says"),
    [
        ({"status": 404}, "The provider answered 404 Not Found"),
        ({"status": 599}, "The provider answered 599"),
        ({"result": Result.TIMEOUT, "status": None}, "The provider took too long"),
        ({"result": Result.UNREACHABLE}, "Not sent: the provider could not be reached"),
        ({"result": Result.REFUSED, "error": "approval_required"}, "it needs your approval first"),
        ({"result": Result.REFUSED, "error": "odd_code"}, "Not sent: odd code"),
        ({"result": Result.REFUSED_BY_RULE, "rule": "b"}, "the rule “budget b” of your"),
        ({"result": Result.REFUSED_BY_RULE, "rule": "gone"}, "a rule of your organisation refused"),
        ({"result": Result.ABORTED}, "It broke off"),
        ({"result": Result.CANCELLED}, "The tool left"),
        ({"result": Result.LOST}, "it may have been done"),
        ({"key": "client:abc"}, "by the agent abc"),
        ({"key": "dashboard"}, "by the dashboard"),
        ({"owner": "org", "connection": "con_9"}, "your organisation's account"),
        ({"connection": "con_9"}, "an account that is disconnected now"),
        ({"connector": "gone--0a1b2c"}, "Read pages/… gone by"),
    ],
)
async def test_an_outcome_is_a_sentence(gateway: Harness, event: dict[str, Any], says: str) -> None:
    await gateway.services.meter.rules.set("default", [budget(9)], revision=0)
    await store(gateway, event)
    text = await said(await gateway.browser("alice"), USAGE)
    assert says in text
    assert not re.search("refused_by_rule|con_9|0a1b2c", text)


async def test_calls_that_are_alike_are_one_entry_and_older_ones_are_a_page_away(
    gateway: Harness,
) -> None:
    await store(gateway, *[{"status": 500}] * 7, *[{}] * PAGE)
    alice = await gateway.browser("alice")
    text = await said(alice, f"{USAGE}?connector=notion&days=7")
    assert "Latest calls Today" in text
    assert f"{PAGE} times" in text
    assert "answered 500" not in text
    text = await said(alice, alice.links()["Older"])
    assert "Older calls Today" in text
    assert "7 times" in text
    assert "answered 500" in text
    assert '<option value="7" selected>' in alice.page.text
    assert "Older" not in alice.links()


async def test_calls_are_filtered_by_connector_and_period(
    gateway: Harness, clock: FakeClock
) -> None:
    now = gateway.services.clock()
    await store(
        gateway,
        {"connector": "google", "operation": "GET /old", "time": now - timedelta(days=40)},
        {"connector": "google", "operation": "GET /new"},
        {},
    )
    alice = await gateway.browser("alice")
    assert "2 calls" in await said(alice, USAGE)
    assert "By connector" in words(alice)
    text = await said(alice, f"{USAGE}?connector=google&days=30")
    assert "What tools called for you at Google." in text
    assert "1 call " in text
    assert "Read new" in text
    assert "Read pages" not in text
    assert "By connector" not in text
    assert '<option value="google" selected>Google</option>' in alice.page.text
    text = await said(alice, f"{USAGE}?connector=google&days=90")
    assert "Read old" in text
    assert alice.page.text.count("<g><title>") == 90
    clock.advance(days=8)
    alice = await gateway.browser("alice")
    text = await said(alice, f"{USAGE}?days=7&connector=")
    assert "No calls here Choose another connector or a longer period." in text
    assert "All connectors Last 7 days" in text
    assert "All connectors Google Notion" in await said(alice, USAGE)
    for wrong in ("?days=8", "?days=", "?cursor=x", f"?cursor={new_id()}", "?user=bob"):
        assert (await alice.open(USAGE + wrong)).status_code == 422, wrong


async def test_a_page_of_somebody_else_s_calls_shows_none_of_them(gateway: Harness) -> None:
    await store(gateway, {"user": "bob", "operation": "GET /secrets"}, {})
    found = await gateway.services.usage.sums("default", Wanted(user="bob"), [], limit=1)
    assert found[0].calls == 1
    last = (await gateway.services.usage.find("default", Wanted(user="bob"), limit=1))[0].id
    assert "secrets" not in await said(await gateway.browser("alice"), f"{USAGE}?cursor={last}")


async def test_only_administrators_see_the_organisation(gateway: Harness) -> None:
    alice = await gateway.browser("alice")
    assert (await alice.open(ORGANISATION_USAGE)).status_code == 403
    key, _ = await gateway.services.keys.create(
        tenant="default", roles=[Role.PROXY], label="mail merge"
    )
    await make_calls(gateway, key_id=key.id)
    await make_calls(gateway, user="bob", key_id=key.id)
    await store(gateway, {"tenant": "acme", "operation": "GET /foreign"})
    admin = await gateway.browser(ADMIN)
    text = await said(admin, ORGANISATION_USAGE)
    assert "2 calls" in text
    assert "foreign" not in text
    assert "By user User Calls" in text
    assert "by mail merge for bob" in text
    assert key.id not in text
    assert admin.links()["Rate limits and budgets"] == "/dashboard/organisation/limits"


async def test_an_unknown_price_is_never_nothing(gateway: Harness) -> None:
    await make_calls(gateway, 2)
    assert "Cost: unknown" in await said(await gateway.browser("alice"), USAGE)


async def test_big_numbers_can_be_read(gateway: Harness) -> None:
    big = Price(nanos=1_234_567_890 * 10**9, currency="USD", version="v")
    await store(gateway, {"received": 10**15, "price": big, "provider_ms": 4_000_000.0})
    text = await said(await gateway.browser("alice"), USAGE)
    assert "1.0 PB" in text
    assert "1,234,567,890 USD" in text
    assert "4,000.0 s" in text


async def test_a_long_list_says_that_it_is_cut(gateway: Harness) -> None:
    await store(gateway, *({"operation": f"GET /word{'x' * n}"} for n in range(MOST_ROWS + 1)))
    text = await said(await gateway.browser("alice"), USAGE)
    assert f"The {MOST_ROWS} with the most calls." in text


@pytest.mark.requirement("G3")
async def test_hostile_text_is_text(gateway: Harness, subtests: pytest.Subtests) -> None:
    """Labels of keys, names of rules, tools and integrations, and paths keep a page's shape."""
    plain: list[tuple[str, ...]] = []
    for number, label in enumerate(["harmless", *filter(str.isprintable, HOSTILE)]):
        key, _ = await gateway.services.keys.create(
            tenant="default", roles=[Role.PROXY], label=label
        )
        rules = await gateway.services.meter.rules.read("default")
        await gateway.services.meter.rules.set(
            "default", [replace(budget(9), name=label)], revision=rules.revision
        )
        refused = {"result": Result.REFUSED_BY_RULE, "rule": "b"}
        hostile = {"operation": f"GET /{label}", "connector": label, "key": key.id}
        person = {"user": f"person {number}"}
        await store(gateway, person | hostile, person | hostile | refused | {"tool": label})
        browser = await gateway.browser(f"person {number}")
        with subtests.test(label):
            page = (await browser.open(f"{USAGE}?connector={quote(label)}")).text
            plain = plain or shape(page)
            assert shape(page) == plain
            assert f"by {label}" in html.unescape(re.sub(r"<[^>]*>", "", page))
            assert f"the rule “{label}” of" in html.unescape(re.sub(r"<[^>]*>", "", page))
    admin = await gateway.browser(ADMIN)
    page = (await admin.open(ORGANISATION_USAGE)).text
    seen = shape(page)
    assert [tag for tag, *_ in seen].count("script") == 1
    assert not {tag for tag, *_ in seen} & {"iframe", "base", "style", "textarea", "comment"}
    assert not [name for _, *names in seen for name in names if name.startswith("on")]


def test_bars_are_as_high_as_their_days() -> None:
    since = date(2026, 11, 1)
    found = plot(
        since,
        7,
        [
            Sum(of={"day": "2026-11-02"}, calls=1000, answered=499, refused=500),
            Sum(of={"day": "2026-11-03"}, calls=1, answered=1),
        ],
    )
    assert len(found.bars) == 7
    heights = [[(part.kind, part.height) for part in bar.parts] for bar in found.bars[:3]]
    high = PLOT_HEIGHT - found.top
    assert heights == [
        [],
        [("answered", round(high * 0.499)), ("failed", 2), ("refused", high // 2)],
        [("answered", 2)],
    ]
    assert all(part.y >= 0 for bar in found.bars for part in bar.parts)
    assert found.most == "1,000"
    assert found.bars[1].title == (
        "Monday, 2 November 2026: 1,000 calls, 1 not completed, 500 refused by a rule"
    )
    assert found.summary == (
        "Calls of each day from Sunday, 1 November 2026 to Saturday, 7 November 2026: 1,001. "
        "Most on Monday, 2 November 2026: 1,000"
    )
    assert [row.iso for row in found.rows] == ["2026-11-03", "2026-11-02"]
    empty = plot(since, 7, [])
    assert (empty.rows, empty.kinds, empty.bars[0].parts) == ([], [], [])


def test_the_upper_line_is_a_round_number() -> None:
    for highest, line in ((1, "1"), (7, "8"), (23, "30"), (99, "100"), (123_456, "200,000")):
        day = Sum(of={"day": "2026-11-01"}, calls=highest)
        assert plot(date(2026, 11, 1), 7, [day]).most == line


def test_amounts_in_words() -> None:
    counts = (0, 999, 1500, 10**9, 999_960, 10**18)
    assert [size(count) for count in counts] == [
        *("0 bytes", "999 bytes", "1.5 kB", "1.0 GB", "1.0 MB", "1,000.0 PB")
    ]
    assert [duration(ms) for ms in (0.4, 999.4, 1500.0)] == ["0 ms", "999 ms", "1.5 s"]
    known = Sum(of={}, cost={"USD": 25 * 10**8}, unconfirmed_prices=1, unknown_prices=3)
    assert cost(known) == "about 2.5 USD, unknown for 3 calls"
    assert cost(Sum(of={}, unknown_prices=3)) == "unknown"
    assert cost(Sum(of={})) == "–"  # noqa: RUF001 - a dash for nothing
