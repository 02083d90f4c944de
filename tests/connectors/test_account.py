"""``account_lookup``: which account was connected, written as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.account import AccountInfo, account_lookup, dig
from connectors.context import Tokens
from connectors.errors import AccountUnreadable
from connectors.secret import Secret

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
# Names that the lookup asks for, so that not every example is refused at its first step.
NAMED = st.recursive(
    JSON, lambda inner: st.dictionaries(st.sampled_from(["id", "user", "name"]), inner, max_size=3)
)


@dataclass
class Answer:
    """What ``ctx.fetch`` returns."""

    status: int
    body: Any

    def json(self) -> Any:
        return self.body


@dataclass
class Context:
    """A ``ConnectionContext`` whose API gives one answer; ``calls`` are the requests."""

    token_response: Mapping[str, Any] = field(default_factory=dict)
    answer: Answer = field(default_factory=lambda: Answer(200, {}))
    connection_config: Mapping[str, str] = field(default_factory=dict)
    calls: list[tuple[str, str, Any]] = field(default_factory=list)
    introspection: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    access_token: str = "a"

    @property
    def tokens(self) -> Tokens:
        return Tokens(
            access_token=Secret(self.access_token),
            refresh_token=None,
            token_type="Bearer",
            expires_at=None,
            scopes=(),
        )

    async def fetch(self, url: str, *, method: str = "GET", json: Any = None) -> Answer:
        self.calls.append((method, url, json))
        return self.answer

    async def introspect(self) -> Mapping[str, Any]:
        self.calls.append(("INTROSPECT", "", None))
        return self.introspection


async def test_the_token_answer_is_read_without_a_call() -> None:
    lookup = account_lookup(id="team.id", label="team.name")
    ctx = Context(token_response={"team": {"id": "T1", "name": "Acme"}})
    assert await lookup(ctx) == AccountInfo(external_account_id="T1", account_label="Acme")
    assert ctx.calls == []


async def test_the_account_endpoint_is_called_as_described() -> None:
    query = {"query": "{ viewer { id } }"}
    lookup = account_lookup(
        url="https://api.example.com/graphql", method="POST", json=query, id="id", label="name"
    )
    ctx = Context(token_response={"id": "wrong"}, answer=Answer(200, {"id": 7, "name": "Ana"}))
    assert await lookup(ctx) == AccountInfo(external_account_id="7", account_label="Ana")
    assert ctx.calls == [("POST", "https://api.example.com/graphql", query)]


@pytest.mark.parametrize("status", [201, 204, 302, 400, 401, 403, 404, 500])
async def test_any_status_but_200_is_unreadable(status: int) -> None:
    lookup = account_lookup(url="https://api.example.com/me", id="id", label="name")
    with pytest.raises(AccountUnreadable, match=f"the account endpoint answered {status}"):
        await lookup(Context(answer=Answer(status, {"id": "1", "name": "Ana"})))


async def test_the_first_path_that_yields_text_is_taken() -> None:
    lookup = account_lookup(id=("${a}:${b.c}", "a"), label=("name", "email", "a"))
    both = Context(token_response={"a": "1", "b": {"c": 2}, "name": None, "email": " e "})
    assert await lookup(both) == AccountInfo(external_account_id="1:2", account_label="e")
    one = Context(token_response={"a": "1", "b": {"c": ""}, "name": "  "})
    assert await lookup(one) == AccountInfo(external_account_id="1", account_label="1")


async def test_the_introspection_is_read_and_nothing_else() -> None:
    """RFC 7662 2.2: neither the token answer nor the API is asked."""
    lookup = account_lookup(
        id="sub",
        label="username",
        introspect=True,
        metadata={"hub": "hub_id", "none": "none"},
        url="https://api.example.com/me",
    )
    ctx = Context(
        token_response={"sub": "wrong"},
        answer=Answer(200, {"sub": "wrong"}),
        introspection={"active": True, "sub": "7", "username": "ana", "hub_id": 42},
    )
    assert await lookup(ctx) == AccountInfo(
        external_account_id="7", account_label="ana", metadata={"hub": 42}
    )
    assert ctx.calls == [("INTROSPECT", "", None)]


async def test_an_introspection_that_names_nobody_is_unreadable() -> None:
    """RFC 7662 2.2: a token that is not active has no other member."""
    lookup = account_lookup(id="sub", label="sub", introspect=True)
    with pytest.raises(AccountUnreadable, match="the answer has no sub"):
        await lookup(Context(introspection={"active": False}, token_response={"sub": "1"}))


async def test_typed_values_may_be_part_of_id_and_label() -> None:
    lookup = account_lookup(
        id="${account_id}:${connection_config.site}",
        label=("${connection_config.site} (${email})", "${connection_config.site}"),
    )
    ctx = Context(
        token_response={"account_id": 5, "email": "a@b"}, connection_config={"site": "acme"}
    )
    assert await lookup(ctx) == AccountInfo(
        external_account_id="5:acme", account_label="acme (a@b)"
    )
    shy = Context(token_response={"account_id": 5}, connection_config={"site": "acme"})
    assert (await lookup(shy)).account_label == "acme"


@pytest.mark.requirement("C6")
async def test_untyped_values_are_no_part_of_an_id() -> None:
    """``5:`` would be the same account for every site."""
    lookup = account_lookup(id="${account_id}:${connection_config.site}", label="account_id")
    for typed in ({}, {"site": ""}, {"other": "acme"}):
        with pytest.raises(AccountUnreadable):
            await lookup(Context(token_response={"account_id": 5}, connection_config=typed))


@pytest.mark.requirement("C6")
async def test_a_provider_cannot_say_what_the_person_typed() -> None:
    """``connection_config`` in an answer is not the person's."""
    lookup = account_lookup(id="${id}:${connection_config.site}", label="id")
    answer = {"id": "1", "connection_config": {"site": "globex"}}
    ctx = Context(token_response=answer, connection_config={"site": "acme"})
    assert (await lookup(ctx)).external_account_id == "1:acme"
    with pytest.raises(AccountUnreadable):
        await lookup(Context(token_response=answer))


@pytest.mark.requirement("C6")
async def test_values_that_look_like_templates_are_not_filled_in_again() -> None:
    """A provider cannot make one account look like another through its own placeholders."""
    lookup = account_lookup(id="${a}:${b}", label="a")
    info = await lookup(Context(token_response={"a": "${b}", "b": r"\1"}))
    assert info.external_account_id == "${b}:\\1"


async def test_without_a_label_the_id_is_shown() -> None:
    info = await account_lookup(id="id", label="name")(Context(token_response={"id": "1"}))
    assert info.account_label == "1"


@pytest.mark.requirement("C6")
@pytest.mark.parametrize("value", [None, "", "   ", True, False, 1.5, [], ["1"], {}, {"id": "1"}])
async def test_an_id_that_is_no_text_and_no_integer_is_unreadable(value: Any) -> None:
    """A float loses digits, a boolean is no identity, a blank one would be everybody's."""
    with pytest.raises(AccountUnreadable, match="the answer has no id"):
        await account_lookup(id="id", label="id")(Context(token_response={"id": value}))


async def test_a_missing_id_names_every_path_that_was_tried() -> None:
    with pytest.raises(AccountUnreadable, match=r"the answer has no sub or user\.id"):
        await account_lookup(id=("sub", "user.id"), label="name")(Context())


async def test_metadata_keeps_what_is_there_under_our_names() -> None:
    lookup = account_lookup(
        id="id", label="id", metadata={"team": "team.id", "plan": "plan", "none": "none"}
    )
    body = {"id": "1", "team": {"id": "T1"}, "plan": {"seats": [1, 2]}, "none": None}
    info = await lookup(Context(token_response=body))
    assert info.metadata == {"team": "T1", "plan": {"seats": [1, 2]}}


@pytest.mark.requirement("C3", "C6")
@given(source=NAMED)
async def test_any_json_is_an_account_or_unreadable(source: Any) -> None:
    """No answer of a provider leads anywhere else."""
    lookup = account_lookup(
        url="https://api.example.com/me",
        id=("${id}:${user.id}", "user.id", "id"),
        label=("name", "user.name"),
        metadata={"name": "name", "user": "user"},
    )
    try:
        info = await lookup(Context(answer=Answer(200, source)))
    except AccountUnreadable:
        assert not isinstance(source, dict) or "id" not in source or not _is_text(source["id"])
        return
    assert info.external_account_id == info.external_account_id.strip() != ""
    assert isinstance(info.account_label, str)
    assert info.account_label
    assert None not in info.metadata.values()


def _is_text(value: Any) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, str) and bool(value.strip())
    )


@given(source=JSON, path=st.text())
def test_a_dot_path_leads_somewhere_or_nowhere_and_never_fails(source: Any, path: str) -> None:
    dig(source, path)


def test_a_path_goes_through_objects_and_selects_items_of_lists() -> None:
    source = {"a": {"b": [{"c": 1}, {"c": 2, "d.e": True}]}}
    assert dig(source, "a.b[0].c") == dig([source], "[0].a.b[c=1].c") == 1
    assert dig(source, "a.b[d.e=true].c") == 2
    for path in ("a.b[2].c", "a.b[c=3]", "a[0]", "a[b=1]", "a.b.c", "a.b[0][0]", "a.b[d.e=True]"):
        assert dig(source, path) is None, path


def test_a_dot_path_goes_through_objects_only() -> None:
    source = {"a": {"b": [{"c": 1}]}}
    assert dig(source, "a.b") == [{"c": 1}]
    assert dig(source, "a.b.0") is None
    assert dig(source, "a.x.y") is None
