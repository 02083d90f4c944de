"""Values in paths, queries and headers: the table of the specification, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.tool_context import ToolFailed
from gateway.integrations.openapi import styles

LIST = ["blue", "black", "brown"]
OBJECT = {"R": 100, "G": 200, "B": 150}


@pytest.mark.parametrize(
    ("style", "explode", "value", "written"),
    [
        ("matrix", False, "blue", ";color=blue"),
        ("matrix", False, LIST, ";color=blue,black,brown"),
        ("matrix", False, OBJECT, ";color=R,100,G,200,B,150"),
        ("matrix", True, LIST, ";color=blue;color=black;color=brown"),
        ("matrix", True, OBJECT, ";R=100;G=200;B=150"),
        ("label", False, "blue", ".blue"),
        ("label", False, LIST, ".blue,black,brown"),
        ("label", True, LIST, ".blue.black.brown"),
        ("label", True, OBJECT, ".R=100.G=200.B=150"),
        ("simple", False, "blue", "blue"),
        ("simple", False, LIST, "blue,black,brown"),
        ("simple", True, LIST, "blue,black,brown"),
        ("simple", False, OBJECT, "R,100,G,200,B,150"),
        ("simple", True, OBJECT, "R=100,G=200,B=150"),
        ("simple", False, "a b?c#d&e=f;g:é%", "a%20b%3Fc%23d%26e%3Df%3Bg%3A%C3%A9%25"),
        ("simple", False, 7.0, "7"),
        ("simple", False, True, "true"),
        ("simple", False, "v1.2", "v1.2"),
        ("simple", False, "...x", "...x"),
    ],
)
def test_a_path(style: str, explode: bool, value: Any, written: str) -> None:
    assert styles.in_path(value, name="color", style=style, explode=explode) == written


@pytest.mark.parametrize(
    ("style", "explode", "value", "pairs"),
    [
        ("form", True, "a b&c", [("color", "a b&c")]),
        ("form", True, "", [("color", "")]),
        ("form", True, LIST, [("color", each) for each in LIST]),
        ("form", False, LIST, [("color", "blue,black,brown")]),
        ("form", True, OBJECT, [("R", "100"), ("G", "200"), ("B", "150")]),
        ("form", False, OBJECT, [("color", "R,100,G,200,B,150")]),
        ("form", True, [], []),
        ("form", False, [], []),
        ("form", False, {}, []),
        ("spaceDelimited", False, LIST, [("color", "blue black brown")]),
        ("pipeDelimited", False, LIST, [("color", "blue|black|brown")]),
        ("pipeDelimited", True, LIST, [("color", each) for each in LIST]),
        (
            "deepObject",
            True,
            OBJECT,
            [("color[R]", "100"), ("color[G]", "200"), ("color[B]", "150")],
        ),
        (
            "deepObject",
            True,
            {"a": {"b": [1, 2]}},
            [("color[a][b][0]", "1"), ("color[a][b][1]", "2")],
        ),
        ("deepObject", True, ["x"], [("color[0]", "x")]),
        ("form", True, 1.5, [("color", "1.5")]),
        ("form", True, False, [("color", "false")]),
    ],
)
def test_a_query(style: str, explode: bool, value: Any, pairs: list[tuple[str, str]]) -> None:
    assert list(styles.in_query(value, name="color", style=style, explode=explode)) == pairs


@pytest.mark.parametrize(
    ("explode", "value", "written"),
    [
        (False, LIST, "blue,black,brown"),
        (False, OBJECT, "R,100,G,200,B,150"),
        (True, OBJECT, "R=100,G=200,B=150"),
        (False, 12, "12"),
    ],
)
def test_a_header(explode: bool, value: Any, written: str) -> None:
    assert styles.in_header(value, explode=explode) == written


@pytest.mark.parametrize(
    "value",
    [
        *("", ".", "..", "...", " ", ". .", "%2e", "%2E%2e", "%252e%252e", "a/b", "a%2fb", "a\\b"),
        *("a%5Cb", "a\nb", "a%00b", "\ud800", None, [], {}, [""], [".."], ["a", ["b"]], {"k": {}}),
        *(["a,b"], {"a,b": 1}, {"": 1}, ["x"] * 1001),
    ],
)
def test_a_value_that_would_leave_its_place_in_a_path_is_refused(value: Any) -> None:
    with pytest.raises(ToolFailed) as refused:
        styles.in_path(value, name="id", style="simple", explode=False)
    assert refused.value.code == "argument_refused"


@pytest.mark.parametrize(
    ("style", "explode", "value"),
    [
        ("form", False, ["a,b"]),
        ("pipeDelimited", False, ["a|b"]),
        ("spaceDelimited", False, ["a b"]),
        ("form", True, [["a"]]),
        ("form", True, ["x"] * 1001),
        ("deepObject", True, {"a": {"b": {"c": {"d": {"e": {"f": 1}}}}}}),
    ],
)
def test_a_value_that_would_be_read_as_others_is_refused(
    style: str, explode: bool, value: Any
) -> None:
    with pytest.raises(ToolFailed):
        list(styles.in_query(value, name="q", style=style, explode=explode))


@pytest.mark.parametrize("value", ["a\r\nHost: evil", "a\x00", "é", "\x85", "a\tb"])
def test_a_header_cannot_begin_another(value: str) -> None:
    with pytest.raises(ToolFailed):
        styles.in_header(value, explode=False)
