"""The authorization response, read from the raw query."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.context import CallbackContext
from connectors.errors import CallbackRefused
from connectors.secret import Secret
from gateway.engine.callback import MAX_PARAMETERS, check_issuer, read_callback, verify_callback
from gateway.errors import CallbackInvalid
from tests.support.configs import TENANT, make_config


def test_a_code_with_its_state_is_read() -> None:
    response = read_callback(b"code=4%2F0A-c%C3%B6de&state=s-1&scope=read+write")
    assert response.state == "s-1"
    assert response.code == Secret("4/0A-cöde")
    assert response.error is None
    assert response.params == {"code": "4/0A-cöde", "state": "s-1", "scope": "read write"}


@pytest.mark.requirement("A9")
def test_an_error_with_its_state_is_read() -> None:
    """The provider's description is kept for no page."""
    response = read_callback(b"error=access_denied&error_description=%3Cscript%3E&state=s-1")
    assert (response.code, response.error) == (None, "access_denied")


@pytest.mark.requirement("A9")
@pytest.mark.parametrize(
    "error", ["", "<script>alert(1)</script>", "access denied", "é", "x" * 65, "a\nb", "a/b"]
)
def test_an_error_that_is_no_plain_word_is_not_repeated(error: str) -> None:
    """It ends in a page and in a log line."""
    query = urlencode({"error": error, "state": "s"}).encode()
    assert read_callback(query).error == "unreadable"


@pytest.mark.requirement("A10")
@pytest.mark.parametrize(
    ("query", "problem"),
    [
        (b"", "no state"),
        (b"code=c", "no state"),
        (b"code=c&state=", "no state"),
        (b"code=c&state", "no state"),
        (b"error=x", "no state"),
        (b"state=s", "either a code or an error"),
        (b"code=c&error=x&state=s", "either a code or an error"),
        (b"code=&error=x&state=s", "either a code or an error"),
        (b"code=c&error=&state=s", "either a code or an error"),
        (b"code=&state=s", "an empty code"),
        (b"code&state=s", "an empty code"),
        (b"code=c&state=s&state=s", "repeats a parameter"),
        (b"code=c&state=s&state=t", "repeats a parameter"),
        (b"code=c&code=c&state=s", "repeats a parameter"),
        (b"code=c&c%6Fde=d&state=s", "repeats a parameter"),
        (b"code=c&state=s&%73tate=t", "repeats a parameter"),
        (b"error=x&error=y&state=s", "repeats a parameter"),
        (b"code=c&state=s&iss=a&iss=b", "repeats a parameter"),
        (b"code=c&state=s&shop=a&shop=b", "repeats a parameter"),
        (b"code=c&state=s&ids%5B%5D=1&ids%5B%5D=2", "repeats a parameter"),
        (b"code=c&state=s&x=1&x=1", "repeats a parameter"),
        (b"code=c&state=s&&=&=", "repeats a parameter"),
        (b"code=c&state=s&x=%ff", "cannot be read"),
        (b"code=%C3%28&state=s", "cannot be read"),
        (b"code=%ED%A0%80&state=s", "cannot be read"),
        ("code=ä&state=s".encode(), "cannot be read"),
        (b"code=c&state=s\xff", "cannot be read"),
        (b"code=c&state=s&" + b"&".join(b"p%d=1" % n for n in range(MAX_PARAMETERS)), "be read"),
    ],
    ids=lambda value: value[:40].decode("latin-1") if isinstance(value, bytes) else value,
)
def test_anything_ambiguous_is_refused(query: bytes, problem: str) -> None:
    """Two readers of one query must not see two different answers."""
    with pytest.raises(CallbackInvalid, match=problem):
        read_callback(query)


@pytest.mark.requirement("B6")
@pytest.mark.parametrize("token", ["access_token", "id_token", "refresh_token"])
@pytest.mark.parametrize("value", ["canary", ""])
def test_a_token_in_the_address_is_refused(token: str, value: str) -> None:
    """Codes only; and the error does not repeat the token."""
    with pytest.raises(CallbackInvalid, match="contains a token") as caught:
        read_callback(f"code=c&state=s&{token}={value}".encode())
    assert "canary" not in str(caught.value)


def test_as_many_parameters_as_a_provider_may_send_are_read() -> None:
    names = [f"p{number}" for number in range(MAX_PARAMETERS - 2)]
    query = urlencode({"code": "c", "state": "s"} | dict.fromkeys(names, "1")).encode()
    assert len(read_callback(query).params) == MAX_PARAMETERS


@pytest.mark.requirement("A10")
def test_a_semicolon_does_not_separate_parameters() -> None:
    """A proxy in front might think otherwise."""
    assert read_callback(b"code=c&state=s;state=t").state == "s;state=t"


@pytest.mark.requirement("J1")
def test_a_response_shows_no_code_and_no_state() -> None:
    shown = repr(read_callback(b"code=canary-code&state=canary-state&x=canary-x"))
    assert "canary" not in shown


def test_parameters_are_read_only() -> None:
    params = read_callback(b"code=c&state=s").params
    assert isinstance(params, Mapping)
    with pytest.raises(TypeError, match="does not support item assignment"):
        params["state"] = "t"  # type: ignore[index]


QUERY = st.lists(
    st.sampled_from(
        [
            b"code",
            b"state",
            b"error",
            b"c%6fde",
            b"access_token",
            b"=",
            b"&",
            b";",
            b"%",
            b"%00",
            b"%f",
            b"%FF",
            b"+",
            b"#",
            b"?",
            b"[]",
            b"\x00",
            b"\xff",
            b"x",
        ]
    )
    | st.binary(max_size=4),
    max_size=24,
).map(b"".join)


@pytest.mark.requirement("A10", "C3")
@given(query=st.binary() | QUERY)
def test_no_query_raises_anything_but_callback_invalid(query: bytes) -> None:
    """And what passes has exactly one of code and error, and a state."""
    try:
        response = read_callback(query)
    except CallbackInvalid:
        return
    assert response.state
    assert (response.code is None) is not (response.error is None)
    assert response.params["state"] == response.state
    assert response.code is None or response.code.reveal() == response.params["code"] != ""


def _context() -> CallbackContext:
    return CallbackContext(
        params={"code": "c", "state": "s"},
        client_secret=Secret("x"),
        connection_config={},
        now=datetime(2026, 11, 21, tzinfo=UTC),
    )


def test_a_connector_without_a_check_of_its_own_has_nothing_to_say() -> None:
    assert verify_callback(make_config(), _context()) is None


def test_a_connectors_check_accepts_or_says_why_not() -> None:
    seen: list[CallbackContext] = []

    def check(context: CallbackContext) -> None:
        seen.append(context)
        if len(seen) > 1:
            raise CallbackRefused("not signed")

    config = make_config(callback_verifier=check)
    context = _context()
    assert verify_callback(config, context) is None
    assert verify_callback(config, context) == "not signed"
    assert seen == [context, context]


ISSUER = "https://accounts.example.com"
OTHER_ISSUERS = [
    "https://accounts.example.com/",
    "https://ACCOUNTS.example.com",
    "http://accounts.example.com",
    "https://accounts.example.com:443",
    "accounts.example.com",
    " https://accounts.example.com",
    "",
]


def issuer_problem(iss: str | None, *, required: bool, kind: str = "code") -> str | None:
    """The issuer check of a callback with this ``iss``."""
    params = {kind: "x", "state": "s"} | ({} if iss is None else {"iss": iss})
    config = make_config(issuer=ISSUER, issuer_required=required)
    return check_issuer(config, read_callback(urlencode(params).encode()), {})


@pytest.mark.requirement("B4")
@pytest.mark.parametrize("kind", ["code", "error"])
@pytest.mark.parametrize("required", [True, False])
def test_the_issuer_is_compared_letter_by_letter(required: bool, kind: str) -> None:
    """Of codes and of errors; nothing is normalised (RFC 9207 2.4)."""
    assert issuer_problem(ISSUER, required=required, kind=kind) is None
    for other in OTHER_ISSUERS:
        problem = issuer_problem(other, required=required, kind=kind)
        assert problem == "it comes from another issuer", other


@pytest.mark.requirement("B4")
def test_a_missing_issuer_is_refused_where_it_was_promised() -> None:
    assert issuer_problem(None, required=True) == "it does not name its issuer"
    assert issuer_problem(None, required=False) is None


@pytest.mark.requirement("B4")
def test_an_issuer_of_a_connector_that_names_none_is_not_compared() -> None:
    """A provider that begins to send one must not stop people from connecting."""
    response = read_callback(b"code=c&state=s&iss=https%3A%2F%2Fanywhere.example")
    assert check_issuer(make_config(), response, {}) is None


@pytest.mark.requirement("B4")
@pytest.mark.parametrize("template", ["https://{}.example.com", "https://id.example.com/{}/v2"])
def test_an_issuer_for_each_customer_is_that_of_the_flow(template: str) -> None:
    """Okta, Auth0 and Entra name an issuer for each tenant."""
    issuer = template.format("${connection_config.company}")
    config = make_config(issuer=issuer, connection_config={"company": TENANT})
    for company, problem in (("acme", None), ("globex", "it comes from another issuer")):
        query = urlencode({"code": "c", "state": "s", "iss": template.format("acme")})
        found = check_issuer(config, read_callback(query.encode()), {"company": company})
        assert found == problem


@pytest.mark.requirement("A10", "B4")
def test_an_issuer_that_comes_twice_is_refused() -> None:
    """Also where both are right."""
    with pytest.raises(CallbackInvalid):
        read_callback(urlencode([("code", "c"), ("state", "s"), *[("iss", ISSUER)] * 2]).encode())
