"""``gateway audit``: the audit of one tenant on the command line."""

from __future__ import annotations

import pytest

from gateway.__main__ import main

pytestmark = pytest.mark.usefixtures("deployment")


def test_audit_prints_the_lines_of_one_tenant_oldest_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for label in ("first", "second"):
        assert main(["keys", "create", "--role", "tokens", "--label", label]) == 0
    secrets = capsys.readouterr().out.split()
    ids = [secret.split("_")[1] for secret in secrets]

    assert main(["audit"]) == 0
    printed, titles = capsys.readouterr()
    assert titles.split() == [
        *("TIME", "ACTION", "OUTCOME", "ACTOR", "USER", "CONNECTOR", "TARGET", "REQUEST")
    ]
    assert titles.index("ACTION") == printed.index("key.created")
    lines = printed.splitlines()
    assert ["key.created" in line for line in lines] == [True, True]
    assert [key in line for key, line in zip(ids, lines, strict=True)] == [True, True]
    assert not any(secret in printed for secret in secrets)

    assert main(["audit", "--tenant", "other"]) == 0
    assert main(["audit", "--until", "2020-01-01"]) == 0
    assert capsys.readouterr() == ("", "")
    assert main(["audit", "--limit", "1"]) == 0
    assert ids[1] in capsys.readouterr().out


@pytest.mark.parametrize("options", [["--since", "yesterday"], ["--limit", "0"], ["--action", "x"]])
def test_audit_refuses_an_invalid_filter(
    options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["audit", *options])
    assert options[0] in capsys.readouterr().err
