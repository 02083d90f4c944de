"""Firecrawl's API, by docs.firecrawl.dev/api-reference (scrape, crawl, map).

Checked against the OpenAPI document that Firecrawl publishes (firecrawl/firecrawl-docs:
``api-reference/v2-openapi.json``), which does not describe the parameter ``skip``.
"""

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi, refuse

_BASE = "api.firecrawl.dev/v2"
_SIZE = 2
_OPTIONS = {"formats?": [(str, dict)], "onlyMainContent?": bool, "waitFor?": int, "mobile?": bool}


def _error(problem: Problem) -> Refusal:
    return Refusal(problem.status, {"success": False, "error": problem.message})


def _page(url: str) -> dict[str, Any]:
    return {
        "markdown": f"# {url}",
        "metadata": {"title": "Example", "language": "en", "sourceURL": url, "statusCode": 200},
    }


def _state(account: FictionalAccount) -> dict[str, Any]:
    pages = [_page(f"https://www.example.com/{number}") for number in range(1, 6)]
    return {"crawls": {"6f1c2a9b-0000-4000-8000-000000000001": pages}}


API = SimulatedApi("firecrawl", base=_BASE, state=_state, refuse=_error)


def _url(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        refuse("parameters", "Bad Request: url: Invalid URL")
    return text


@API.route("POST /scrape", body={"url": str, **_OPTIONS})
def scrape(call: Request) -> Any:
    return {"success": True, "data": _page(_url(call.body["url"]))}


@API.route(
    "POST /crawl",
    body={
        "url": str,
        "limit?": int,
        "includePaths?": [str],
        "excludePaths?": [str],
        "maxDiscoveryDepth?": int,
        "sitemap?": {"skip", "include", "only"},
        "scrapeOptions?": _OPTIONS,
    },
    effect="crawl_started",
)
def start_crawl(call: Request) -> Any:
    key = f"6f1c2a9b-0000-4000-8000-00000000{call.new_id()}"
    call.state["crawls"][key] = [_page(_url(call.body["url"]))]
    return {"success": True, "id": key, "url": f"https://{_BASE}/crawl/{key}"}


@API.route("GET /crawl/{id}", query={"skip?": int})
def get_crawl(call: Request) -> Any:
    if call.path["id"] not in call.state["crawls"]:
        refuse("not_found", "Job not found")
    pages, skip = call.state["crawls"][call.path["id"]], call.query.get("skip", 0)
    said = {
        "success": True,
        "status": "completed",
        "total": len(pages),
        "completed": len(pages),
        "creditsUsed": len(pages),
        "expiresAt": "2026-12-01T00:00:00.000Z",
        "data": pages[skip : skip + _SIZE],
    }
    if skip + _SIZE < len(pages):
        said["next"] = f"https://{_BASE}/crawl/{call.path['id']}?skip={skip + _SIZE}"
    return said


@API.route(
    "POST /map",
    body={
        "url": str,
        "search?": str,
        "sitemap?": {"skip", "include", "only"},
        "includeSubdomains?": bool,
        "ignoreQueryParameters?": bool,
        "limit?": int,
        "timeout?": int,
    },
)
def map_site(call: Request) -> Any:
    if call.body.get("limit", 5000) > 100_000:
        refuse("parameters", "Bad Request: limit: at most 100000")
    names = ["pricing", "blog", "about"][: call.body.get("limit", 5000)]
    links = [{"url": f"{_url(call.body['url'])}/{name}", "title": name} for name in names]
    return {"success": True, "links": links}
