"""Public keys of Ed25519 under which anybody can sign are no assertion keys.

The points of small order are computed here from the curve (RFC 8032 5.1), not read from the code.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode

import pytest

from gateway.access.assertions import public_keys
from gateway.errors import InvalidRequest
from tests.support.assertions import Host

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int]


def add(one: Point, two: Point) -> Point:
    (x1, y1), (x2, y2) = one, two
    product = D * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + product, -1, P)
    y = (y1 * y2 + x1 * x2) * pow(1 - product, -1, P)
    return x % P, y % P


def point_at(y: int) -> Point | None:
    """Return the point with this y, if there is one."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    root = pow(square, (P + 3) // 8, P)
    for x in (root, root * pow(2, (P - 1) // 4, P) % P):
        if x * x % P == square:
            return x, y
    return None


def small_order() -> list[int]:
    """Return the y of every point whose order divides eight, unreduced encodings included."""
    found: set[int] = set()
    y = 2
    while len(found) < 5:  # of the eight points, three pairs differ in the sign of x alone
        point = point_at(y)
        y += 1
        if point is None:
            continue
        # The order of the curve is eight times this prime, so the multiple is of small order.
        multiple, factor, power = (0, 1), 2**252 + 27742317777372353535851937790883648493, point
        while factor:
            if factor & 1:
                multiple = add(multiple, power)
            factor, power = factor >> 1, add(power, power)
        current = multiple
        for _ in range(8):
            found.add(current[1])
            current = add(current, multiple)
    return sorted({*found, *(y + P for y in found if y + P < 2**255)})


def test_every_point_of_small_order_is_refused() -> None:
    weak = small_order()
    assert len(weak) == 7
    for y in weak:
        for sign in (0, 1):
            encoded = (y | sign << 255).to_bytes(32, "little")
            key = {"kty": "OKP", "crv": "Ed25519", "x": urlsafe_b64encode(encoded).decode()[:43]}
            with pytest.raises(InvalidRequest):
                public_keys([key])


def test_an_ordinary_key_is_taken() -> None:
    assert public_keys([Host().public])
