"""Connect links, as an application sends its users to them."""

from __future__ import annotations

from urllib.parse import urlencode


def with_return_to(connect_url: str, page: str) -> str:
    """Return ``connect_url`` with the ``page`` of your application where the person ends.

    The gateway leads there if ``GATEWAY_RETURN_ORIGINS`` names the origin of ``page``, else to its
    own dashboard. It adds ``outcome``, ``connector`` and, after a success, ``connection`` to the
    query. These are hints and prove nothing: ask for the connection or a token.
    """
    separator = "&" if "?" in connect_url else "?"
    return f"{connect_url}{separator}{urlencode({'return_to': page})}"
