"""Cleaning of a provider's account data, which is hostile until checked (rule 8, security C6)."""

from __future__ import annotations

import json

from connectors.account import AccountInfo
from gateway.errors import UnreadableResponse
from gateway.text import clean_text, shows

MAX_ID = 255
MAX_LABEL = 200
MAX_METADATA = 16 * 1024  # bytes of JSON


def clean_account(info: AccountInfo) -> AccountInfo:
    """Return ``info`` with a bounded, printable label and bounded metadata.

    Raises ``UnreadableResponse`` if the id is empty, too long or not printable. An id is never
    repaired, because two ids could become one.
    """
    account_id = info.external_account_id
    if not (shows(account_id) and len(account_id) <= MAX_ID and account_id.isprintable()):
        raise UnreadableResponse("the provider's account id is empty, too long or not printable")
    try:
        # Half a surrogate pair is legal in JSON text but cannot be encoded as UTF-8.
        metadata = json.dumps(dict(info.metadata), ensure_ascii=False, allow_nan=False).encode(
            errors="replace"
        )
    except (TypeError, ValueError, RecursionError):
        raise UnreadableResponse("the provider's account metadata is not plain JSON") from None
    return AccountInfo(
        external_account_id=account_id,
        account_label=clean_text(info.account_label, MAX_LABEL) or account_id,
        metadata=json.loads(metadata) if len(metadata) <= MAX_METADATA else {},
    )
