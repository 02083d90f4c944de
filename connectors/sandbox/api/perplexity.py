"""Perplexity's API, by docs.perplexity.ai (search, responses, errors) and its own library.

Unconfirmed: the status of an unknown model.
"""

from typing import Any

from connectors.sandbox import Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi
from connectors.simulated_chat import add_responses


def _error(problem: Problem) -> Refusal:
    kind = {404: "not_found", 429: "rate_limit_exceeded"}.get(problem.status, "bad_request")
    error = {"message": problem.message, "type": kind, "code": problem.status}
    return Refusal(problem.status, {"error": error})


API = SimulatedApi("perplexity", base="api.perplexity.ai", refuse=_error)

add_responses(
    API,
    "/v1/responses",
    models={"perplexity/sonar"},
    status=400,
    more={"instructions?": str, "preset?": str, "max_steps?": int, "tools?": [dict]},
)


@API.route(
    "POST /search",
    body={
        "query": (str, [str]),
        "max_results?": int,
        "max_tokens?": int,
        "max_tokens_per_page?": int,
        "search_domain_filter?": [str],
        "search_recency_filter?": {"hour", "day", "week", "month", "year"},
        "country?": str,
    },
)
def search(call: Request) -> Any:
    pages = [
        {
            "title": f"Garden tools {number}",
            "url": f"https://garden.example/{number}",
            "snippet": "Rakes, spades and hoes.",
            "date": "2026-03-01",
            "last_updated": "2026-10-01",
        }
        for number in (1, 2, 3)
    ]
    return {"id": call.new_id("search-"), "results": pages[: call.body.get("max_results", 10)]}
