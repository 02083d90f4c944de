"""Brex's API, by its OpenAPI documents (Team API: list cards; Expenses API: list expenses, create a
receipt upload). The words of an error are not confirmed.
"""

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Answer, Problem, Request, SimulatedApi, page_of, refuse


def _error(problem: Problem) -> Refusal:
    return Refusal(problem.status, {"message": problem.message})


def _state(account: FictionalAccount) -> dict[str, Any]:
    owner = account.facts["id"]
    return {
        "cards": [
            {
                "id": f"card_sandbox{number}",
                "owner": {"type": "USER", "user_id": owner},
                "status": "ACTIVE",
                "last_four": f"424{number}",
                "card_name": name,
                "card_type": "VIRTUAL",
                "limit_type": "USER",
                "spend_controls": None,
            }
            for number, name in enumerate(("Travel", "Software"), 1)
        ],
        "expenses": [
            {
                "id": f"expense_sandbox{number}",
                "memo": memo,
                "category": "RESTAURANTS",
                "status": status,
                "payment_status": "CLEARED",
                "purchased_at": f"2026-11-0{number}T18:00:00",
                "updated_at": f"2026-11-0{number}T18:05:00",
                "billing_amount": {"amount": 4200 + number, "currency": "USD"},
                "user_id": owner,
            }
            for number, (memo, status) in enumerate(
                (("Dinner", "SUBMITTED"), ("Lunch", "APPROVED"), ("Coffee", "APPROVED")), 1
            )
        ],
    }


API = SimulatedApi("brex", base="api.brex.com", state=_state, refuse=_error)


def _page(call: Request, found: list[dict[str, Any]]) -> dict[str, Any]:
    size = call.query.get("limit", 100)
    if not 1 <= size <= 100:
        refuse("parameters", "limit must be between 1 and 100")
    page, after = page_of(found, call.query.get("cursor"), size)
    return {"next_cursor": after, "items": page}


@API.route(
    "GET /v2/cards",
    any_of="cards.readonly cards",
    query={"user_id?": str, "cursor?": str, "limit?": int},
)
def list_cards(call: Request) -> Any:
    user = call.query.get("user_id")
    return _page(
        call, [each for each in call.state["cards"] if user in (None, each["owner"]["user_id"])]
    )


@API.route(
    "GET /v1/expenses",
    any_of="expenses.card.readonly expenses.card",
    query={
        "expand[]?": [str],
        "user_id[]?": [str],
        "parent_expense_id[]?": [str],
        "budget_id[]?": [str],
        "spending_entity_id[]?": [str],
        "expense_type[]?": [str],
        "status[]?": [str],
        "payment_status[]?": [str],
        "purchased_at_start?": str,
        "purchased_at_end?": str,
        "updated_at_start?": str,
        "updated_at_end?": str,
        "load_custom_fields?": bool,
        "cursor?": str,
        "limit?": int,
    },
)
def list_expenses(call: Request) -> Any:
    wanted = call.query.get("status[]")
    start, end = call.query.get("purchased_at_start", ""), call.query.get("purchased_at_end", "9")
    found = [
        each
        for each in call.state["expenses"]
        if (not wanted or each["status"] in wanted) and start <= each["purchased_at"] <= end
    ]
    return _page(call, found)


@API.route(
    "POST /v1/expenses/card/{expense_id}/receipt_upload",
    scopes="expenses.card",
    body={"receipt_name": str},
    effect="receipt_upload_created",
)
def create_receipt_upload(call: Request) -> Any:
    known = {each["id"]: each for each in call.state["expenses"]}
    call.found(known, call.path["expense_id"], "expense")
    key = f"1f869235-718f-4458-8180-{int(call.new_id()):012}"
    return Answer(201, {"id": key, "uri": f"https://s3.amazonaws.com/receipts/{key}"})
