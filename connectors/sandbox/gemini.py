"""The Gemini API, by ai.google.dev (API keys, models, error codes) and AIP-193 for the refusal."""

from connectors.sandbox import Refusal, key_provider

_WRONG = "API key not valid. Please pass a valid API key."

PROVIDER = key_provider(
    "gemini",
    title="Google Gemini",
    headers={"x-goog-api-key": "{key}"},
    keys={
        "acme": {"key": "AIzaSandboxAcme0123456789abcdefghijABCD"},
        "globex": {"key": "AQ.Sandbox_globex-0123456789abcdefghij"},
    },
    refusal=Refusal(
        400,
        {
            "error": {
                "code": 400,
                "message": _WRONG,
                "status": "INVALID_ARGUMENT",
                "details": [
                    {
                        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                        "reason": "API_KEY_INVALID",
                        "domain": "googleapis.com",
                        "metadata": {"service": "generativelanguage.googleapis.com"},
                    },
                    {
                        "@type": "type.googleapis.com/google.rpc.LocalizedMessage",
                        "locale": "en-US",
                        "message": _WRONG,
                    },
                ],
            }
        },
    ),
    api_base="generativelanguage.googleapis.com/v1beta",
    api={"/models": lambda call: {"models": [{"name": "models/gemini-3.8-flash"}]}},
)
