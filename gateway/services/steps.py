"""One step at a provider's OAuth endpoints: the request of the fields, or a connector's function.

A function may add to the request, and read the answer in its own way. The address, the code, the
verifier, the redirect URI and the token stay the gateway's own, and are sent once (design rule 2).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from connectors.config import ConnectorConfig, Override
from connectors.context import Answer
from connectors.review import RESERVED_PARAMS
from connectors.secret import Secret
from gateway.engine.request import OutboundRequest, OutboundResponse, encode_body
from gateway.errors import ProviderError, ProviderUnavailable, UnreadableResponse
from gateway.observe.logs import get_logger
from gateway.observe.metrics import Endpoint
from gateway.outbound.client import Outbound

_log = get_logger()

STEP_SECONDS = 60.0
"""The longest that a function may take. Its request has a shorter limit of its own."""
_OWN_HEADERS = frozenset({"host", "content-length", "content-type", "transfer-encoding", "cookie"})


class Step:
    """A prepared request, and the context of the function that sends it (``StepContext``)."""

    def __init__(
        self,
        outbound: Outbound,
        config: ConnectorConfig,
        request: OutboundRequest,
        endpoint: Endpoint,
        now: datetime,
    ) -> None:
        self._outbound = outbound
        self._config = config
        self._request = request
        self._endpoint = endpoint
        self.now = now
        self.sent = False

    @property
    def client_id(self) -> str:
        return self._config.client_id

    @property
    def client_secret(self) -> Secret:
        return self._config.client_secret

    @property
    def body(self) -> bytes:
        return self._request.content

    async def send(
        self, *, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> OutboundResponse:
        request = _extended(self._request, params or {}, headers or {})
        if self.sent:
            raise ValueError("the request was sent already")
        self.sent = True
        return await self._outbound.send(
            request, connector=self._config.name, endpoint=self._endpoint
        )

    async def run(self, override: Override | None) -> OutboundResponse:
        """Send the request, by ``override`` if there is one. Raises ``ProviderError``."""
        if override is None:
            return await self.send()
        answer: Answer | Mapping[str, Any] | None = None
        try:
            async with asyncio.timeout(STEP_SECONDS):
                answer = await override(self)
            if isinstance(answer, Mapping):
                status = 400 if answer.get("error") else 200
                answer = OutboundResponse(
                    status=status, headers={}, content=json.dumps(dict(answer)).encode()
                )
        except ProviderError:
            raise
        except TimeoutError:
            raise ProviderUnavailable("the step took too long", outcome_unknown=self.sent) from None
        except Exception as error:
            # Rule 7: a connector's code may fail in any way; the user gets a clear error.
            _log.exception("step_failed", connector=self._config.name, exc_info=error)
        if not isinstance(answer, OutboundResponse):
            raise UnreadableResponse("the step has no answer", outcome_unknown=self.sent)
        return answer


def _extended(
    request: OutboundRequest, params: Mapping[str, str], headers: Mapping[str, str]
) -> OutboundRequest:
    """Return ``request`` with more, and nothing of it replaced."""
    is_json = request.headers.get("Content-Type") == "application/json"
    text = request.content.decode()
    known = dict(json.loads(text) if is_json else parse_qsl(text, keep_blank_values=True))
    if taken := sorted(params.keys() & (known.keys() | RESERVED_PARAMS - {"scope"})):
        raise ValueError(f"the parameter {', '.join(taken)} is the gateway's own")
    own = _OWN_HEADERS | {name.lower() for name in request.headers}
    if taken := sorted(name for name in headers if name.lower() in own):
        raise ValueError(f"the header {', '.join(taken)} is the gateway's own")
    sent, content = {**request.headers, **headers}, request.content
    if params:
        pairs = [*known.items(), *params.items()]
        sent["Content-Type"], content = encode_body(pairs, "json" if is_json else "form")
    return replace(request, headers=sent, content=content)
