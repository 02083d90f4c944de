"""TMDB, by developer.themoviedb.org (application authentication, validate key, errors)."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "tmdb",
    title="TMDB",
    keys={
        "ana": {"key": "eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJhbmEifQ.Sandbox1Ana0123456789"},
        "ben": {"key": "eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJiZW4ifQ.Sandbox2Ben9876543210"},
    },
    headers={"authorization": "Bearer {key}"},
    refusal=Refusal(
        401,
        {
            "status_code": 7,
            "status_message": "Invalid API key: You must be granted a valid key.",
            "success": False,
        },
    ),
    api={
        "/authentication": lambda call: {
            "success": True,
            "status_code": 1,
            "status_message": "Success.",
        }
    },
    api_base="api.themoviedb.org/3",
)
