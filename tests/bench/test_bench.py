"""``python -m bench`` measures and reports. No test says how fast anything is."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.processes import ROOT
from connectors.catalog import CONNECTOR_CATALOG


def test_short_run_prints_every_figure_with_its_target(tmp_path: Path) -> None:
    for package in ("gateway", "connectors"):
        shutil.copytree(ROOT / package, tmp_path / package)
    options = [
        "--seconds=0.1",
        "--rounds=1",
        "--connections=1,16,64",
        "--stored=5",
        "--stored-many=50",
        "--callers=10",
        "--storms=1",
        "--accounts=3",
        "--delay-ms=50",
        "--stream-mib=1",
        "--tools=200",
        "--operations=20",
        "--streams=5",
        "--idle-seconds=0.1",
        f"--against={tmp_path}",
        "--json",
    ]
    command = [sys.executable, "-m", "bench", *options]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert (run.returncode, run.stderr) == (0, "")
    found = json.loads(run.stdout.splitlines()[-1])
    figures = {each["name"]: each for each in found["figures"]}
    on, off = "token read, cache on", "token read, cache off"
    whole = len(CONNECTOR_CATALOG)
    dashboard = f"dashboard of {whole} connectors"
    mcp, http = "tool call over MCP", "tool call over HTTP"
    call, relay = "call through the proxy", "bare httpx relay"
    document, schema = (
        f"{what} of 20 operations" for what in ("an OpenAPI document", "a GraphQL schema")
    )
    assert {name: each["target"] for name, each in figures.items()} == {
        "floor / bare GET route, 1 connections": None,
        "floor / bare GET route, 64 connections": None,
        "floor / bare GET route, 16 connections": None,
        f"{on} / floor, 1 connections": None,
        f"{on} / floor, 16 connections": None,
        f"{on} / floor, 64 connections": 0.8,
        f"{off} / floor + find_one + decryption, 1 connections": 0.8,
        f"{off} / floor + find_one + decryption, 16 connections": None,
        f"{off} / floor + find_one + decryption, 64 connections": 0.8,
        f"{on} / {on}, before, 1 connections": None,
        f"{on} / {on}, before, 16 connections": None,
        f"{on} / {on}, before, 64 connections": None,
        f"{off} / {off}, before, 1 connections": None,
        f"{off} / {off}, before, 16 connections": None,
        f"{off} / {off}, before, 64 connections": None,
        f"{on}, 50 stored / 5 stored, 64 connections": 0.9,
        f"{off}, 50 stored / 5 stored, 64 connections": 0.9,
        "refresh storm, 10 callers on one account, beyond the provider": 400.0,
        "refresh storm, 10 callers on 3 accounts, beyond the provider": 400.0,
        "refresh storm, 10 callers on one account, before, beyond the provider": None,
        "refresh storm, 10 callers on 3 accounts, before, beyond the provider": None,
        f"{call} / {relay}, 1 connections": None,
        f"{call} / {relay}, 16 connections": None,
        f"{call} / {relay}, 64 connections": None,
        f"{call} beyond {relay}, 16 connections, p50": 1.0,
        f"{call} beyond {relay}, 16 connections, p99": 5.0,
        "memory above idle, 1 MiB streamed each way": 20.0,
        f"{mcp} / {http}, 1 connections": None,
        f"{mcp} / {http}, 16 connections": None,
        f"{mcp} / {http}, 64 connections": None,
        f"{mcp} beyond {http}, 16 connections, p50": None,
        f"{mcp} beyond {http}, 16 connections, p99": None,
        "discovery of 200 tools": 50.0,
        "discovery of 200 tools, queries": 4.0,
        f"{document}: read after": None,
        f"{document}: memory": 200.0,
        f"{document}: its tools, about": None,
        f"{schema}: read after": None,
        f"{schema}: memory": 200.0,
        f"{schema}: its tools, about": None,
        "5 open streams: memory above idle": None,
        "5 open streams: CPU while nothing changes": None,
        "5 open streams: a change is told after": 2000.0,
        "5 open streams: ended after SIGTERM": 1000.0,
        f"{dashboard}: answered within, p50": 50.0,
        f"{dashboard}: CPU of the gateway": None,
        f"{dashboard} / a bare GET route": None,
        f"{dashboard}: compressed": 100.0,
        "serve, 11 connectors: ready after": None,
        f"serve, {whole} connectors: ready after": None,
        f"serve, {whole} / 11 connectors: ready after": 1.1,
        "serve, 11 connectors: resident memory when ready": None,
        f"serve, {whole} connectors: resident memory when ready": None,
        f"serve, {whole} / 11 connectors: resident memory when ready": 1.05,
    }
    # A difference may be none, and five streams take less than a tick of the clock.
    faster = {name for name in figures if name.split(" beyond ")[0] in {call, mcp}}
    faster |= {
        name for name in figures if "open streams: " in name and name.endswith(("idle", "changes"))
    }
    assert all(each["value"] > 0 for name, each in figures.items() if name not in faster)
    assert all(name in run.stdout for name in figures)
    speeds = {(each["server"], each["connections"]): each for each in found["speeds"]}
    # The servers did their work: the row of each uncached read comes from the database.
    assert speeds["floor", 64]["queries"] < 0.1
    assert speeds["floor + find_one + decryption", 64]["queries"] == pytest.approx(1, abs=0.1)
    assert speeds[off, 1]["queries"] == pytest.approx(1, abs=0.1)
    assert speeds[off, 1]["rows"] == pytest.approx(1, abs=0.1)
    assert 1 <= figures["discovery of 200 tools, queries"]["value"] <= 4
    assert found["failures"] == {}
