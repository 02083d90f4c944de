"""All answers of a gateway, and a search for secrets in them (security F3)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import httpx

from connectors.provider import SimulatedProvider
from tests.support.sandbox import SandboxProcess
from tests.support.simulation import PROVIDERS

_PREFIXES = [
    *(
        provider.grant.refresh_token_prefix
        for provider in PROVIDERS
        if isinstance(provider, SimulatedProvider)
    ),
    "sandbox-solo-refresh-",
]
REFRESH_TOKEN = re.compile(f"(?:{'|'.join(map(re.escape, _PREFIXES))})[0-9a-f]{{48}}")
"""The refresh tokens of the simulated providers."""


@dataclass
class WatchedTransport(httpx.AsyncBaseTransport):
    """Hands requests on and keeps the answers."""

    inner: httpx.AsyncBaseTransport
    answers: list[httpx.Response] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self.inner.handle_async_request(request)
        await answer.aread()
        answer.request = request
        self.answers.append(answer)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


def client_secrets(sandbox: SandboxProcess) -> list[str]:
    """The client secrets that the simulated providers expect."""
    found = [provider["client_secret"] for provider in sandbox.info["providers"].values()]
    return [secret for secret in found if secret]  # a provider that takes keys alone has no app


def leaks(answers: list[httpx.Response], secrets: list[str]) -> list[str]:
    """Where an answer holds a refresh token or one of ``secrets``, or may be kept by a cache."""
    found = []
    for answer in answers:
        where = f"{answer.request.method} {answer.request.url.path} -> {answer.status_code}"
        text = answer.text + "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        if REFRESH_TOKEN.search(text):
            found.append(f"{where}: a refresh token")
        if any(secret in text for secret in secrets):
            found.append(f"{where}: a secret")
        # The same for everybody: files, the documentation, and what is generated from tools.
        is_static = answer.request.url.path.startswith(
            ("/static/", "/docs/", "/llms", "/v1/skills/")
        )
        if not is_static and answer.headers.get("cache-control") != "no-store":
            found.append(f"{where}: may be cached")
        if not is_static and "etag" in answer.headers:
            found.append(f"{where}: has an ETag")
    return found
