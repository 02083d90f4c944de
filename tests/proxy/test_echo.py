"""A secret never comes back, in any form that an encoder gives it; all else passes unchanged."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable, Sequence
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.proxy.coding import PackedEcho
from gateway.proxy.echo import SHORTEST, EchoFilter
from gateway.proxy.echo_forms import forms_of

TOKEN = "ntn_4817305x92QpL7cvB1nM6sW0dK8fG3hJ5rT2yU4iO6pA"
AWKWARD = 'p@ss/w+rd="quo\'ted" & <b>50% ü~'

ENCODERS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "quote": quote,
    "quote, nothing safe": lambda text: quote(text, safe=""),
    "quote_plus": quote_plus,
    "form": lambda text: urlencode({"k": text}),
    "quoted twice": lambda text: quote(quote(text, safe=""), safe=""),
    "quote_plus twice": lambda text: quote_plus(quote_plus(text)),
    "encodeURIComponent": lambda text: quote(text, safe="!*'()"),
    "lower-case percent": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "upper-case percent": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "json": json.dumps,
    "json, not ascii": lambda text: json.dumps(text, ensure_ascii=False),
    "json with slashes": lambda text: json.dumps(text).replace("/", "\\/"),
    "json in json": lambda text: json.dumps(json.dumps({"authorization": text})),
    "html": html.escape,
    "html, quotes open": lambda text: html.escape(text, quote=False),
    "html, ascii": lambda text: html.escape(text).encode("ascii", "xmlcharrefreplace").decode(),
    "html, decimal": lambda text: "".join(f"&#{byte};" for byte in text.encode()),
    "hex": lambda text: text.encode().hex(),
    "HEX": lambda text: text.encode().hex().upper(),
    "\\x": lambda text: "".join(f"\\x{byte:02x}" for byte in text.encode()),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64url": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "basic, as password": lambda text: base64.b64encode(f"user:{text}".encode()).decode(),
    "basic, as user": lambda text: base64.b64encode(f"{text}:".encode()).decode(),
    "base64, third place": lambda text: base64.b64encode(f"u:{text}and more".encode()).decode(),
}

secrets = st.one_of(
    st.text(min_size=SHORTEST, max_size=80, alphabet=st.characters(codec="utf-8")),
    st.text(min_size=SHORTEST, max_size=80, alphabet="ab"),
    st.text(min_size=SHORTEST, max_size=200, alphabet=st.characters(codec="ascii")),
)
sizes = st.lists(st.integers(1, 40), min_size=1)


def cut(data: bytes, pieces: Sequence[int]) -> list[bytes]:
    """Cut data into pieces of these sizes, over and over."""
    chunks: list[bytes] = []
    at = 0
    while at < len(data):
        size = pieces[len(chunks) % len(pieces)]
        chunks.append(data[at : at + size])
        at += size
    return chunks


def filtered(echo: EchoFilter | PackedEcho, chunks: Sequence[bytes]) -> bytes:
    return b"".join([*(echo.feed(chunk) for chunk in chunks), echo.end()])


def hidden_by_hand(secrets: Sequence[str], data: bytes) -> bytes:
    """What the filter should make of all of the data at once, worked out slowly."""
    shown = bytearray(data)
    for form in {form for secret in secrets for form in forms_of(secret)}:
        for at in range(len(data) - len(form) + 1):
            if data.startswith(form, at):
                shown[at : at + len(form)] = b"*" * len(form)
    return bytes(shown)


@pytest.mark.requirement("I3")
@pytest.mark.parametrize("name", ENCODERS)
@pytest.mark.parametrize("secret", [TOKEN, AWKWARD, "sk:a1b2c3d4", f"{TOKEN}:"])
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_an_encoded_secret_does_not_come_back(secret: str, name: str, size: int) -> None:
    encoded = ENCODERS[name](secret)
    echo = EchoFilter([secret])
    data = f'{{"seen": "{encoded}"}}\n'.encode()
    answer = filtered(echo, cut(data, [size]))
    shown = answer.decode()
    assert echo.hidden >= 1
    assert len(answer) == len(data)
    for each in ENCODERS.values():
        assert each(secret) not in shown
    left = shown.removeprefix('{"seen": "').removesuffix('"}\n')
    # Only what is not of the secret may be left: names, and the edges of base64.
    if name in ("raw", "quote_plus", "quoted twice", "hex", "HEX", "html", "base64"):
        assert left == "*" * len(left)


@given(
    drawn=st.data(),
    secret=secrets,
    before=st.binary(max_size=50),
    after=st.binary(max_size=50),
    sizes=sizes,
)
def test_no_form_survives_in_any_chunking(
    drawn: st.DataObject, secret: str, before: bytes, after: bytes, sizes: list[int]
) -> None:
    form = drawn.draw(st.sampled_from(sorted(forms_of(secret))))
    data = before + form + after
    echo = EchoFilter([secret])
    shown = filtered(echo, cut(data, sizes))
    assert shown == hidden_by_hand([secret], data)
    assert len(shown) == len(data)
    assert echo.hidden >= 1


def test_a_secret_that_repeats_itself_is_hidden_to_its_end() -> None:
    echo = EchoFilter(["abababab"])
    assert filtered(echo, cut(b"x" + b"ab" * 7 + b"x", [3])) == b"x" + b"*" * 14 + b"x"


@given(secret=secrets, encoder=st.sampled_from(sorted(ENCODERS)), sizes=sizes)
def test_no_secret_survives_its_encoding(secret: str, encoder: str, sizes: list[int]) -> None:
    encoded = ENCODERS[encoder](secret)
    shown = filtered(EchoFilter([secret]), cut(encoded.encode(), sizes)).decode()
    assert encoded not in shown
    assert secret not in shown


@given(
    secrets=st.lists(st.text(min_size=SHORTEST, max_size=12, alphabet="abc"), max_size=4),
    data=st.text(alphabet="abc", max_size=200),
    sizes=sizes,
)
def test_secrets_that_overlap_are_all_hidden(
    secrets: list[str], data: str, sizes: list[int]
) -> None:
    shown = filtered(EchoFilter(secrets), cut(data.encode(), sizes))
    assert shown == hidden_by_hand(secrets, data.encode())


@given(secrets=st.lists(secrets, max_size=3), data=st.binary(max_size=500), sizes=sizes)
def test_a_clean_answer_is_byte_for_byte_itself(
    secrets: list[str], data: bytes, sizes: list[int]
) -> None:
    if hidden_by_hand(secrets, data) == data:
        echo = EchoFilter(secrets)
        assert filtered(echo, cut(data, sizes)) == data
        assert echo.hidden == 0
        assert echo.header(data) == data


@given(data=st.binary(max_size=500), secret=secrets, sizes=sizes)
def test_an_answer_is_delayed_by_less_than_the_longest_form(
    data: bytes, secret: str, sizes: list[int]
) -> None:
    longest = max(map(len, forms_of(secret)))
    echo, came, passed = EchoFilter([secret]), 0, 0
    for chunk in cut(data + secret.encode() + data, sizes):
        came += len(chunk)
        passed += len(echo.feed(chunk))
        assert came - passed <= longest - 1
        assert echo.holds == (came > passed)


def test_an_event_is_not_held_back() -> None:
    """Server-sent events end with an empty line, which begins no secret."""
    echo = EchoFilter([TOKEN, AWKWARD])
    for event in (b'data: {"n": 1}\n\n', b"data: [DONE]\n\n"):
        assert echo.feed(event) is event


def test_the_start_of_a_secret_that_does_not_go_on_is_passed() -> None:
    echo = EchoFilter([TOKEN])
    start = TOKEN[:20].encode()
    assert echo.feed(b"x" + start) == b"x"
    assert echo.feed(b"!") == start + b"!"
    assert echo.feed(start) == b""
    assert echo.end() == start
    assert echo.end() == b""


def test_header_values_are_searched_as_a_whole() -> None:
    echo = EchoFilter([TOKEN])
    location = f"https://api.example.com/v1?key={quote(TOKEN)}&a=b".encode()
    hidden = b"*" * len(TOKEN)
    assert echo.header(location) == b"https://api.example.com/v1?key=" + hidden + b"&a=b"
    assert echo.header(b"nothing of it") == b"nothing of it"
    assert echo.hidden == 1


def test_each_echo_is_counted_once() -> None:
    echo = EchoFilter([TOKEN, f"Bearer {TOKEN}"])
    data = f"Bearer {TOKEN}, {TOKEN}".encode()
    filtered(echo, cut(data, [1]))
    assert echo.hidden == 2


def test_a_long_token_is_hidden_and_its_neighbours_are_not() -> None:
    """JWTs begin alike: another one stays as it is."""
    head = base64.urlsafe_b64encode(json.dumps({"alg": "RS256", "kid": "k1"}).encode()).decode()
    mine, other = f"{head}.{'a1B2' * 500}", f"{head}.{'c3D4' * 500}"
    data = f"{other} {mine} {other}".encode()
    shown = filtered(EchoFilter([mine]), cut(data, [333]))
    assert shown == f"{other} {'*' * len(mine)} {other}".encode()


@pytest.mark.parametrize("secrets", [[], [""], ["seven77"]])
def test_what_is_too_short_to_search_changes_nothing(secrets: list[str]) -> None:
    echo = EchoFilter(secrets)
    data = b"seven77 and more"
    assert filtered(echo, [data]) == data


def test_a_filter_does_not_show_its_secrets() -> None:
    echo = EchoFilter([TOKEN])
    echo.feed(TOKEN[:20].encode())
    assert TOKEN[:10] not in repr(echo)
