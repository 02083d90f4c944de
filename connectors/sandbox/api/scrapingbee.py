"""ScrapingBee's API, by www.scrapingbee.com/documentation.

Checked against an OpenAPI document that others keep (api-evangelist/scrapingbee).

Unconfirmed: the names of the members beside ``body``, and the form of ``body`` with rules.
"""

import json
from typing import Any

from connectors.sandbox import Refusal
from connectors.simulated_api import Answer, Problem, Request, SimulatedApi, refuse


def _error(problem: Problem) -> Refusal:
    return Refusal(problem.status, {"errors": {problem.kind: [problem.message]}})


API = SimulatedApi("scrapingbee", base="app.scrapingbee.com/api", refuse=_error)


@API.route(
    "GET /v1/",
    query={
        "url": str,
        "render_js?": bool,
        "premium_proxy?": bool,
        "country_code?": str,
        "json_response?": bool,
        "return_page_markdown?": bool,
        "return_page_text?": bool,
        "extract_rules?": str,
    },
)
def scrape(call: Request) -> Any:
    url = call.query["url"]
    if not url.startswith(("http://", "https://")):
        refuse("url", "Not a valid URL.")
    body: Any = f"# {url}" if call.query.get("return_page_markdown") else "<h1>Example</h1>"
    if "extract_rules" in call.query:
        try:
            rules = json.loads(call.query["extract_rules"])
        except ValueError:
            refuse("extract_rules", "Invalid JSON")
        body = {name: "Example" for name in rules}
    if not call.query.get("json_response"):
        return body if isinstance(body, dict) else Answer(content=str(body).encode())
    return {
        "headers": {"Content-Type": "text/html"},
        "cost": 5 if call.query.get("render_js", True) else 1,
        "initial-status-code": 200,
        "resolved-url": url,
        "type": "html",
        "body": body,
    }
