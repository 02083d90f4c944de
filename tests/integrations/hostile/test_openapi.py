"""The corpus of OpenAPI documents: a named refusal, or a named loss, and nothing else happens."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import pytest

from gateway.engine.integration import Description
from gateway.integrations.openapi.describe import describe
from gateway.integrations.openapi.document import read_document
from gateway.integrations.openapi.limits import limits_for
from gateway.integrations.openapi.refusals import DocumentRefused
from tests.integrations.hostile.case import Case
from tests.integrations.hostile.openapi_parts import PARTS
from tests.integrations.hostile.openapi_texts import TEXTS

CASES = (*TEXTS, *PARTS)
ROOT = Path(__file__).parents[3]
URL = "https://api.example/openapi.json"


def read(case: Case) -> Description:
    """The description of a case, read in this process."""
    content = case.make()
    limits = limits_for(len(content))
    return describe(read_document(content, limits), limits, document_url=URL)


def named(cases: tuple[Case, ...]) -> pytest.MarkDecorator:
    """Parametrize a test with cases."""
    return pytest.mark.parametrize("case", cases, ids=[each.name for each in cases])


def test_the_corpus_has_its_size_and_each_name_once() -> None:
    assert len(CASES) >= 60
    assert len({each.name for each in CASES}) == len(CASES)


@named(tuple(each for each in CASES if not each.is_heavy))
def test_a_hostile_document(case: Case) -> None:
    if case.refused is not None:
        with pytest.raises(DocumentRefused) as refused:
            read(case)
        assert refused.value.code == case.refused
        assert len(refused.value.reason) < 200
        return
    found = read(case)
    assert {each.code for each in found.skipped} == case.skipped
    assert case.noted in " ".join(found.notes) or case.noted.startswith("not as")
    harmless(found)


def harmless(found: Description) -> None:
    """Check what a description may hold, whatever the document."""
    assert "fine" in {each.name for each in found.definitions} | {
        each.name.rpartition("_")[0] for each in found.definitions
    }
    assert len({each.name for each in found.definitions}) == len(found.definitions)
    for each in found.definitions:
        assert len(f"a_slug_of_24_characters__{each.name}") <= 64  # what models accept
        assert len(each.description) <= 500
        assert each.description.isprintable()
        assert each.digest
        said = json.dumps([each.input_schema, each.output_schema])
        assert len(said) < 250_000
        assert not {'"$ref"', '"$dynamicRef"', '"$id"', '"$schema"'} & {*said.split(":")}
        said.encode()  # no half of a character
        json.dumps(each.call, ensure_ascii=False).encode()
        jsonschema_rs.validator_for(dict(each.input_schema))
        jsonschema_rs.validator_for(dict(each.output_schema))
        for parameter in each.call["parameters"]:
            assert parameter["name"].lower() not in {"authorization", "host", "cookie", "api_key"}
    for text in (found.name, found.description, *found.notes, *(s.name for s in found.skipped)):
        assert text.isprintable()
        assert len(text) <= 500
    assert len(found.methods) <= 20
    assert len(found.servers) <= 20


MEASURED = """
import runpy, sys
status = open("/proc/self/status")
runpy.run_module("gateway.integrations.openapi.reader", run_name="__main__")
sys.stderr.write(status.read())
"""
"""The reader, which then says how much memory it had; afterwards it could open nothing."""


@pytest.mark.long
@named(tuple(each for each in CASES if each.is_heavy))
def test_a_heavy_document_costs_little(case: Case) -> None:
    """In the reader's own process: the processor's time and the memory that it took."""
    content = case.make()
    asked = {"mode": "describe", "url": URL, "base_url": "", "size": len(content)}
    with subprocess.Popen(
        [sys.executable, "-c", MEASURED],
        cwd=ROOT,
        env={},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        answer, status = process.communicate(json.dumps(asked).encode() + b"\n" + content)
    said = json.loads(answer)
    peak = re.search(rb"VmHWM:\s+([0-9]+) kB", status)
    assert peak is not None
    assert int(peak[1]) < 200 * 1024
    if case.refused is not None:
        assert said["refused"]["code"] == case.refused
        return
    assert {each["code"] for each in said["skipped"]} == case.skipped
    assert case.noted in " ".join(said["notes"])
