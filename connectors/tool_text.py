"""Patterns for arguments that become one line of something: a header, a query, an address.

Each refuses every control character (C0, DEL, C1 with NEL) and the line and paragraph separators of
Unicode: any of them may end the line for somebody who reads it later.
"""

from __future__ import annotations

_ENDS = r"\x00-\x1f\x7f-\x9f\u2028\u2029"

ONE_LINE = rf"^[^{_ENDS}]*$"
"""Text of one line."""

MAIL_ADDRESS = rf"^[^{_ENDS}\s@<>,;:\"()\[\]\\]+@[^{_ENDS}\s@<>,;:\"()\[\]\\]+$"
"""One bare mail address: no name, no group, no list, no quotes and no comment."""
