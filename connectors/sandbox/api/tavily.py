"""Tavily's API, by docs.tavily.com (search, extract).

Checked against the library that Tavily publishes (tavily-ai/tavily-python).
"""

from typing import Any

from connectors.sandbox import Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi, refuse


def _error(problem: Problem) -> Refusal:
    return Refusal(problem.status, {"detail": {"error": problem.message}})


API = SimulatedApi("tavily", base="api.tavily.com", refuse=_error)


@API.route(
    "POST /search",
    body={
        "query": str,
        "search_depth?": {"basic", "advanced", "fast", "ultra-fast"},
        "topic?": {"general", "news", "finance"},
        "time_range?": {"day", "week", "month", "year", "d", "w", "m", "y"},
        "max_results?": int,
        "include_answer?": (bool, {"basic", "advanced"}),
        "include_domains?": [str],
        "exclude_domains?": [str],
        "include_usage?": bool,
    },
)
def search(call: Request) -> Any:
    asked = call.body
    if not asked["query"]:
        refuse("parameters", "Query is missing.")
    wanted = asked.get("max_results", 5)
    if not 0 <= wanted <= 20:
        refuse("parameters", "Max results must be between 0 and 20.")
    results = [
        {
            "title": f"{asked['query']} {number}",
            "url": f"https://www.example.com/{number}",
            "content": f"All about {asked['query']}.",
            "score": 1 - number / 100,
            "raw_content": None,
        }
        for number in range(1, wanted + 1)
    ]
    said: dict[str, Any] = {
        "query": asked["query"],
        "follow_up_questions": None,
        "answer": f"In short: {asked['query']}" if asked.get("include_answer") else None,
        "images": [],
        "results": results,
        "response_time": 1.67,
        "request_id": "123e4567-e89b-12d3-a456-426614174111",
    }
    if asked.get("include_usage"):
        said["usage"] = {"credits": 2 if asked.get("search_depth") == "advanced" else 1}
    return said


@API.route(
    "POST /extract",
    body={
        "urls": (str, [str]),
        "extract_depth?": {"basic", "advanced"},
        "format?": {"markdown", "text"},
        "include_usage?": bool,
    },
)
def extract(call: Request) -> Any:
    urls = [call.body["urls"]] if isinstance(call.body["urls"], str) else call.body["urls"]
    if len(urls) > 20:
        refuse("parameters", "Max 20 URLs are allowed.")
    read = [url for url in urls if "unreachable" not in url]
    said: dict[str, Any] = {
        "results": [{"url": url, "raw_content": f"# {url}", "images": []} for url in read],
        "failed_results": [
            {"url": url, "error": "Failed to fetch url"} for url in urls if url not in read
        ],
        "response_time": 0.02,
        "request_id": "123e4567-e89b-12d3-a456-426614174111",
    }
    if call.body.get("include_usage"):
        said["usage"] = {"credits": 1}
    return said
