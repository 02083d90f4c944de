"""The API of a simulated provider beyond sign-in: strict calls, scopes, data that writes change."""

from __future__ import annotations

import json
from typing import Any

import pytest

from connectors.errors import ConfigError
from connectors.provider import FictionalAccount, Refusal
from connectors.provider_keys import KeyRules, Place
from connectors.shapes import Shape, read, shape_problems, wrong
from connectors.simulated_api import ELSEWHERE, Answer, Problem, Request, SimulatedApi, page_of
from gateway.sandbox.functions import FunctionFailed
from gateway.sandbox.keys import KeySimulation
from gateway.sandbox.ledger import Ledger
from gateway.sandbox.provider import ProviderSimulation, hosts_of
from gateway.sandbox.wire import Outcome
from tests.support.simulation import REDIRECT_URI, TOY, Toy, body_of


def _seed(account: FictionalAccount) -> dict[str, Any]:
    return {"tasks": {str(n): {"id": str(n), "of": account.key} for n in range(1, 6)}}


def _refuse(problem: Problem) -> Refusal:
    return Refusal(problem.status, {"kind": problem.kind, "text": problem.message})


def tasks_api() -> SimulatedApi:
    api = SimulatedApi("toy", base="toy.example/v1", state=_seed, refuse=_refuse)

    @api.route("GET /tasks", any_of="read write", query={"limit?": int, "after?": str})
    def list_tasks(call: Request) -> Any:
        found, more = page_of(
            [*call.state["tasks"].values()], call.query.get("after"), call.query.get("limit", 2)
        )
        return {"items": found, "next": more}

    @api.route("GET /tasks/{id}", any_of="read write")
    def get_task(call: Request) -> Any:
        return call.found(call.state["tasks"], call.path["id"], "task")

    @api.route("POST /tasks", scopes="write", body={"title": str}, effect="task_created")
    def create_task(call: Request) -> Any:
        task = {"id": call.new_id(), **call.body}
        call.state["tasks"][task["id"]] = task
        return Answer(201, task, {"location": f"/v1/tasks/{task['id']}"})

    @api.route("DELETE /tasks/{id}", scopes="write", effect="task_deleted")
    def delete_task(call: Request) -> Any:
        call.found(call.state["tasks"], call.path["id"], "task")
        del call.state["tasks"][call.path["id"]]
        return Answer(204)

    @api.route("PATCH /tasks", scopes="write", body={"do": {"nothing", "sort"}})
    def change_tasks(call: Request) -> Any:
        return Answer(body={}, effect="tasks_sorted" if call.body["do"] == "sort" else "")

    @api.route("POST /tasks/{id}:close", scopes="write", body={"*": object}, body_format="form")
    def close_task(call: Request) -> Any:
        return {"closed": call.path["id"], **call.body}

    @api.route("GET /text/{path*}")
    def text(call: Request) -> Any:
        return Answer(content=call.path["path"].encode(), media_type="text/plain")

    @api.route("GET /broken")
    def broken(call: Request) -> Any:
        return call.state["nothing"]

    @api.route("GET toy.example/api/me")
    def me(call: Request) -> Any:
        return ELSEWHERE

    return api


class Tasks(Toy):
    """The toy provider with tasks, and a token with the scopes."""

    def __init__(self, scopes: str = "read write") -> None:
        super().__init__()
        self.simulation = ProviderSimulation(TOY, self.ledger, REDIRECT_URI, tasks_api())
        self.token = self.connect(scope=scopes)["access_token"]

    def ask_api(self, method: str, path: str, body: Any = None, query: str = "") -> Outcome:
        more: dict[str, Any] = {"query": query}
        if body is not None:
            more |= {"body": json.dumps(body).encode()}
            more |= {"headers": {"content-type": "application/json"}}
        assert self.simulation.endpoint(self.request(method, path)) == "api"
        return self.api(self.token, method, path, **more)


def test_an_operation_reads_and_changes_the_data_of_its_account() -> None:
    toy = Tasks()
    made = toy.ask_api("POST", "v1/tasks", {"title": "Pay"})
    assert (made.status, made.body) == (201, {"id": "1001", "title": "Pay"})
    assert body_of(toy.ask_api("GET", "v1/tasks/1001")) == made.body
    gone = toy.ask_api("DELETE", "v1/tasks/1001")
    assert (gone.status, gone.content) == (204, b"")
    assert toy.ask_api("GET", "v1/tasks/1001").status == 404
    effects = [line.get("effect") for line in toy.ledger.log]
    assert [effect for effect in effects if effect] == ["task_created", "task_deleted"]


def test_a_call_of_a_route_that_does_several_things_says_what_it_did() -> None:
    toy = Tasks()
    for what in ("nothing", "sort"):
        toy.ask_api("PATCH", "v1/tasks", {"do": what})
    effects = [line.get("effect") for line in toy.ledger.log if line["endpoint"] == "api"]
    assert effects == [None, "tasks_sorted"]


def test_a_reset_gives_the_account_its_first_data_back() -> None:
    toy = Tasks()
    toy.ask_api("DELETE", "v1/tasks/1")
    toy.ledger.reset("other")
    assert toy.ask_api("GET", "v1/tasks/1").status == 404
    toy.ledger.reset("toy")
    assert toy.ask_api("GET", "v1/tasks/1").status == 200


def test_two_accounts_hold_their_own_data() -> None:
    toy = Tasks()
    toy.ask_api("DELETE", "v1/tasks/1")
    toy.token = toy.connect("ben", scope="read write")["access_token"]
    assert body_of(toy.ask_api("GET", "v1/tasks/1"))["of"] == "ben"


@pytest.mark.parametrize(
    ("method", "path", "body", "query", "text"),
    [
        ("GET", "v1/tasks", None, "limit=two", "limit must be int"),
        ("GET", "v1/tasks", None, "colour=red", "unknown parameter colour"),
        ("GET", "v1/tasks", None, "limit=1&limit=2", "limit came twice"),
        ("GET", "v1/tasks", None, "after=x", "the cursor is not valid"),
        ("POST", "v1/tasks", {"title": 1}, "", "title must be str"),
        ("POST", "v1/tasks", {}, "", "missing member title"),
        ("POST", "v1/tasks", {"title": "a", "x": 1}, "", "unknown member x"),
        ("POST", "v1/tasks", None, "", "the body must be application/json"),
        ("DELETE", "v1/tasks/1", {"x": 1}, "", "this call has no body"),
    ],
)
def test_what_no_route_names_is_refused(
    method: str, path: str, body: Any, query: str, text: str
) -> None:
    outcome = Tasks().ask_api(method, path, body, query)
    assert (outcome.status, outcome.refused) == (400, True)
    assert isinstance(outcome.body, dict)
    assert outcome.body["text"] == text


def test_a_call_without_the_scopes_of_its_route_is_refused() -> None:
    reads, writes = Tasks("read"), Tasks("write")
    assert reads.ask_api("POST", "v1/tasks", {"title": "Pay"}).status == 403
    assert writes.ask_api("POST", "v1/tasks", {"title": "Pay"}).status == 201
    for toy in (reads, writes):
        assert toy.ask_api("GET", "v1/tasks/1").status == 200
    outcome = reads.ask_api("DELETE", "v1/tasks/1")
    assert outcome.body == {"kind": "scope", "text": "the call needs write"}


def test_a_wrong_token_is_refused_as_everywhere() -> None:
    toy = Tasks()
    assert toy.api("nothing", "GET", "v1/tasks").status == 401
    assert toy.api("nothing", "PUT", "v1/tasks").status == 401
    assert toy.ask_api("PUT", "v1/tasks").status == 404


def test_the_closest_route_answers_and_parameters_are_decoded() -> None:
    toy = Tasks()
    answer = toy.ask_api("POST", "v1/tasks/a%20b:close")
    assert body_of(answer) == {"closed": "a b"}
    incoming = toy.request("GET", "v1/text/a/b%2Fc", headers={"authorization": "Bearer x"})
    assert toy.simulation.endpoint(incoming) == "api"
    assert toy.ask_api("GET", "v1/text/a/b%2Fc").content == b"a/b/c"


def test_an_answer_may_be_left_to_the_providers_own_file() -> None:
    assert body_of(Tasks().ask_api("GET", "api/me"))["account"] == "ana"


def test_an_address_of_the_providers_own_file_is_no_parameter() -> None:
    toy = Tasks()
    api = tasks_api()
    api.route("GET toy.example/{base}/{table}", scopes="never")(lambda call: {})
    toy.simulation = ProviderSimulation(TOY, toy.ledger, REDIRECT_URI, api)
    assert body_of(toy.ask_api("GET", "api/me"))["account"] == "ana"
    assert toy.ask_api("GET", "api/you").status == 403


def test_a_method_that_the_providers_own_file_alone_has_is_for_it() -> None:
    toy = Tasks()
    api = SimulatedApi("toy", base="toy.example/api", refuse=_refuse)
    api.route("DELETE /me", scopes="never")(lambda call: {})
    toy.simulation = ProviderSimulation(TOY, toy.ledger, REDIRECT_URI, api)
    assert body_of(toy.ask_api("GET", "api/me"))["account"] == "ana"
    assert toy.ask_api("DELETE", "api/me").status == 403
    assert toy.ask_api("PUT", "api/me").status == 404


def test_a_mistake_of_the_file_is_told_with_its_place() -> None:
    with pytest.raises(FunctionFailed, match=r"GET toy.example/v1/broken of sandbox/api/toy.py"):
        Tasks().ask_api("GET", "v1/broken")


def test_pages_end_and_hold_each_item_once() -> None:
    toy, seen, query = Tasks(), [], "limit=2"
    for _ in range(3):
        page = body_of(toy.ask_api("GET", "v1/tasks", query=query))
        seen += [task["id"] for task in page["items"]]
        query = f"limit=2&after={page['next']}"
    assert (seen, page["next"]) == (["1", "2", "3", "4", "5"], None)


def test_a_key_has_no_scopes_and_stands_beside_the_parameters() -> None:
    from connectors.key_provider import key_provider

    rules = key_provider(
        "toy",
        title="Toy",
        keys={"ana": {"key": "key-of-ana-0123"}, "ben": {"key": "key-of-ben-0123"}},
        refusal=Refusal(401, {"error": "wrong key"}),
        query={"api_key": "{key}"},
        api={"/me": lambda call: {}},
        api_base="toy.example/v1",
    )
    simulation = simulation_with(rules)
    request = Toy().request("GET", "v1/tasks", query="api_key=key-of-ben-0123&limit=1")
    assert simulation.endpoint(request) == "api"
    assert body_of(simulation.api(request))["items"] == [{"id": "1", "of": "ben"}]
    wrong_key = Toy().request("GET", "v1/tasks", query="api_key=key-of-nobody")
    assert simulation.api(wrong_key).body == {"error": "wrong key"}


def simulation_with(rules: Any) -> KeySimulation:
    from gateway.sandbox.provider import simulation_of

    found = simulation_of(rules, Ledger(), "", tasks_api())
    assert isinstance(found, KeySimulation)
    assert hosts_of(found) == {"toy.example"}
    return found


def test_a_key_beside_oauth_opens_the_same_operations() -> None:
    toy = Toy(
        keys=KeyRules(
            held={"ana": {"key": "key-of-ana-0123"}, "ben": {"key": "key-of-ben-0123"}},
            place=Place(headers={"authorization": "Bearer {key}"}),
        )
    )
    simulation = ProviderSimulation(toy.rules, toy.ledger, REDIRECT_URI, tasks_api())
    headers = {"authorization": "Bearer key-of-ben-0123"}
    answer = simulation.api(toy.request("DELETE", "v1/tasks/1", headers=headers))
    assert answer.status == 204


@pytest.mark.parametrize(
    ("place", "more", "problem"),
    [
        ("FETCH /x", {}, "'FETCH' is none of"),
        ("GET toy.example", {}, "is no host and path"),
        ("GET /x", {"body": {"a": str}}, "a GET request has no body"),
        ("GET /x", {"effect": "task_read"}, "a GET request has no effect"),
        ("POST /x", {"effect": "Created"}, "is not written like page_created"),
        ("POST /x", {"body": {"a": "text"}}, "'text' is no shape"),
        ("GET /tasks", {}, "it is there twice"),
    ],
)
def test_a_bad_route_is_refused_when_it_is_loaded(
    place: str, more: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ConfigError, match=problem):
        tasks_api().route(place, **more)(lambda call: {})


@pytest.mark.parametrize(
    ("shape", "value", "problem"),
    [
        ({"a": str}, {"a": "x"}, None),
        ({"a?": [int]}, {"a": [1, "2"]}, "a[1] must be int"),
        ({"a?": [int]}, {"a": 1}, "a must be a list"),
        ({"a": {"b": {"x", "y"}}}, {"a": {"b": "z"}}, "a.b must be one of x, y"),
        ({"a": (str, None)}, {"a": None}, None),
        ({"a": (str, None)}, {"a": 1}, "a must be str"),
        ({"*": float}, {"a": 1, "b": True}, "b must be float"),
        ({"a": bool}, {"a": 1}, "a must be bool"),
        ({"a": int}, {"a": True}, "a must be int"),
        ({"a": dict, "b": list, "c": object}, {"a": {}, "b": [], "c": 1}, None),
        ({"a": None}, {"a": 0}, "a must be null"),
        ({}, [], "the value must be an object"),
    ],
)
def test_a_shape_says_what_is_wrong(shape: Shape, value: Any, problem: str | None) -> None:
    assert [*shape_problems(shape)] == []
    assert wrong(shape, value) == problem


def test_parameters_are_read_by_their_shape() -> None:
    shape = {"on?": bool, "n?": (int, str), "tag[]?": [str], "meta[*]?": str, "must": str}
    given = [("on", "true"), ("n", "7"), ("tag[]", "a"), ("tag[]", "b"), ("meta[x]", "y")]
    assert read(shape, [*given, ("must", "")]) == {
        "on": True,
        "n": 7,
        "tag[]": ["a", "b"],
        "meta[x]": "y",
        "must": "",
    }
    assert read(shape, given) == "missing parameter must"
    assert read(shape, [("on", "maybe"), ("must", "")]) == "on must be bool"
