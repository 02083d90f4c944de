"""ScrapingBee's own side, by www.scrapingbee.com/documentation (errors, usage).

Unconfirmed: the words of the answer to a wrong key.
"""

from connectors.sandbox import Refusal, key_provider

USAGE = {
    "max_api_credit": 250000,
    "used_api_credit": 1500,
    "max_concurrency": 10,
    "current_concurrency": 0,
}
PROVIDER = key_provider(
    "scrapingbee",
    title="ScrapingBee",
    query={"api_key": "{key}"},
    keys={
        "ana": {"key": "5A1DB0C494E7F8B2D6C03E9F71A58A11" * 2 + "QWERTYUIOPASDFGH"},
        "ben": {"key": "C73E9D108452FA6B1C0D4E8F2937BBE1" * 2 + "ZXCVBNMASDFGHJKL"},
    },
    refusal=Refusal(401, {"message": "Invalid api key"}),
    api_base="app.scrapingbee.com/api",
    api={"/v1/usage": lambda call: USAGE},
)
