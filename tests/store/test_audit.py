"""The audit's rows: append-only, found by their tenant only, newest first."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from gateway.store.audit import Action, Actor, ActorKind, AuditStore, Line, Wanted, cursor
from gateway.store.mongo import Database
from tests.support.linking import NOW

ROOT = Path(__file__).parents[2]
KEY = Actor(ActorKind.KEY, key="k1", label="reports")


@pytest.fixture
def store(database: Database) -> AuditStore:
    return AuditStore(database)


def line(minutes: int = 0, **facts: Any) -> Line:
    """A hand-out of alice's connection, some minutes after ``NOW``."""
    given: dict[str, Any] = {
        "time": NOW + timedelta(minutes=minutes),
        "tenant": "default",
        "actor": KEY,
        "action": Action.TOKEN_ISSUED,
        "outcome": "ok",
        "request": "req_12345678",
        "user": "alice",
        "connector": "google",
        "connection": "con_1",
    }
    return Line(**given | facts)


async def add(store: AuditStore, *lines: Line) -> None:
    await store.add([store.document(one) for one in lines])


async def found(store: AuditStore, tenant: str = "default", **wanted: Any) -> list[Line]:
    return await store.find(tenant, Wanted(**wanted), limit=100)


async def test_a_line_reads_back_as_it_was_added(store: AuditStore) -> None:
    lines = [
        line(),
        line(
            1,
            action=Action.KEY_CREATED,
            subject="k2",
            user=None,
            connector=None,
            connection=None,
            actor=Actor(ActorKind.COMMAND),
            request=None,
        ),
        line(2, action=Action.LOGOUT, actor=Actor(ActorKind.SESSION, user="alice")),
    ]
    await add(store, *lines)
    back = await found(store)
    assert [one._replace(id="") for one in back] == lines[::-1]
    assert all(one.id.startswith("aud_") for one in back)
    assert len({one.id for one in back}) == 3


async def test_a_line_that_is_added_again_is_there_once(store: AuditStore) -> None:
    """A write whose answer was lost is repeated, with lines that are new."""
    first, second, third = (store.document(line(minutes)) for minutes in range(3))
    await store.add([first, second])
    await store.add([second, third])
    await store.add([first])
    assert len(await found(store)) == 3


@pytest.mark.parametrize(
    ("wanted", "minutes"),
    [
        ({}, [7, 6, 5, 4, 3, 2, 1, 0]),
        ({"user": "bob"}, [1]),
        ({"connector": "notion"}, [2]),
        ({"connection": "con_9"}, [3]),
        ({"action": Action.TOKEN_ISSUED}, [7, 6, 3, 2, 1, 0]),
        ({"action": Action.TOKEN_REFUSED}, [4]),
        ({"action": Action.CONNECTION_CREATED}, [5]),
        ({"since": NOW + timedelta(minutes=6)}, [7, 6]),
        ({"until": NOW + timedelta(minutes=2)}, [1, 0]),
        ({"since": NOW + timedelta(minutes=1), "until": NOW + timedelta(minutes=3)}, [2, 1]),
        ({"user": "alice", "connection": "con_9", "action": Action.TOKEN_ISSUED}, [3]),
        ({"user": "bob", "connection": "con_9"}, []),
    ],
)
async def test_all_conditions_must_agree(
    store: AuditStore, wanted: dict[str, Any], minutes: list[int]
) -> None:
    await add(
        store,
        line(0),
        line(1, user="bob"),
        line(2, connector="notion"),
        line(3, connection="con_9"),
        line(4, action=Action.TOKEN_REFUSED),
        line(5, action=Action.CONNECTION_CREATED),
        line(6),
        line(7),
    )
    back = await found(store, **wanted)
    assert [(one.time - NOW) // timedelta(minutes=1) for one in back] == minutes


@pytest.mark.requirement("F2")
async def test_a_tenant_never_finds_another_ones_lines(store: AuditStore) -> None:
    await add(store, line(), line(tenant="acme"), line(tenant="acme", user="bob"))
    assert {one.tenant for one in await found(store)} == {"default"}
    assert len(await found(store, "acme")) == 2
    assert await found(store, "nobody") == []
    assert await store.users_of("nobody", "con_1", NOW) == []
    (foreign,) = await found(store, "acme", user="bob")
    assert await store.find("default", Wanted(), limit=9, before=cursor(foreign)) != [foreign]


async def test_pages_hold_every_line_once_while_lines_are_added(store: AuditStore) -> None:
    """Lines of the same millisecond are in order, too."""
    await add(store, *(line(number // 5) for number in range(23)))
    every = [one.id for one in await found(store)]
    pages: list[str] = []
    before: str | None = None
    while page := await store.find("default", Wanted(), limit=4, before=before):
        pages += [one.id for one in page]
        before = cursor(page[-1])
        await add(store, line(1000))
    assert pages == every
    assert len(set(pages)) == 23


async def test_a_page_keeps_to_the_times_that_were_asked_for(store: AuditStore) -> None:
    await add(store, *(line(number) for number in range(6)))
    wanted = Wanted(since=NOW + timedelta(minutes=1), until=NOW + timedelta(minutes=5))
    first = await store.find("default", wanted, limit=2)
    rest = await store.find("default", wanted, limit=9, before=cursor(first[-1]))
    minutes = [(one.time - NOW) // timedelta(minutes=1) for one in [*first, *rest]]
    assert minutes == [4, 3, 2, 1]


@pytest.mark.parametrize("wrong", ["", "1", "1-xyz", "-" + "0" * 24, "1-" + "0" * 24 + "\n"])
async def test_invalid_cursor_is_refused(store: AuditStore, wrong: str) -> None:
    with pytest.raises(ValueError, match="cursor"):
        await store.find("default", Wanted(), limit=1, before=wrong)


async def test_the_users_of_a_connection_are_named_once_latest_first(store: AuditStore) -> None:
    other = Actor(ActorKind.KEY, key="k0", label="mail")
    gone = Actor(ActorKind.KEY, key="k9", label="gone")
    await add(
        store,
        *(line(minutes) for minutes in range(50)),
        line(10, actor=other),
        line(-60, actor=gone),
        line(99, connection="con_2"),
        line(98, action=Action.TOKEN_REFUSED, actor=gone),
    )
    uses = await store.users_of("default", "con_1", NOW)
    assert [(use.key, use.label) for use in uses] == [("k1", "reports"), ("k0", "mail")]
    assert uses[0].last_at == NOW + timedelta(minutes=49)
    assert uses[1].last_at == NOW + timedelta(minutes=10)


async def test_of_many_users_the_latest_are_named(store: AuditStore) -> None:
    keys = [Actor(ActorKind.KEY, key=f"k{number * 7 % 25:02}") for number in range(25)]
    await add(store, *(line(minutes, actor=key) for minutes, key in enumerate(keys)))
    uses = await store.users_of("default", "con_1", NOW)
    assert [use.key for use in uses] == [key.key for key in keys[:-11:-1]]


async def test_a_line_ends_when_its_time_is_over_or_never(database: Database) -> None:
    kept = AuditStore(database, timedelta(days=30)).document(line())
    assert kept["expires_at"] == NOW + timedelta(days=30)
    assert "expires_at" not in AuditStore(database).document(line())


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        ({}, "newest"),
        ({"user": "alice"}, "user"),
        ({"connection": "con_1"}, "connection"),
        ({"action": Action.KEY_CREATED}, "rare"),
    ],
)
async def test_every_question_has_its_index(
    database: Database, mongodb_url: str, database_name: str, wanted: dict[str, Any], index: str
) -> None:
    """Among many hand-outs, what happened once is not looked for by reading them all."""
    store = AuditStore(database)
    await add(
        store,
        *(line(number, user=f"u{number}", connection=f"con_{number}") for number in range(300)),
    )
    await add(store, line(action=Action.KEY_CREATED))
    query = {"tenant": "default"} | Wanted(**wanted).query()
    with MongoClient[dict[str, Any]](mongodb_url) as client:
        rows = client[database_name]["audit"]
        plan = rows.find(query).sort([("time", -1), ("_id", -1)]).limit(50).explain()
    assert f"'indexName': '{index}'" in str(plan["queryPlanner"]["winningPlan"])
    assert "SORT'" not in str(plan["queryPlanner"]["winningPlan"])


def test_the_code_has_no_way_to_change_or_remove_a_line() -> None:
    """Append-only: one module names the collection, and it only adds and finds."""
    used: set[str] = set()
    naming = []
    for path in [*(ROOT / "gateway").rglob("*.py"), *(ROOT / "scripts").rglob("*.py")]:
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                constants = [a.value for a in node.args if isinstance(a, ast.Constant)]
                if node.func.attr in {"collection", "get_collection"} and "audit" in constants:
                    naming.append(path.relative_to(ROOT).as_posix())
                owner = node.func.value
                rows = isinstance(owner, ast.Attribute) and owner.attr == "_rows"
                if path.match("store/audit.py") and rows:
                    used.add(node.func.attr)
    assert naming == ["gateway/store/audit.py"]
    assert used == {"insert_missing", "find"}
