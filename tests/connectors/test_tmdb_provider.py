"""TMDB's contract, by developer.themoviedb.org (authentication, validate key, errors)."""

from gateway.testing import KeyContract


class TestTmdb(KeyContract):
    connector = "tmdb"
    # The shorter one, which is for the query.
    refused_inputs = {"key": ("0123456789abcdef0123456789abcdef",)}
