"""The child process of ``tests.real.canaille``: Canaille with users and one client, over TLS.

Canaille runs unchanged; only its settings and its data are ours. The data is in an SQLite file:
Canaille's memory store matches a query for two attributes if either of them matches, so it would
accept one authorization code for another.

Run with ``python -m tests.real.canaille_app CONFIG``, where CONFIG is the JSON file that
``tests.real.canaille`` writes.
"""

from __future__ import annotations

import datetime
import json
import ssl
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

# canaille ships no type information
import canaille
from canaille.app import models
from canaille.backends import Backend
from canaille.oidc import provider
from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HOST = "127.0.0.1"
SCOPES = ["openid", "profile", "email"]


class UserConfig(TypedDict):
    """One person who can sign in."""

    username: str
    password: str
    given_name: str
    family_name: str
    email: str


class ClientConfig(TypedDict):
    """The confidential OAuth client."""

    client_id: str
    client_secret: str
    redirect_uris: list[str]


class ServerConfig(TypedDict):
    """The settings from the parent process: see ``tests.real.canaille.running_canaille``."""

    port: int
    listening_fd: int
    certificate_file: str
    access_log: str
    database: str
    secret_key: str
    access_token_seconds: int
    refresh_token_seconds: int | None
    users: list[UserConfig]
    client: ClientConfig


class OneAtATime:
    """WSGI middleware: log the method and path of each request, and serve one request at a time.

    The line is written before the answer, so a test that has the answer can count it. Query
    strings are omitted: they carry codes and states. One at a time, because exactly one of two
    concurrent uses of a refresh token must win, and Canaille does not lock.
    """

    def __init__(self, app: WSGIApplication, access_log: Path) -> None:
        self._app = app
        self._access_log = access_log
        self._lock = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with self._lock:
            with self._access_log.open("a", encoding="utf-8") as log:
                log.write(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}\n")
            return self._app(environ, start_response)


class QuietHandler(WSGIRequestHandler):
    """Werkzeug's request handler without its own access log, which would show query strings."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write nothing: ``OneAtATime`` keeps the log."""

    def log_error(self, format: str, *args: Any) -> None:
        """Write the error, except for refused handshakes.

        A browser that ignores certificate errors refuses the handshake first and then connects
        again, which would log hundreds of lines per login.
        """
        if not any(isinstance(argument, ssl.SSLError) for argument in args):
            super().log_error(format, *args)


def let_refresh_tokens_live(seconds: int) -> None:
    """Give refresh tokens a separate lifetime, counted from their issue.

    Canaille stores an access token and its refresh token as one record with one lifetime, so
    both expire at the same moment and an expired access token can never be refreshed. This
    replaces that check only.
    """

    class RefreshTokenGrant(provider.RefreshTokenGrant):  # type: ignore[misc]
        def authenticate_refresh_token(self, refresh_token: str) -> Any:
            token = Backend.instance.get(models.Token, refresh_token=refresh_token)
            if token is None or token.revoked:
                return None
            age = datetime.datetime.now(datetime.UTC) - token.issue_date
            return token if age <= datetime.timedelta(seconds=seconds) else None

    provider.RefreshTokenGrant = RefreshTokenGrant


def create_app(config: ServerConfig) -> Any:
    """Return Canaille's Flask application with its users and its client in place."""
    if (refresh_token_seconds := config["refresh_token_seconds"]) is not None:
        let_refresh_tokens_live(refresh_token_seconds)
    lifetime = config["access_token_seconds"]
    app = canaille.create_app(
        {
            "SECRET_KEY": config["secret_key"],
            "SERVER_NAME": f"{HOST}:{config['port']}",
            "PREFERRED_URL_SCHEME": "https",
            "SESSION_COOKIE_SECURE": True,
            # Authlib's setting, by grant type. Refreshed tokens have their own entry.
            "OAUTH2_TOKEN_EXPIRES_IN": {"authorization_code": lifetime, "refresh_token": lifetime},
            "CANAILLE": {
                "DATABASE": "sql",
                "SMTP": None,  # otherwise it looks for a mail server on this machine
                # htmx posts a field half a second after typing, to validate it. The answer carries
                # a session cookie, and a late one would undo the login.
                "HTMX": False,
            },
            "CANAILLE_SQL": {"DATABASE_URI": f"sqlite:///{config['database']}"},
            "CANAILLE_OIDC": {
                # Connectors request no ID token and send no nonce. The login sends one and checks
                # it itself.
                "REQUIRE_NONCE": False,
                # Users are not asked about clients on a trusted domain; loopback is the default.
                "TRUSTED_DOMAINS": [],
            },
        },
        # A prefix that no variable has, so that Canaille reads no settings from the environment.
        env_prefix="CANAILLE_OF_THE_TESTS_",
    )
    with app.app_context():
        for user in config["users"]:
            add_user(user)
        add_client(config["client"])
    return app


def add_user(config: UserConfig) -> None:
    """Store one user, under the name that is also the login."""
    user = models.User(
        user_name=config["username"],
        password=config["password"],
        given_name=config["given_name"],
        family_name=config["family_name"],
        formatted_name=f"{config['given_name']} {config['family_name']}",
        emails=[config["email"]],
    )
    Backend.instance.save(user)


def add_client(config: ClientConfig) -> None:
    """Store the confidential client: code and refresh grants, HTTP Basic at the token endpoint."""
    client = models.Client(
        client_id=config["client_id"],
        client_secret=config["client_secret"],
        client_id_issued_at=datetime.datetime.now(datetime.UTC),
        client_name="Connector gateway",
        redirect_uris=config["redirect_uris"],
        grant_types=["authorization_code", "refresh_token"],
        response_types=["code"],
        scope=SCOPES,
        token_endpoint_auth_method="client_secret_basic",
        # Access tokens are signed like ID tokens and differ only in whole seconds. With the default
        # RS512, two tokens of the same second would be equal, and Canaille would answer 500.
        # PS256 signatures are random, so each token is different.
        id_token_signed_response_alg="PS256",
    )
    Backend.instance.save(client)
    client.audience = [client]  # access tokens are JWTs that name their audience
    Backend.instance.save(client)


def main(arguments: list[str]) -> None:
    """Serve until the process is terminated."""
    (config_file,) = arguments
    config: ServerConfig = json.loads(Path(config_file).read_text(encoding="utf-8"))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(config["certificate_file"])
    server = make_server(
        HOST,
        config["port"],
        OneAtATime(create_app(config), Path(config["access_log"])),
        threaded=True,
        request_handler=QuietHandler,
        fd=config["listening_fd"],
    )
    # Browsers open connections in advance. The handshake must run in the connection's thread, or
    # a silent connection would block all others. So Werkzeug does not wrap the socket.
    server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.ssl_context = tls
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1:])
