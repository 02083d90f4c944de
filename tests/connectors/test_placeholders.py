"""Every placeholder of every connector with OAuth, filled with anything (security H4)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.catalog import Catalog
from connectors.config import ConnectorConfig
from connectors.inputs import is_below
from connectors.placeholders import PLACEHOLDER, expanded
from gateway.engine.inputs import read_inputs
from gateway.engine.templates import render_url
from gateway.errors import InvalidRequest
from tests.engine.test_templates import HOSTILE, TEXT
from tests.support.configs import CATALOG_ENV, WITH_OAUTH

CATALOG = Catalog(CATALOG_ENV)


def templates() -> list[tuple[str, str, ConnectorConfig]]:
    """``(field, template, connector)`` of every address with a placeholder."""
    found = []
    for name in WITH_OAUTH:
        config = CATALOG.oauth(name)
        fields: dict[str, Any] = dict(vars(config))
        fields["account_url"] = getattr(config.fetch_account_info, "url", None)
        for field, value in fields.items():
            if (
                isinstance(value, str)
                and value.startswith("https://")
                and PLACEHOLDER.search(value)
            ):
                found.append((field, value, config))
    return found


EVERY = pytest.mark.parametrize(
    ("field", "template", "config"),
    templates(),
    ids=[f"{config.name}-{field}" for field, _, config in templates()],
)


def test_the_catalog_has_addresses_with_placeholders() -> None:
    assert {config.name for *_, config in templates()} >= {"shopify", "atlassian"}
    assert len(templates()) >= 4


def assert_same_shape(url: str, template: str, config: ConnectorConfig) -> None:
    """``url`` is ``template`` with one label or segment for each placeholder, for two parsers.

    A choice may be any part of the address, and a whole host is one that ``config`` allows.
    """
    plain = PLACEHOLDER.sub("x", template)
    expected, parts, sent = urlsplit(plain), urlsplit(url), httpx.URL(url)
    assert (parts.scheme, parts.port, parts.username, parts.query, parts.fragment) == (
        "https",
        expected.port,
        None,
        expected.query,
        "",
    )
    host = parts.hostname or ""
    typed = (name for each in config.connection_config.values() for name in each.hosts)
    allowed = (*config.api_hosts, *typed)
    models = [urlsplit(each).netloc.partition(":")[0] for each in expanded(config, template)]
    assert any(
        is_below(host, allowed)
        if PLACEHOLDER.fullmatch(model)
        else host.endswith(model.rpartition("}")[2])
        and host.count(".") == PLACEHOLDER.sub("x", model).count(".")
        for model in models
    )
    assert sent.raw_host == host.encode()
    assert (sent.userinfo, sent.query, sent.fragment) == (b"", expected.query.encode(), "")
    assert len(sent.path.split("/")) == len((expected.path or "/").split("/"))
    assert not {".", ".."} & {*sent.path.split("/")}


PATIENT = settings(max_examples=60)
"""A draw may pause for a second where other tests use the processors."""


@pytest.mark.requirement("H4")
@EVERY
@PATIENT
@given(data=st.data())
def test_a_value_changes_its_label_or_segment_and_nothing_else(
    field: str, template: str, config: ConnectorConfig, data: st.DataObject
) -> None:
    """From storage or a provider: the host ends with the literal suffix, or it is refused."""
    names = PLACEHOLDER.findall(template)
    values = {name.partition(".")[2]: data.draw(TEXT, label=name) for name in names}
    try:
        url = render_url(template, config, values, values)
    except InvalidRequest:
        return
    assert_same_shape(url, template, config)


@pytest.mark.requirement("H4")
@EVERY
@pytest.mark.parametrize("value", HOSTILE, ids=ascii)
def test_no_known_trick_gets_through(
    field: str, template: str, config: ConnectorConfig, value: str
) -> None:
    """``evil.com/``, ``a@b``, ``a#``, a newline at the end and their like."""
    values = {name.partition(".")[2]: value for name in PLACEHOLDER.findall(template)}
    try:
        url = render_url(template, config, values, values)
    except InvalidRequest:
        return
    assert_same_shape(url, template, config)
    assert "evil" not in (urlsplit(url).hostname or "")


@pytest.mark.requirement("H4")
@EVERY
@PATIENT
@given(data=st.data())
def test_typed_text_is_a_host_of_the_provider_or_refused(
    field: str, template: str, config: ConnectorConfig, data: st.DataObject
) -> None:
    """Through the form, where people may paste a whole address."""
    typed = {name: data.draw(TEXT, label=name) for name in config.connection_config}
    known = dict.fromkeys((name.partition(".")[2] for name in PLACEHOLDER.findall(template)), "x-1")
    try:
        values = read_inputs(config.connection_config, typed)
        url = render_url(template, config, values, known)
    except InvalidRequest:
        return
    assert_same_shape(url, template, config)
