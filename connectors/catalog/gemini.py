"""Google Gemini connector: a pasted API key of the Gemini API.

Quirks:
1. The key goes into ``x-goog-api-key``. Google's own client sends it there, too.
2. A wrong key is refused with 400, like a request from a country that is not served. Only the
   reason ``API_KEY_INVALID`` of the first detail says that the key is wrong.
3. The API names no account of a key: it belongs to a project.

Console: Google AI Studio, API keys. A key of Vertex AI is none of this API.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="gemini",
        display_name="Google Gemini",
        description="Models of Google for text, images, audio and video: let Gemini answer.",
        category="ai",
        docs_url="https://ai.google.dev/api",
        console_url="https://aistudio.google.com/apikey",
        checked_on=date(2026, 11, 29),
        api_base_url="https://generativelanguage.googleapis.com/v1beta",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key of your project.",
                    example="AIza0123456789abcdefghijABCDEFGHIJ01234",
                    pattern=r"(AIza[A-Za-z0-9_-]{35}|AQ\.[A-Za-z0-9_.-]{20,200})",
                    secret=True,
                    where="https://aistudio.google.com/apikey",
                )
            },
            api_headers={"x-goog-api-key": "${key}"},
            verify=Verify(  # quirk 2
                url="https://generativelanguage.googleapis.com/v1beta/models",
                refused_statuses=(),
                refused_codes=frozenset({"API_KEY_INVALID"}),
                code_path="error.details[0].reason",
            ),
        ),
    )
