"""Caches in memory, and the rule for how stale they may be."""
