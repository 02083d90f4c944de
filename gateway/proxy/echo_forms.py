"""The forms in which a provider may echo a secret: each as the bytes that stand in its answer.

Frameworks disagree about which characters they encode, so one kind of encoding has several forms.
Most tokens have no character that needs an encoding: then these are one.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

_NOT_ENCODED = (
    "",  # RFC 3986, section 2.3
    "/",  # Python's own default
    "!*'()",  # encodeURIComponent of JavaScript
    "!*'();,/?:@&=+$#",  # encodeURI of JavaScript, paths
    "!*'();,/?:@&=+$[]",  # RFC 3986: every reserved character but "#"
    "!*();,/?:@&=+$[]{}|^`\\%'",  # the query of the WHATWG's URL standard
)
"""Characters that an encoder of URLs leaves alone, besides letters, digits and ``-._~``."""

_APOSTROPHES = ("&#x27;", "&#39;", "&#039;", "&apos;")
_MARKS = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_SLASHED = {"/": "&#x2F;"}
_OF_HTML = tuple(
    {ord(character): form for character, form in table.items()}
    for table in (
        _MARKS,
        *(
            _MARKS | {'"': "&quot;", "'": apostrophe} | more
            for apostrophe in _APOSTROPHES
            for more in ({}, _SLASHED, _SLASHED | {"`": "&#x60;", "=": "&#x3D;"})
        ),
        *(_MARKS | {'"': "&#34;", "'": "&#39;"} | more for more in ({}, {"+": "&#43;"})),
    )
)
"""What an encoder of HTML makes of characters."""
_OF_JSON = ("", "/", "<>&", "<>&'=", "<>&'\"", "<>&+'\"`")
"""Characters that an encoder of JSON escapes beyond those that it must. ``/`` becomes ``\\/``."""


_PLAIN = re.compile(r"[A-Za-z0-9._-]*")
"""Texts that are the same in URLs, JSON and HTML, unless an encoder spells every character."""


def forms_of(secret: str) -> frozenset[bytes]:
    """Return every form of ``secret``, itself included."""
    plain = secret.encode(errors="surrogatepass")
    texts = {secret, *_spelled(plain)}
    if not _PLAIN.fullmatch(secret):
        texts |= {*_in_urls(secret, plain), *_in_json(secret), *_in_html(secret)}
    return frozenset(
        {plain, *(text.encode(errors="surrogatepass") for text in texts), *_in_base64(plain)}
    )


def _in_urls(secret: str, plain: bytes) -> Iterator[str]:
    once = {quote(plain, safe=safe) for safe in _NOT_ENCODED}
    once |= {each.replace("%20", "+") for each in once}
    once |= {each.replace("~", "%7E") for each in once}
    for each in once:
        for text in (each, _lower_hex(each)):
            again = quote(text, safe="")
            yield from (text, text.replace("%", "%25"), again, _lower_hex(again))


def _lower_hex(text: str) -> str:
    first, *others = text.split("%")
    return "%".join([first, *(each[:2].lower() + each[2:] for each in others)])


def _in_json(secret: str) -> Iterator[str]:
    for is_ascii in (True, False):
        must = json.dumps(secret, ensure_ascii=is_ascii)[1:-1]
        for more in _OF_JSON:
            for escape in (_escaped, _escaped_upper):
                text = _each(must, more, escape)
                yield text
                yield json.dumps(text, ensure_ascii=is_ascii)[1:-1]


def _each(text: str, characters: str, escape: Callable[[str], str]) -> str:
    return "".join(escape(each) if each in characters else each for each in text)


def _escaped(character: str) -> str:
    return "\\/" if character == "/" else f"\\u{ord(character):04x}"


def _escaped_upper(character: str) -> str:
    return "\\/" if character == "/" else f"\\u{ord(character):04X}"


def _in_html(secret: str) -> Iterator[str]:
    for table in _OF_HTML:
        text = secret.translate(table)
        yield text
        yield text.encode("ascii", "xmlcharrefreplace").decode()
    yield html.escape(html.escape(secret))


def _spelled(plain: bytes) -> Iterator[str]:
    """Every byte as a number."""
    for digits in (plain.hex(","), plain.hex(",").upper()):
        yield digits.replace(",", "")
        for before, after in (("%", ""), ("%25", ""), ("\\x", ""), ("\\u00", ""), ("&#x", ";")):
            yield before + digits.replace(",", after + before) + after
    yield "".join(map(_DECIMAL.__getitem__, plain))


_DECIMAL = [f"&#{byte};" for byte in range(256)]


def _in_base64(plain: bytes) -> Iterator[bytes]:
    """Base64 of the secret, alone or inside of other data: three alignments, two alphabets."""
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + plain)
        # The first and the last character may also encode a part of the neighbouring byte.
        start = (0, 2, 3)[before]
        core = encoded[start : 8 * (before + len(plain)) // 6]
        last = encoded[start:]  # where the secret ends the data, as a password in Basic does
        for form in (core, last, last.rstrip(b"=")):
            yield from (form, form.translate(_URLSAFE), form.replace(b"/", b"\\/"))
            in_url = quote(form, safe="")
            yield from (in_url.encode(), _lower_hex(in_url).encode())


_URLSAFE = bytes.maketrans(b"+/", b"-_")
