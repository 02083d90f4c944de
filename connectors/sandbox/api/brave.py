"""Brave Search's API, by api-dashboard.search.brave.com/api-reference (web, images).

Checked against the MCP server that Brave publishes (brave/brave-search-mcp-server).
"""

from typing import Any

from connectors.sandbox import Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi, refuse


def _error(problem: Problem) -> Refusal:
    code = {"rate_limited": "RATE_LIMITED"}.get(problem.kind, "VALIDATION")
    error = {"code": code, "detail": problem.message, "status": problem.status}
    return Refusal(problem.status, {"type": "ErrorResponse", "error": error})


API = SimulatedApi("brave", base="api.search.brave.com/res/v1", refuse=_error)


def _check(call: Request, most: int) -> None:
    query = call.query["q"]
    if not 1 <= len(query) <= 400 or len(query.split()) > 50:
        refuse("parameters", "q: at most 400 characters and 50 words", 422)
    if not 1 <= call.query.get("count", 20) <= most:
        refuse("parameters", f"count: between 1 and {most}", 422)
    if not 0 <= call.query.get("offset", 0) <= 9:
        refuse("parameters", "offset: between 0 and 9", 422)


@API.route(
    "GET /web/search",
    query={
        "q": str,
        "count?": int,
        "offset?": int,
        "country?": str,
        "search_lang?": str,
        "freshness?": str,
        "safesearch?": {"off", "moderate", "strict"},
        "result_filter?": str,
    },
)
def search_web(call: Request) -> Any:
    _check(call, 20)
    query, offset = call.query["q"], call.query.get("offset", 0)
    first = offset * call.query.get("count", 20) + 1
    results = [
        {
            "type": "search_result",
            "title": f"{query} {number}",
            "url": f"https://www.example.com/{number}",
            "description": f"All about <strong>{query}</strong>.",
            "age": "2 days ago",
            "language": "en",
        }
        for number in range(first, first + call.query.get("count", 20))
    ]
    return {
        "type": "search",
        "query": {"original": query, "more_results_available": offset < 9},
        "web": {"type": "search", "results": results},
    }


@API.route(
    "GET /images/search",
    query={
        "q": str,
        "count?": int,
        "country?": str,
        "search_lang?": str,
        "safesearch?": {"off", "strict"},
        "spellcheck?": bool,
    },
)
def search_images(call: Request) -> Any:
    _check(call, 200)
    results = [
        {
            "type": "image_result",
            "title": f"{call.query['q']} {number}",
            "url": f"https://www.example.com/{number}",
            "source": "www.example.com",
            "thumbnail": {"src": f"https://imgs.search.brave.com/{number}"},
            "properties": {"url": f"https://www.example.com/{number}.jpg"},
        }
        for number in range(1, min(call.query.get("count", 50), 5) + 1)
    ]
    return {"type": "images", "query": {"original": call.query["q"]}, "results": results}
