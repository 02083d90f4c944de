"""Every tool against its simulated provider: examples, least privilege, pages, errors.

The tools are listed without opening anything; one gateway and one sandbox serve all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema_rs import Draft202012Validator

from connectors.catalog import Catalog
from gateway.testing.tool_checks import (
    Proof,
    check_errors,
    check_examples,
    check_pages,
    prove_scopes,
)
from gateway.testing.tool_contract import ToolWorkshop
from gateway.tools.registry import Registry, Tool

TOOLS = Registry(Catalog({})).tools()
EXPLAINED = Path(__file__).with_name("explained_scopes.txt")
EACH_TOOL = pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
CONNECTORS = Path(__file__).parents[1] / "connectors"
CHECKED = {
    path.stem.removeprefix("test_").removesuffix("_provider").replace("_", "-")
    for path in CONNECTORS.glob("test_*_provider.py")
    if "(ToolContract)" in path.read_text(encoding="utf-8")
}
"""The connectors whose contract makes the same checks of their tools."""
OTHERS = [tool for tool in TOOLS if not CHECKED.intersection(tool.connectors)]
EACH_OTHER_TOOL = pytest.mark.parametrize("tool", OTHERS, ids=lambda tool: tool.name)


@pytest.fixture(scope="module")
def workshop() -> Iterator[ToolWorkshop]:
    opened = ToolWorkshop()
    yield opened
    opened.close()


def test_no_tool_file_is_hidden(workshop: ToolWorkshop) -> None:
    assert [tool.name for tool in workshop.tools()] == [tool.name for tool in TOOLS]


@EACH_OTHER_TOOL
def test_examples_work_with_the_declared_scopes_alone(workshop: ToolWorkshop, tool: Tool) -> None:
    assert workshop.problems(check_examples, tool) == []


@EACH_OTHER_TOOL
def test_pages_end_and_hold_each_item_once(workshop: ToolWorkshop, tool: Tool) -> None:
    assert workshop.problems(check_pages, tool) == []


@EACH_OTHER_TOOL
def test_errors_of_the_provider_are_typed(workshop: ToolWorkshop, tool: Tool) -> None:
    assert workshop.problems(check_errors, tool) == []


@EACH_TOOL
def test_a_result_is_what_the_output_schema_says(workshop: ToolWorkshop, tool: Tool) -> None:
    async def result() -> dict[str, object]:
        user = await workshop.bench.person(tool)
        workshop.bench.let_hold(tool, user, tool.scopes)
        for connector in tool.connectors:
            workshop.bench.ledger.reset(connector)
        return (await workshop.bench.call(tool, tool.examples[0], user)).result

    Draft202012Validator(dict(tool.output_schema)).validate(workshop.run(result()))


def test_least_privilege(workshop: ToolWorkshop, capsys: pytest.CaptureFixture[str]) -> None:
    """Each declared scope is needed, at the gateway and at the provider."""
    proofs: list[Proof] = []
    for tool in workshop.tools():
        proofs += workshop.problems(prove_scopes, tool)
    unexplained = [proof for proof in proofs if not proof.holds]
    explained = [proof for proof in proofs if proof.holds and proof.explained]
    without = [tool.name for tool in TOOLS if not any(tool.scopes.values())]
    with capsys.disabled():
        print(
            f"\n{len(TOOLS)} tools x {len({(p.tool, p.scope) for p in proofs})} scopes, "
            f"{len(unexplained)} unexplained exceptions; {len(explained)} explained; "
            f"{len(without)} tools of providers without scopes"
        )
    assert unexplained == []
    # One that is new is looked at, and then written into the file.
    lines = sorted(f"{each.tool} without {each.scope}: {each.explained}" for each in explained)
    assert lines == EXPLAINED.read_text("utf-8").splitlines()
    assert len(proofs) >= len(TOOLS) - len(without)
