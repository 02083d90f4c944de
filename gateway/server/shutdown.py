"""The timetable of a shutdown, in seconds from the signal on."""

from __future__ import annotations

GRACE_SECONDS = 20
"""From the signal to the end of the process."""
REQUESTS_SECONDS = 15
"""From the signal on, for requests under way, and for the drain before."""
REFRESHES_SECONDS = 16.0
"""From the signal on, for refreshes that nobody waits for any more."""
LAST_SECONDS = 18.0
"""From the signal on, for saying goodbye to the database: then the process ends as it is."""
