"""Tools of shops, payments, books, CRM and networks: what each says to its provider, and what it
makes of the answer."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

import pytest
from pydantic import ValidationError

from connectors.tooling import ApiAnswer, HttpTool, ToolFailed
from gateway.errors import ToolAnswerUnexpected
from gateway.tools.result import refusal_of
from tests.tools.face_to_face import BASES, REGISTRY, Provider, tools_of

TOOLS = [(name, tool.name) for name in sorted(BASES) for tool in tools_of(name).values()]
PAGED = [
    (name, tool.name)
    for name in sorted(BASES)
    for tool in tools_of(name).values()
    if isinstance(tool, HttpTool) and tool.pages is not None
]


def test_every_connector_has_two_tools_and_the_busy_ones_four() -> None:
    counts = {name: len(tools_of(name)) for name in BASES}
    assert min(counts.values()) >= 2
    assert min(counts[name] for name in ("shopify", "stripe", "salesforce", "x")) >= 4
    assert sum(counts.values()) == len(TOOLS) >= 36


@pytest.mark.parametrize(("connector", "name"), TOOLS)
async def test_each_example_works(connector: str, name: str) -> None:
    examples = REGISTRY.tool(name).examples
    assert examples
    for example in examples:
        found = await Provider(connector).call(name, **example)
        assert not found.truncated
    if REGISTRY.tool(name).effect == "read":
        return
    provider = Provider(connector)
    await provider.call(name, **examples[0])
    assert len(provider.effects) == 1, "a change is counted once"


@pytest.mark.parametrize(("connector", "name"), TOOLS)
async def test_each_declared_scope_is_needed(connector: str, name: str) -> None:
    tool = REGISTRY.tool(name)
    declared = next(iter(tool.scopes.values()), ())
    for scope in declared:
        provider = Provider(connector)
        with pytest.raises((ToolFailed, ToolAnswerUnexpected)):
            await provider.call(name, scopes={*declared} - {scope}, **tool.examples[0])
        assert not provider.effects


@pytest.mark.parametrize(("connector", "name"), PAGED)
async def test_pages_hold_everything_once(connector: str, name: str) -> None:
    tool = tools_of(connector)[name]
    assert isinstance(tool, HttpTool)
    assert tool.pages is not None
    provider, given, seen, pages = Provider(connector), dict(tool.examples[0]), [], 0
    while True:
        found = await provider.call(name, **given)
        things = next(value for value in found.result.values() if isinstance(value, list))
        seen += [json.dumps(each, sort_keys=True) for each in things]
        pages += 1
        if found.next is None:
            break
        given[tool.pages.argument] = found.next
        assert pages < 20
    assert len(seen) == len(set(seen)) > 0
    assert pages > 1


async def failed(provider: Provider, name: str, /, **arguments: Any) -> ToolFailed:
    """The failure of a call that must not work."""
    with pytest.raises(ToolFailed) as caught:
        await provider.call(name, **arguments)
    return caught.value


async def test_stripe_gives_back_no_more_than_was_paid() -> None:
    stripe = Provider("stripe")
    await stripe.call("stripe_create_refund", payment_intent="pi_sandbox_1")
    error = await failed(stripe, "stripe_create_refund", payment_intent="pi_sandbox_1")
    assert (error.code, error.status) == ("invalid_request_error", 400)
    assert stripe.effects == ["refund_created"]
    balance = await stripe.call("stripe_get_balance")
    assert balance.result["available"] == [{"amount": 5000, "currency": "usd"}]


async def test_stripe_invoices_the_open_lines_as_a_draft() -> None:
    stripe, customer = Provider("stripe"), "cus_sandbox_2"
    for amount in (1000, 250):
        await stripe.call(
            "stripe_create_invoice_item", customer=customer, amount=amount, currency="usd"
        )
    made = (await stripe.call("stripe_create_invoice", customer=customer, days_until_due=7)).result
    assert (made["status"], made["amount_due"]) == ("draft", 1250)
    assert parse_qs(stripe.sent[-1].body.decode())["auto_advance"] == ["false"]
    again = await stripe.call("stripe_create_invoice", customer=customer, days_until_due=7)
    assert again.result["amount_due"] == 0, "a line is billed once"


async def test_stripe_cancels_once() -> None:
    stripe = Provider("stripe")
    done = await stripe.call(
        "stripe_cancel_subscription", subscription="sub_sandbox_1", prorate=True
    )
    assert done.result["status"] == "canceled"
    assert stripe.sent[-1].query == "prorate=true"
    assert (await failed(stripe, "stripe_cancel_subscription", subscription="sub_sandbox_1")).status
    listed = (await stripe.call("stripe_list_subscriptions")).result["subscriptions"]
    assert "sub_sandbox_1" not in [each["id"] for each in listed]


@pytest.mark.parametrize("customer", ["cus_1?expand[]=x", "cus_1/sources", "../balance", "pi_1"])
async def test_an_id_is_an_id(customer: str) -> None:
    with pytest.raises(ValidationError):
        await Provider("stripe").call("stripe_list_payments", customer=customer)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("O'Brien", 1),
        ("\\", 1),
        ("' OR Balance > '-1", 0),
        ("x' MAXRESULTS 1000", 0),
        ("\\' OR DisplayName LIKE '%", 0),
    ],
)
async def test_quickbooks_reads_what_was_typed_as_text(name: str, found: int) -> None:
    books = Provider("quickbooks")
    said = await books.call("quickbooks_search_customers", name=name)
    assert len(said.result["customers"]) == found


async def test_the_words_of_a_refusal_are_found_wherever_they_stand() -> None:
    twice = await failed(Provider("quickbooks"), "quickbooks_create_customer", name="Initech")
    assert (twice.code, twice.message) == ("6240", "400: Duplicate Name Exists Error")
    missing = await failed(Provider("datadog"), "datadog_get_monitor", monitor_id=9)
    assert missing.message == "404: Monitor not found"
    # As Salesforce writes it; the sandbox's refusals are objects.
    said = b'[{"message": "No such column", "errorCode": "INVALID_FIELD"}]'
    wrong = refusal_of(ApiAnswer(status=400, headers={}, content=said))
    assert (wrong.code, wrong.message) == ("INVALID_FIELD", "400: No such column")


async def test_quickbooks_lists_page_by_page() -> None:
    books, start, seen = Provider("quickbooks"), 1, []
    while start is not None:
        page = (await books.call("quickbooks_list_invoices", limit=2, start=start)).result
        seen += [each["id"] for each in page["invoices"]]
        start = page["next_start"]
    assert seen == ["101", "102", "103"]
    unpaid = await books.call("quickbooks_list_invoices", unpaid=True)
    assert [each["balance"] for each in unpaid.result["invoices"]] == [120.5]


async def test_shopify_sends_what_was_typed_as_variables() -> None:
    shopify, odd = Provider("shopify"), '"}) { shop { name } } #'
    await shopify.call("shopify_search_products", query=odd)
    body = json.loads(shopify.sent[-1].body)
    assert odd not in body["query"]
    assert body["variables"]["query"] == odd


async def test_shopify_fails_inside_a_success() -> None:
    shopify = Provider("shopify")
    error = await failed(
        shopify, "shopify_update_product", id="gid://shopify/Product/99", title="New"
    )
    assert (error.code, error.message) == ("user_error", "product.id: Product does not exist")
    denied = await failed(shopify, "shopify_create_product", title="New", scopes={"read_orders"})
    assert denied.code == "ACCESS_DENIED"
    assert "write_products" in denied.message
    assert (await failed(shopify, "shopify_list_orders", scopes=())).code == "ACCESS_DENIED"


async def test_shopify_changes_what_was_named_and_no_more() -> None:
    shopify = Provider("shopify")
    made = await shopify.call(
        "shopify_update_product", id="gid://shopify/Product/2", product_type="Cup", tags=[]
    )
    product = made.result["product"]
    assert (product["product_type"], product["tags"], product["title"]) == ("Cup", [], "Tea cup")
    for what in ("Product", "Order"):
        tool = f"shopify_get_{what.lower()}"
        nothing = await failed(shopify, tool, id=f"gid://shopify/{what}/99")
        assert nothing.code == "not_found", "it is null in a success"


async def test_shopify_makes_an_order_of_what_was_named_and_charges_nobody() -> None:
    shopify = Provider("shopify")
    tea = {"variant_id": "gid://shopify/ProductVariant/11", "quantity": 2}
    own = {"title": "Engraving", "price": "12.50", "quantity": 1}
    made = await shopify.call("shopify_create_order", lines=[tea, own], currency="USD")
    order = made.result["order"]
    assert (order["total"]["amount"], order["payment"]) == ("72.50", "PENDING")
    assert [line["title"] for line in order["lines"]] == ["Teapot", "Engraving"]
    sent = json.loads(shopify.sent[-1].body)["variables"]
    assert sent["options"] == {"inventoryBehaviour": "BYPASS", "sendReceipt": False}
    gone = {"variant_id": "gid://shopify/ProductVariant/99", "quantity": 1}
    error = await failed(shopify, "shopify_create_order", lines=[tea, gone])
    assert error.message == "order.lineItems.1.variantId: Variant does not exist"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"lines": [{"quantity": 1}]}, "give variant_id, or title and price"),
        ({"lines": [{"title": "Mug", "price": "1", "quantity": 1}]}, "a price needs currency"),
    ],
)
def test_an_order_of_nothing_is_refused_before_it_is_sent(said: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        tools_of("shopify")["shopify_create_order"].args.model_validate(said)


async def test_salesforce_goes_through_the_pages_of_a_query() -> None:
    force, soql = Provider("salesforce"), "SELECT Id, Name FROM Account"
    first = (await force.call("salesforce_query_records", soql=soql)).result
    assert (first["total"], len(first["records"])) == (3, 2)
    assert {*first["records"][0]} == {"Id", "Name"}, "what Salesforce says about it is left out"
    rest = await force.call("salesforce_query_records", soql=soql, cursor=first["next_cursor"])
    assert (len(rest.result["records"]), rest.result["next_cursor"]) == (1, None)


async def test_salesforce_changes_and_deletes() -> None:
    force = Provider("salesforce")
    fields = {"LastName": "Park", "Company": "Hooli"}
    made = await force.call("salesforce_create_record", object="Lead", fields=fields)
    where = {"object": "Lead", "record_id": made.result["id"]}
    await force.call("salesforce_update_record", **where, fields={"Status": "Won"})
    record = (await force.call("salesforce_get_record", **where)).result["record"]
    assert (record["LastName"], record["Status"]) == ("Park", "Won")
    await force.call("salesforce_delete_record", **where)
    assert (await failed(force, "salesforce_get_record", **where)).status == 404
    assert force.effects == ["record_created", "record_updated", "record_deleted"]


async def test_zoho_tells_a_record_that_was_refused_inside_a_success() -> None:
    zoho = Provider("zoho_crm")
    error = await failed(zoho, "zoho_crm_create_record", module="Leads", fields={"Company": "X"})
    assert error.code == "MANDATORY_NOT_FOUND"
    nothing = await zoho.call("zoho_crm_list_records", module="Contacts", fields=["Last_Name"])
    assert (nothing.result, nothing.next) == ({"records": []}, None)
    none = await zoho.call("zoho_crm_search_records", module="Leads", word="zzz")
    assert none.result == {"records": [], "more": False}


async def test_xero_reads_json_and_filters() -> None:
    xero = Provider("xero")
    owed = await xero.call("xero_list_invoices", statuses=["AUTHORISED", "DRAFT"])
    assert {each["status"] for each in owed.result["invoices"]} == {"AUTHORISED", "DRAFT"}
    assert xero.sent[-1].headers["accept"] == "application/json"
    twice = await failed(xero, "xero_create_contact", name="Initech")
    assert twice.status == 400
    assert "validation" in twice.message.lower()


async def test_square_finds_by_a_part_of_the_address() -> None:
    found = await Provider("square").call("square_search_customers", email="BEN@")
    assert [each["given_name"] for each in found.result["customers"]] == ["Ben"]
    none = await Provider("square").call("square_list_payments", begin_time="2027-01-01T00:00:00Z")
    assert none.result == {"payments": []}, "an empty list is left out of the answer"


async def test_mailchimp_asks_a_person_first_and_adds_nobody_twice() -> None:
    chimp, person = Provider("mailchimp"), {"audience_id": "f6a7b8c9d0", "email": "d@x.example"}
    added = await chimp.call("mailchimp_add_member", **person, first_name="Dora")
    assert (added.result["status"], added.result["name"]) == ("pending", "Dora")
    assert (await failed(chimp, "mailchimp_add_member", **person)).status == 400
    listed = await chimp.call("mailchimp_list_members", audience_id="f6a7b8c9d0")
    assert listed.result["total_items"] == 1
    assert chimp.effects == ["member_added"]


async def test_mandrill_says_what_became_of_a_message() -> None:
    mandrill, message = Provider("mandrill"), {"from_email": "a@acme.example", "subject": "Hi"}
    odd = await mandrill.call("mandrill_send_message", to="nobody@here", text="x", **message)
    assert odd.result["recipients"][0]["status"] == "invalid"
    sent = await mandrill.call("mandrill_send_message", to="ana@acme.example", **message)
    key = sent.result["recipients"][0]["id"]
    assert (await mandrill.call("mandrill_get_message", id=key)).result["state"] == "sent"


async def test_twilio_sends_a_form_from_an_own_number() -> None:
    twilio, message = Provider("twilio"), {"to": "+14155550123", "text": "Hello & goodbye"}
    await twilio.call("twilio_send_message", from_number="+14155550100", **message)
    assert parse_qs(twilio.sent[-1].body.decode()) == {
        "To": ["+14155550123"],
        "From": ["+14155550100"],
        "Body": ["Hello & goodbye"],
    }
    error = await failed(twilio, "twilio_send_message", from_number="+14155559999", **message)
    assert (error.code, error.status) == ("21606", 400)
    assert twilio.effects == ["message_sent"]


async def test_zoom_makes_and_deletes_a_meeting() -> None:
    zoom = Provider("zoom")
    made = await zoom.call(
        "zoom_create_meeting",
        user_id="ben@acme.example",
        topic="Plan",
        start_time="2026-12-01T09:00:00",
        duration=30,
    )
    assert json.loads(zoom.sent[-1].body)["type"] == 2
    meeting = {"meeting_id": str(made.result["id"])}
    assert (await zoom.call("zoom_get_meeting", **meeting)).result["topic"] == "Plan"
    await zoom.call("zoom_delete_meeting", **meeting)
    assert (await failed(zoom, "zoom_get_meeting", **meeting)).status == 404


async def test_x_answers_and_deletes_own_posts_alone() -> None:
    x = Provider("x")
    made = await x.call("x_create_tweet", text="Yes", reply_to="1800000000000000001")
    assert json.loads(x.sent[-1].body)["reply"] == {"in_reply_to_tweet_id": "1800000000000000001"}
    key = made.result["tweet"]["id"]
    assert (await x.call("x_delete_tweet", id=key)).result == {"deleted": True}
    gone = await failed(x, "x_get_tweet", id=key)
    assert gone.status == 200, "a failure inside a success"
    assert key in gone.message
    assert (await failed(x, "x_delete_tweet", id="1800000000000000099")).status == 403
    assert x.effects == ["post_created", "post_deleted"]


async def test_linkedin_posts_as_the_member_and_quotes_the_urn() -> None:
    linkedin = Provider("linkedin")
    made = await linkedin.call("linkedin_create_post", text="Hello", url="https://acme.example/")
    member, post = linkedin.sent
    assert (member.method, post.method) == ("GET", "POST")
    assert json.loads(post.body)["author"] == "urn:li:person:sandboxAna"
    await linkedin.call("linkedin_delete_post", **made.result)
    assert "%3A" in (linkedin.sent[-1].raw_path or "")
    assert (await failed(linkedin, "linkedin_delete_post", **made.result)).status == 404


async def test_datadog_fails_inside_a_success_and_searches_by_a_post() -> None:
    datadog, span = Provider("datadog"), {"start": 1795953600, "end": 1795957200}
    error = await failed(datadog, "datadog_query_metrics", query="nonsense", **span)
    assert error.status == 200
    assert "Error parsing query" in error.message
    found = await datadog.call("datadog_search_logs", query="service:web status:info")
    assert [each["message"] for each in found.result["logs"]] == ["request 2"]


async def test_serpapi_takes_no_result_for_no_failure() -> None:
    serpapi = Provider("serpapi")
    nothing = await serpapi.call("serpapi_search_google", query="nothing-at-all")
    assert nothing.result["results"] == []
    assert "hasn't returned" in nothing.result["note"]
    assert (await serpapi.call("serpapi_get_account")).result["searches_left"] == 99


async def test_tiktok_reads_videos_by_id() -> None:
    tiktok = Provider("tiktok")
    ids = ["7300000000000000002", "7300000000000000999"]
    found = await tiktok.call("tiktok_get_videos", ids=ids)
    assert [each["id"] for each in found.result["videos"]] == ids[:1]
