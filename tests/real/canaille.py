"""Canaille, an independent OpenID Connect server, as a provider for the tests.

The sandbox shares our mistakes, because we wrote it. Canaille does not: it is a separate process
with HTTPS and a temporary certificate authority, has real login and consent pages, and reads the
specifications in its own way.

It needs the packages ``canaille[sqlite]`` and ``trustme``; signing in needs ``playwright``.
Canaille's wheel also installs a top-level package ``tests``. Ours wins only if
``tests/__init__.py`` exists, and this directory must never be on ``sys.path``.

The behaviour of Canaille 0.3.6 on the wire:

- ``iss`` comes with every authorization response (RFC 9207), errors included; discovery says so.
- PKCE with ``S256`` is verified, but a confidential client may leave it out.
- The client is registered for HTTP Basic; its secret in the body is refused (401).
- There is no ``offline_access``: it is dropped from the scopes, and a client with the refresh
  grant always gets a refresh token. The token answer names the granted scopes.
- Each refresh returns a new refresh token and revokes the old *pair* immediately: the previous
  access token stops working too. A reused refresh token is ``invalid_grant``, and the
  newest pair survives that.
- A refresh token lives exactly as long as its access token. Once that has expired, refreshing
  answers ``invalid_grant``; see ``refresh_token_seconds`` in ``running_canaille``.
- Consent is remembered: the second authorization of the same scopes shows no page, unless
  ``prompt=consent`` is sent.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import trustme

if TYPE_CHECKING:
    from playwright.sync_api import Page

HOST = "127.0.0.1"
START_SECONDS = 60.0
STOP_SECONDS = 10.0
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, kw_only=True)
class CanailleUser:
    """A person who can sign in; ``username`` is also the ``sub`` of userinfo."""

    username: str
    password: str = field(repr=False)
    given_name: str
    family_name: str
    email: str

    @property
    def name(self) -> str:
        """The full name, as userinfo answers it."""
        return f"{self.given_name} {self.family_name}"


@dataclass(frozen=True, kw_only=True)
class CanailleServer:
    """A running server: its address, its users and its log of requests."""

    base_url: str
    ca_file: Path
    access_log: Path
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    user: CanailleUser
    other_user: CanailleUser

    @property
    def issuer(self) -> str:
        """The value of ``iss``: the base URL, without a slash at its end."""
        return self.base_url

    @property
    def authorization_url(self) -> str:
        """The page on which a person signs in and consents."""
        return f"{self.base_url}/oauth/authorize"

    @property
    def token_url(self) -> str:
        """Takes ``authorization_code`` and ``refresh_token`` grants, with HTTP Basic."""
        return f"{self.base_url}/oauth/token"

    @property
    def revocation_url(self) -> str:
        """RFC 7009; revoking either token of a pair revokes both."""
        return f"{self.base_url}/oauth/revoke"

    @property
    def userinfo_url(self) -> str:
        """Answers ``sub``, ``name``, ``email`` and more to a bearer token."""
        return f"{self.base_url}/oauth/userinfo"

    def count_requests(self, method: str, path: str) -> int:
        """Count the requests for ``path`` since the start."""
        wanted = f"{method} {path}"
        return self.access_log.read_text(encoding="utf-8").splitlines().count(wanted)

    @property
    def token_requests(self) -> int:
        """The number of requests at the token endpoint, refused ones included."""
        return self.count_requests("POST", "/oauth/token")


@contextlib.contextmanager
def running_canaille(
    folder: Path,
    *,
    redirect_uri: str,
    more_redirect_uris: Sequence[str] = (),
    access_token_seconds: int,
    refresh_token_seconds: int | None = None,
) -> Iterator[CanailleServer]:
    """Run Canaille on a free loopback port until the block ends.

    Args:
        folder: an existing directory for configuration, certificate and logs.
        redirect_uri: a redirect URI of the client; Canaille compares it exactly.
        more_redirect_uris: more redirect URIs of the client.
        access_token_seconds: ``expires_in`` of every access token.
        refresh_token_seconds: the lifetime of refresh tokens; None keeps Canaille's rule that they
            expire together with their access token.

    Raises:
        RuntimeError: the process ended or did not answer in time. The text has the end of its log.
    """
    user, other_user = _new_user("alice"), _new_user("bob")
    log_file, config_file = folder / "canaille.log", folder / "canaille.json"
    ca_file, certificate_file = _write_certificates(folder)
    access_log = folder / "canaille-requests.log"
    access_log.touch()

    # The socket listens before the process exists: the port is safe, and early connections wait
    # in its queue.
    with socket.create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]
        server = CanailleServer(
            base_url=f"https://{HOST}:{port}",
            ca_file=ca_file,
            access_log=access_log,
            client_id=f"gateway-{secrets.token_hex(8)}",
            client_secret=secrets.token_urlsafe(32),
            redirect_uri=redirect_uri,
            user=user,
            other_user=other_user,
        )
        config = {
            "port": port,
            "listening_fd": listener.fileno(),
            "certificate_file": str(certificate_file),
            "access_log": str(access_log),
            "database": str(folder / "canaille.sqlite"),
            "secret_key": secrets.token_urlsafe(32),
            "access_token_seconds": access_token_seconds,
            "refresh_token_seconds": refresh_token_seconds,
            "users": [asdict(user), asdict(other_user)],
            "client": {
                "client_id": server.client_id,
                "client_secret": server.client_secret,
                "redirect_uris": [redirect_uri, *more_redirect_uris],
            },
        }
        _write_private(config_file, json.dumps(config).encode())
        with log_file.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.real.canaille_app", str(config_file)],
                cwd=ROOT,
                # Canaille reads settings from the environment, too, so it gets an empty one.
                env={"PATH": os.environ.get("PATH", os.defpath), "PYTHONUNBUFFERED": "1"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=[listener.fileno()],
            )
    try:
        _wait_until_answering(server, process, log_file)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def sign_in(page: Page, server: CanailleServer, user: CanailleUser) -> None:
    """Fill in Canaille's two login pages, name first and password second.

    The page must be on its way to the authorization URL, in a browser context without a session
    at Canaille.
    """
    page.wait_for_url(f"{server.base_url}/login")
    page.locator("input[name=login]").fill(user.username)
    page.locator("button[name=answer]").click()
    page.wait_for_url(f"{server.base_url}/auth/password")
    page.locator("input[name=password]").fill(user.password)
    page.locator("button[type=submit]").click()


def consent(page: Page, server: CanailleServer) -> None:
    """Accept on the consent page, and wait until the browser leaves Canaille."""
    page.wait_for_url(f"{server.authorization_url}?**")
    page.locator("button#accept").click()
    page.wait_for_url(lambda url: not url.startswith(f"{server.base_url}/"))


def sign_in_and_consent(page: Page, server: CanailleServer) -> None:
    """Sign in as ``server.user`` and accept; the page ends where the client redirects it.

    The page must be on its way to the authorization URL, in a browser context that ignores
    certificate errors and has no session at Canaille.
    """
    sign_in(page, server, server.user)
    consent(page, server)


def _new_user(username: str) -> CanailleUser:
    return CanailleUser(
        username=username,
        password=secrets.token_urlsafe(16),
        given_name=username.capitalize(),
        family_name="Example",
        email=f"{username}@example.com",
    )


def _write_certificates(folder: Path) -> tuple[Path, Path]:
    """Write the authority's certificate, and the server's key and certificate in one file."""
    authority = trustme.CA()
    ca_file, certificate_file = folder / "ca.pem", folder / "canaille.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    issued = authority.issue_cert(HOST)
    _write_private(certificate_file, issued.private_key_and_cert_chain_pem.bytes())
    return ca_file, certificate_file


def _write_private(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)


def _wait_until_answering(
    server: CanailleServer, process: subprocess.Popen[bytes], log_file: Path
) -> None:
    """Return when discovery answers.

    Raises:
        RuntimeError: the process ended, or did not answer within ``START_SECONDS``.
    """
    deadline = time.monotonic() + START_SECONDS
    tls = ssl.create_default_context(cafile=str(server.ca_file))
    with httpx.Client(verify=tls, timeout=1.0, trust_env=False) as http:
        while True:
            with contextlib.suppress(httpx.TransportError):
                if http.get(f"{server.base_url}/.well-known/openid-configuration").is_success:
                    return
            if (code := process.poll()) is not None:
                problem = f"ended with exit code {code}"
            elif time.monotonic() > deadline:
                problem = f"did not answer within {START_SECONDS:.0f} seconds"
            else:
                time.sleep(0.05)
                continue
            tail = "\n".join(log_file.read_text(errors="replace").splitlines()[-30:])
            raise RuntimeError(f"Canaille {problem}. The end of its log:\n{tail}")
