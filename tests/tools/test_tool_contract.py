"""The contract of tools finds each kind of broken tool, and nothing about a good one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.testing.subject import ContractViolation
from gateway.testing.tool_checks import check_errors, check_examples, check_pages, prove_scopes
from gateway.testing.tool_contract import ToolContract, ToolWorkshop, tool_workshop

BROKEN = '''
"""Tools of Square that break a promise each."""

from pydantic import Field

from connectors.tooling import Args, HttpTool, Needs, Output, Pages, ToolFailed, tool
from connectors.tools.square import GetPayment, ListPayments, OnePayment, Payments

NEEDS = (Needs("square", ("PAYMENTS_READ",)),)
PAY = {"payment_id": "pay-sandbox-1"}


def listed(name, **said):
    usual = dict(
        description="List payments of the account.", needs=NEEDS, effect="read", method="GET",
        path="/v2/payments", args=ListPayments, output=Payments, examples=({"limit": 2},),
    )
    return HttpTool(name=name, **{**usual, **said})


class Nothing(Output):
    nothing: list[str] = Field(default=[])


@tool(
    name="square_hide_errors", description="Return a payment, whatever happens.", needs=NEEDS,
    effect="read", args=GetPayment, output=Nothing, examples=(PAY,),
)
async def hide(args, ctx):
    try:
        await ctx.fetch("square", "GET", f"/v2/payments/{args.payment_id}")
    except ToolFailed:
        pass
    return Nothing()


TOOLS = (
    listed("square_list_good", pages=Pages(argument="cursor", next="cursor")),
    listed("square_list_elsewhere", path="/v2/paymentz"),
    listed("square_list_empty", output=Nothing),
    listed("square_list_greedy", needs=(Needs("square", ("PAYMENTS_READ", "CUSTOMERS_READ")),)),
    listed("square_list_once", pages=Pages(argument="cursor", next="nothing")),
    listed("square_list_again", pages=Pages(argument="begin_time", next="payments[0].created_at")),
    hide,
)
'''


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("broken")
    (place / "catalog").mkdir()
    (place / "tools").mkdir()
    (place / "tools" / "square_broken.py").write_text(BROKEN.lstrip(), "utf-8")
    return place


@pytest.fixture(scope="module")
def workshop(folder: Path) -> Iterator[ToolWorkshop]:
    yield tool_workshop(folder)
    tool_workshop.cache_clear()


@pytest.mark.parametrize(
    ("name", "check", "said"),
    [
        ("square_list_elsewhere", check_examples, "example 1 fails"),
        ("square_list_empty", check_examples, "the result of example 1 is empty"),
        ("square_list_once", check_pages, "no example has a second page"),
        ("square_list_again", check_pages, "an item is on two pages|the pages do not end"),
        (
            "square_hide_errors",
            check_errors,
            r"what does not exist succeeds \(payment_id\).*is busy, and the call succeeds",
        ),
    ],
)
def test_a_broken_promise_is_found(
    workshop: ToolWorkshop, name: str, check: Callable[..., Any], said: str
) -> None:
    found = workshop.problems(check, workshop.bench.registry.tool(name))
    assert re.search(said, "; ".join(found)), found


def test_a_scope_too_many_is_found(workshop: ToolWorkshop) -> None:
    tool = workshop.bench.registry.tool("square_list_greedy")
    held = {p.scope: p.holds for p in workshop.problems(prove_scopes, tool)}
    assert held == {"PAYMENTS_READ": True, "CUSTOMERS_READ": False}


@pytest.mark.parametrize("check", [check_examples, check_pages, check_errors])
def test_nothing_is_found_about_a_good_tool(workshop: ToolWorkshop, check: Any) -> None:
    assert workshop.problems(check, workshop.bench.registry.tool("square_list_good")) == []


def test_the_class_fails_where_a_check_finds_something(
    workshop: ToolWorkshop, folder: Path
) -> None:
    case = type("Square", (ToolContract,), {"connector": "square", "folder": folder})()
    for method, name in {
        case.test_examples_work_with_the_declared_scopes: "square_list_elsewhere",
        case.test_each_declared_scope_is_needed: "square_list_greedy",
        case.test_pages_come_to_an_end: "square_list_once",
        case.test_errors_of_the_provider_are_typed: "square_hide_errors",
    }.items():
        with pytest.raises(ContractViolation, match=name):
            method()


def test_a_connector_without_tools_is_no_success(workshop: ToolWorkshop, folder: Path) -> None:
    case = type("Nobody", (ToolContract,), {"connector": "nobody", "folder": folder})()
    with pytest.raises(ContractViolation, match="no tool needs nobody"):
        case.test_pages_come_to_an_end()
