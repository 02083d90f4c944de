"""Upstash's contract, by upstash.com/docs/redis/features/restapi."""

from gateway.testing import KeyContract, ToolContract

HOST = "us1-ana-bee-10001.upstash.io"


class TestUpstash(KeyContract):
    connector = "upstash"
    account = (HOST, f"Database {HOST}")
    accepted_inputs = {"host": {f"https://{HOST}": HOST}}
    refused_inputs = {
        "host": ("upstash.io.evil.example", f"{HOST}:6379", "redis://default:a@b.upstash.io"),
        "token": ("two words", "a" * 15, "a" * 201),
    }
    unclear = ((400, {"error": "ERR max daily request limit exceeded"}),)


class TestUpstashTools(ToolContract):
    connector = "upstash"
