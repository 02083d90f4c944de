"""The timetable of a shutdown, in seconds after the signal."""

from __future__ import annotations

GRACE_SECONDS = 20
"""The end of the process."""
REQUESTS_SECONDS = 15
"""The end of the drain and of running requests."""
REFRESHES_SECONDS = 16.0
"""The end of refreshes without a waiting caller."""
LAST_SECONDS = 18.0
"""The end of closing the database's connections: then the process exits."""
