"""AssemblyAI, by assemblyai.com/docs (authentication, list transcripts, errors)."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "assemblyai",
    title="AssemblyAI",
    keys={
        "ana": {"key": "1a2b3c4d5e6f708192a3b4c5d6e7f809"},
        "ben": {"key": "2b3c4d5e6f708192a3b4c5d6e7f8091a"},
    },
    headers={"authorization": "{key}"},
    refusal=Refusal(401, {"error": "Authentication error, API token missing/invalid"}),
    api={
        "/transcript": lambda call: {
            "page_details": {"limit": 10, "result_count": 0},
            "transcripts": [],
        }
    },
    api_base="api.assemblyai.com/v2",
    api_hosts={"api.assemblyai.com", "api.eu.assemblyai.com"},
)
