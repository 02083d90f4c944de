"""Supabase, by supabase.com/docs (API keys, and how the platform's gateway reads them) and the
documentation of its auth server (GET /settings)."""

from connectors.sandbox import Refusal, key_provider

_LEGACY = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.c2FuZGJveC1iZW4tc2lnbmVkMDE"

PROVIDER = key_provider(
    "supabase",
    title="Supabase",
    headers={"apikey": "{key}", "authorization": "Bearer {key}"},
    keys={
        "ana": {
            "host": "anaaaaaaaaaaaaaaaaaa.supabase.co",
            "key": "sb_secret_Sandbox1anaAbCdEfGhIj_01234567",
        },
        "ben": {"host": "bennnnnnnnnnnnnnnnnn.supabase.co", "key": _LEGACY},
    },
    refusal=Refusal(401, {"message": "Invalid API key", "hint": "…"}),
    api={
        "/auth/v1/settings": lambda call: {
            "external": {"email": True, "phone": False},
            "disable_signup": False,
            "mailer_autoconfirm": False,
        }
    },
    api_base="{*.supabase.co}",
)
