"""Supabase's contract, by supabase.com/docs (API keys)."""

from gateway.testing import KeyContract, ToolContract

HOST = "anaaaaaaaaaaaaaaaaaa.supabase.co"


class TestSupabase(KeyContract):
    connector = "supabase"
    account = (HOST, f"Project {HOST}")
    accepted_inputs = {"host": {f"https://{HOST}/": HOST}}
    # A personal access token opens the account, and no project.
    refused_inputs = {
        "host": ("supabase.co.evil.example", "postgres:a@db.supabase.co", f"{HOST}:5432"),
        "key": (
            "sbp_0123456789abcdef0123456789abcdef01234567",
            "sb_secret_…_01234567",
            "eyJhbGciOiJIUzI1NiJ9",
            "eyJhbGciOiJIUzI1NiJ9.eyJ9.c2ln.c2ln.c2ln.c2ln.c2ln.c2ln.c2ln.c2ln",
        ),
    }


class TestSupabaseTools(ToolContract):
    connector = "supabase"
