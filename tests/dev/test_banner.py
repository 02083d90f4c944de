"""What ``make dev`` prints: addresses, real and simulated connectors, and then the log."""

from __future__ import annotations

import sys

import pytest

from gateway.dev.banner import banner, connector_lines
from gateway.dev.children import child
from gateway.dev.output import Output
from gateway.settings.environment import Mode, Settings
from gateway.wiring.mounted import MountedConnectors


def test_without_credentials_every_connector_is_simulated() -> None:
    (line,) = connector_lines(MountedConnectors(simulated=["notion", "slack"]))
    assert line.split() == ("Connectors none is real: no credentials are set; 2 simulated".split())


def test_each_connector_that_could_be_real_has_its_reason() -> None:
    found = MountedConnectors(
        mounted=["figma", "github"],
        simulated=["notion"],
        half={"notion": "OAUTH_NOTION_CLIENT_SECRET"},
        hidden={"slack": "OAUTH_SLACK_CLIENT_ID is not set"},
        broken={"acme": "acme: cannot be loaded (SyntaxError in line 1)"},
    )
    first, *reasons = connector_lines(found)
    assert "real: figma, github; 1 simulated" in first
    assert [reason.strip() for reason in reasons] == [
        "notion is simulated: OAUTH_NOTION_CLIENT_SECRET is not set",
        "slack is hidden: OAUTH_SLACK_CLIENT_ID is not set",
        "broken: acme: cannot be loaded (SyntaxError in line 1)",
    ]


@pytest.mark.parametrize(
    ("public_url", "shown"),
    [("", True), ("http://127.0.0.1:3141", True), ("https://abc.tunnel.example", False)],
)
def test_metrics_are_named_on_the_web_port_only_on_loopback(public_url: str, shown: bool) -> None:
    settings = Settings(mode=Mode.DEV, public_url=public_url)
    lines = "\n".join(
        banner(settings, "http://localhost:3142", "127.0.0.1:3143", MountedConnectors())
    )
    assert ("localhost:3141/metrics" in lines) is shown
    assert "127.0.0.1:3143/metrics (worker)" in lines
    assert f"{public_url or 'http://localhost:3141'}/dashboard/connectors" in lines


PRINTS = [sys.executable, "-c", "print('a log line')"]


def test_what_parts_print_comes_after_the_banner(capfd: pytest.CaptureFixture[str]) -> None:
    with Output() as output:
        with child(PRINTS, output=output.write_end) as part:
            part.wait()
        print("the banner", flush=True)
        output.release()
        with child(PRINTS, output=output.write_end) as part:
            part.wait()
    assert capfd.readouterr().out.splitlines() == ["the banner", "a log line", "a log line"]


def test_a_part_that_does_not_start_is_heard(capfd: pytest.CaptureFixture[str]) -> None:
    fails = [sys.executable, "-c", "import sys; sys.exit('no database')"]
    with Output() as output, child(fails, output=output.write_end) as part:
        part.wait()
    assert "no database" in capfd.readouterr().out
