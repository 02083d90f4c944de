"""Where an access token may be sent, and how (security C7, I1)."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.secret import Secret
from gateway.engine.api import api_headers, api_request
from gateway.engine.request import OutboundRequest
from gateway.errors import EgressRefused, InvalidRequest
from tests.support.configs import TENANT, make_config

CONFIG = make_config(
    api_base_url="https://api.example.com/v1", api_hosts=("files.example.com", "*.cdn.example.com")
)


def call(url: str, **changes: Any) -> OutboundRequest:
    """A call to ``url`` with the token ``canary``."""
    return api_request(
        make_config(**changes) if changes else CONFIG,
        url,
        connection_config={"company": "acme"},
        access_token=Secret("canary"),
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.com/v1/me",
        "https://api.example.com/other?x=1",
        "https://files.example.com/f",
        "https://a.cdn.example.com/f",
        "https://a.b.cdn.example.com/f",
    ],
)
def test_the_token_goes_to_the_api_and_to_the_declared_hosts(url: str) -> None:
    request = call(url)
    assert (request.method, request.url, request.content) == ("GET", url, b"")
    assert request.headers == {"Accept": "application/json", "Authorization": "Bearer canary"}


REFUSED = [
    "https://evil.com/",
    "https://example.com/",
    "https://auth.example.com/token",
    "https://api.example.com.evil.com/",
    "https://evil.com/api.example.com",
    "https://evil.com?api.example.com",
    "https://evil.com#api.example.com",
    "https://api.example.com@evil.com/",
    "https://user@api.example.com/",
    "https://user:pass@files.example.com/",
    "https://api.example.com\\@evil.com/",
    "https://evil.com\\.api.example.com/",
    "https://api.example.com%2eevil.com/",
    "https://api.example.com%00.evil.com/",
    "https://api.example.com./",
    "https://API.example.com/",
    "https://api.example.com:8443/",
    "https://files.example.com:8443/",
    "https://files.example.com:443/",
    "http://api.example.com/",
    "http://files.example.com/",
    "ftp://files.example.com/",
    "file:///etc/passwd",
    "data:text/plain,x",
    "javascript:alert(1)",
    "//api.example.com/",
    "/v1/me",
    "",
    "https:///v1/me",
    "https://cdn.example.com/",
    "https://evilcdn.example.com/",
    "https://.cdn.example.com.evil.com/",
    "https://xfiles.example.com/",
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://api\uff0eexample.com/",
    "https://api.example.com\u3002/",
    "https://api.ex\u00adample.com/",
    "https://evil.com/\t.cdn.example.com",
    "https://evil.com\\.cdn.example.com/",
    "https://evil.com%2f.cdn.example.com/",
    "https://evil.com%00.cdn.example.com/",
    "https://.cdn.example.com/",
    "https://a..cdn.example.com/",
    "https://evil.com\u3002.cdn.example.com/",
    "https://a.cdn.exam\nple.com/",
    "https://api.exam\tple.com/",
    "https://api.example.com/\r\nX-Evil: 1",
    "https://[::1/",
    "https://api.example.com]/",
    "https://api.example.com:port/",
    "https://api.example.com:99999/",
]


@pytest.mark.requirement("C7")
@pytest.mark.parametrize("url", REFUSED, ids=ascii)
def test_the_token_goes_nowhere_else(url: str) -> None:
    """C7, I1: an answer that names another host does not carry the token there."""
    with pytest.raises(EgressRefused) as caught:
        call(url)
    assert "canary" not in str(caught.value)


@given(
    host=st.text(st.characters(exclude_characters="/?#"), max_size=30)
    | st.text(max_size=8).map(lambda start: f"{start}.cdn.example.com".replace("/", ""))
)
def test_no_other_host_is_taken_for_ours(host: str) -> None:
    """I1: for any text before the first slash."""
    try:
        request = call(f"https://{host}/me")
    except EgressRefused:
        return
    assert re.fullmatch(
        r"api\.example\.com|files\.example\.com|[a-z0-9_.-]+\.cdn\.example\.com", host
    )
    assert request.url == f"https://{host}/me"


def test_the_api_may_be_on_a_port_of_its_own() -> None:
    base = "https://api.example.com:8443/v1"
    assert call("https://api.example.com:8443/v1/me", api_base_url=base).url.endswith("/me")
    with pytest.raises(EgressRefused):
        call("https://api.example.com/v1/me", api_base_url=base)


@pytest.mark.requirement("C7")
def test_the_api_may_be_the_persons_own_host_and_no_other() -> None:
    """The token of one company is not sent to another one's host."""
    changes: dict[str, Any] = {
        "api_base_url": "https://${connection_config.company}.example.com/v1",
        "connection_config": {"company": TENANT},
    }
    url = "https://${connection_config.company}.example.com/v1/me"
    assert call(url, **changes).url == "https://acme.example.com/v1/me"
    with pytest.raises(EgressRefused):
        call("https://other.example.com/v1/me", **changes)


@pytest.mark.requirement("H4")
def test_a_stored_value_that_is_no_label_is_refused_before_a_token_is_touched() -> None:
    config = make_config(
        api_base_url="https://${connection_config.company}.example.com/v1",
        connection_config={"company": TENANT},
    )
    with pytest.raises(InvalidRequest):
        api_request(
            config,
            config.api_base_url,
            connection_config={"company": "evil.com/"},
            access_token=Secret("canary"),
        )


BY_SITE: dict[str, Any] = {
    "api_base_url": "https://api.example.com/sites/${metadata.site_id}/v1",
    "token_metadata": {"site_id": "site_id"},
}
"""An API whose address is complete only once the account was read."""


@pytest.mark.requirement("C7")
def test_while_the_account_is_being_read_its_api_is_known_by_the_host() -> None:
    """The account lookup calls an API whose path it is about to find out."""
    assert call("https://api.example.com/sites", **BY_SITE).url == "https://api.example.com/sites"
    for url in (
        "https://evil.com/sites",
        "https://api.example.com:8443/",
        "http://api.example.com/",
    ):
        with pytest.raises(EgressRefused):
            call(url, **BY_SITE)


@pytest.mark.requirement("H4")
def test_api_url_with_unknown_metadata_cannot_be_called() -> None:
    """No request is made to an address with a hole in it."""
    with pytest.raises(InvalidRequest, match='the metadata value "site_id" is missing'):
        call("https://api.example.com/sites/${metadata.site_id}/v1/me", **BY_SITE)


BY_HOST: dict[str, Any] = BY_SITE | {"api_base_url": "https://${metadata.site_id}.example.com"}
"""An API whose host is known only once the account was read."""


@pytest.mark.requirement("C7", "H4")
def test_an_api_on_a_host_that_is_not_known_yet_gets_no_token() -> None:
    """Until then, nothing says that a host is the provider's."""
    for url in ("https://acme.example.com/me", "https://evil.com/", BY_HOST["api_base_url"]):
        with pytest.raises((EgressRefused, InvalidRequest)) as caught:
            call(url, **BY_HOST)
        assert "canary" not in str(caught.value)


@pytest.mark.requirement("C7", "H4")
def test_host_that_the_token_answer_names_gets_the_token() -> None:
    """As Mailchimp's data center; another host does not."""
    config = make_config(**BY_HOST, api_hosts=("login.example.com",))

    def asked(url: str, metadata: dict[str, Any]) -> str:
        given: dict[str, Any] = {"connection_config": {}, "access_token": Secret("canary")}
        return api_request(config, url, metadata=metadata, **given).url

    for known in ({}, {"site_id": "us1"}, {"site_id": "evil.com/"}):
        assert asked("https://login.example.com/me", known) == "https://login.example.com/me"
    own = f"{BY_HOST['api_base_url']}/me"
    assert asked(own, {"site_id": "us1"}) == "https://us1.example.com/me"
    for url in ("https://us2.example.com/me", "https://example.com/"):
        with pytest.raises(EgressRefused):
            asked(url, {"site_id": "us1"})
    with pytest.raises(InvalidRequest):
        asked(own, {"site_id": "evil.com/"})


def test_a_call_may_have_a_method_and_a_json_body() -> None:
    request = api_request(
        CONFIG,
        "https://api.example.com/graphql",
        connection_config={},
        access_token=Secret("canary"),
        method="POST",
        json={"query": "{ viewer { id } }"},
    )
    assert request.method == "POST"
    assert request.headers["Content-Type"] == "application/json"
    assert json.loads(request.content) == {"query": "{ viewer { id } }"}


def test_the_credential_is_put_where_the_connector_says() -> None:
    config = make_config(api_headers={"X-Token": "token=${access_token}", "Acme-Version": "7"})
    assert api_headers(config, Secret("canary")) == {"X-Token": "token=canary", "Acme-Version": "7"}


def test_an_api_header_may_name_the_app() -> None:
    headers = {"Authorization": "Bearer ${access_token}", "Client-Id": "${client_id}"}
    config = make_config(api_headers=headers)
    assert api_headers(config, Secret("canary"))["Client-Id"] == config.client_id


@pytest.mark.requirement("J1")
def test_a_call_does_not_show_the_token() -> None:
    assert "canary" not in repr(call("https://api.example.com/me"))
