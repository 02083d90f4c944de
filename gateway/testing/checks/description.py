"""Checks of the description itself: it is complete, safe, and agrees with the provider's rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from connectors.account import AccountLookup
from connectors.config import FIELD_NAMES, ConnectorConfig
from connectors.errors import MissingVariable
from connectors.hosts import tenants_of
from connectors.inputs import is_below
from connectors.placeholders import PLACEHOLDER, expanded
from gateway.testing.checks.check import Checks
from gateway.testing.header import header_problems
from gateway.testing.subject import Subject, credentials, expect

DESCRIPTION = Checks("description")


@DESCRIPTION.of_subject("its name is its key in the catalog")
async def _name(subject: Subject) -> None:
    config, provider = subject.config, subject.provider
    expect(config.name == subject.name, f'its config is named "{config.name}"')
    expect(provider.name == subject.name, f'its sandbox file simulates "{provider.name}"')


@DESCRIPTION.of_subject("every address is https")
async def _https(subject: Subject) -> None:
    for name, url in _urls(subject.config):
        expect(url.startswith("https://"), f"{name} is not https")


@DESCRIPTION.of_subject("every missing variable is named")
async def _variables(subject: Subject) -> None:
    complete = credentials(subject.name, subject.provider)
    for variable in complete:
        env = {name: value for name, value in complete.items() if name != variable}
        try:
            subject.catalog.module(subject.name).create_config(env)
        except MissingVariable as error:
            expect(error.variable == variable, f"without {variable} it asks for {error.variable}")
            expect(error.connector == subject.name, f"it asks in the name of {error.connector}")
            expect(variable in str(error), f"the error does not name {variable}")
        else:
            expect(False, f"it can be made without {variable}")


@DESCRIPTION.of_subject("its header is complete")
async def _header(subject: Subject) -> None:
    found = header_problems(subject.header, subject.config)
    expect(not found, "; ".join(found))


@DESCRIPTION.of_subject("it knows the codes of a missing approval")
async def _approval(subject: Subject) -> None:
    known, sent = subject.config.approval_codes, subject.provider.authorize.approval_codes
    expect(known == sent, f"approval_codes: {sorted(known)}, and the provider sends {sorted(sent)}")


@DESCRIPTION.of_subject("its token goes to the provider's API and nowhere else")
async def _hosts(subject: Subject) -> None:
    base = _base_hosts(subject.config)
    found = base | set(subject.config.api_hosts)
    documented = {one for host in subject.provider.api_hosts for one in _listed(host)}
    for host in sorted(found):
        covered = is_below(host, tuple(documented))
        expect(covered, f"{host} is not a host of the provider's API")
    missing = {host for host in documented - found if not is_below(host, tuple(base))}
    expect(not missing, f"the token may not go to {', '.join(sorted(missing))}")
    redundant = base & set(subject.config.api_hosts)
    repeated = ", ".join(sorted(redundant))
    expect(not redundant, f"api_hosts repeats {repeated}, the host of api_base_url")


def _base_hosts(config: ConnectorConfig) -> set[str]:
    """The hosts of ``api_base_url``: those of each choice, or those that people may type."""
    found: set[str] = set()
    for host in expanded(config, urlsplit(config.api_base_url).netloc):
        name = host.removeprefix("${connection_config.").removesuffix("}")
        wanted = config.connection_config.get(name)
        found |= {*wanted.hosts} if wanted and wanted.hosts else {PLACEHOLDER.sub("{tenant}", host)}
    return found - {"{tenant}"}  # a host out of an answer is one of api_hosts


def _listed(host: str) -> set[str]:
    return {one for _, one in tenants_of(host)} or {host}


A_DAY = 86400  # seconds


@DESCRIPTION.of_subject("it says how long a used refresh token works")
async def _rotation(subject: Subject) -> None:
    rules = subject.provider.grant
    can, does = subject.refreshes, subject.config.supports_refresh
    expect(can == does, f"supports_refresh is {does}, and {can} at the provider")
    expected: dict[str, tuple[str, int]] = {
        "never": ("rotates", 0),
        "none": ("none", 0),
        "strict": ("rotates", 0),
        "replay": ("rotates", rules.grace_seconds),
        # Not bounded, or by something that does not happen to a token that was lost.
        "kept": ("rotates", A_DAY),
        "until_used": ("rotates", A_DAY),
    }
    found = (subject.config.refresh_rotation, subject.config.refresh_grace_seconds)
    wanted = expected[rules.rotation]
    expect(found == wanted, f"rotation and grace are {found}, and {wanted} at the provider")


@DESCRIPTION.of_subject("it revokes if the provider can")
async def _revocation(subject: Subject) -> None:
    can, does = subject.provider.revoke is not None, subject.config.revocation_url is not None
    expect(
        can == does, "the provider has a revocation endpoint" if can else "the provider has none"
    )


@DESCRIPTION.of_subject("what people type is understood")
async def _inputs(subject: Subject) -> None:
    accepted, refused = subject.expectations.accepted_inputs, subject.expectations.refused_inputs
    inputs = subject.config.connection_config
    for name, of in (("accepted_inputs", accepted), ("refused_inputs", refused)):
        missing = ", ".join(key for key in inputs if not of.get(key))
        expect(not missing, f"{name} has no samples for the input {missing}")
        unknown = ", ".join(sorted(of.keys() - inputs.keys()))
        expect(not unknown, f"{name} has samples for {unknown}, which is no input")
    for key, wanted in inputs.items():
        for typed, meant in accepted[key].items():
            value = wanted.normalise(typed)
            ok = value == meant and wanted.accepts(value)
            expect(ok, f"{key}: {typed!r} is not understood as {meant!r}")
        for typed in refused[key]:
            value = wanted.normalise(typed)
            expect(not wanted.accepts(value), f"{key}: {typed!r} is accepted")
        for sample in wanted.choices or [wanted.example]:
            expect(sample in accepted[key], f"{key}: {sample!r} is not among accepted_inputs")


_OTHER_HOSTS = (
    "",
    "a.b",
    "a/b",
    "a@b",
    "a:1",
    "a#b",
    "a?b",
    "a b",
    "a\\b",
    "..",
    "%2e",
    "a\nb",
    "a\n",
    "A" * 300,
)
"""Texts that would end a host label or a path segment early, or that are no label."""


@DESCRIPTION.of_subject("what people type cannot lead to another host")
async def _stays(subject: Subject) -> None:
    inputs = subject.config.connection_config
    for key in sorted(_in_addresses(subject.config)):
        wanted = inputs[key]
        if not wanted.pattern:
            continue  # choices are reviewed, and a host is checked as a host
        for typed in _OTHER_HOSTS:
            # As it is, too: trimming forgives what a pattern must not.
            for value in (typed, typed.lower(), wanted.normalise(typed)):
                is_hostile = not re.fullmatch(r"[a-z0-9]+", value) or len(value) > 255
                taken = is_hostile and re.fullmatch(wanted.pattern, value)
                shown = value if len(value) < 20 else f"{value[:9]}… ({len(value)} characters)"
                expect(not taken, f"the pattern of {key} takes {shown!r}, and it is in an address")


def _in_addresses(config: ConnectorConfig) -> set[str]:
    """The inputs that stand in a URL."""
    found = (name for _, url in _urls(config) for name in PLACEHOLDER.findall(url))
    kinds = (name.partition(".") for name in found)
    return {key.partition(".")[0] for kind, _, key in kinds if kind == "connection_config"}


def _urls(config: ConnectorConfig) -> Iterator[tuple[str, str]]:
    for name in FIELD_NAMES:
        if name.endswith("_url") and (url := getattr(config, name)) is not None:
            yield name, url
    if isinstance(lookup := config.fetch_account_info, AccountLookup) and lookup.url is not None:
        yield "the account's address", lookup.url


@DESCRIPTION.of_subject("it has two people who connect")
async def _people(subject: Subject) -> None:
    people = subject.people
    expect(len(people) == 2 and people[0] != people[1], "people are not two different ones")
