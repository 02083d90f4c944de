"""The errors of connectors, and those that a connector's own code may raise."""

from __future__ import annotations


class ConnectorError(Exception):
    """Root of the errors of this package."""


class ConfigError(ConnectorError):
    """A connector's description is wrong. The message lists every problem by field name.

    ``problems`` are the same, one by one, where there may be several.
    """

    def __init__(self, message: str, problems: tuple[str, ...] = ()) -> None:
        self.problems = problems
        super().__init__(message)


class MissingVariable(ConfigError):
    """A connector's client id or secret is not set in the environment.

    ``connector`` and ``variable`` name which one.
    """

    def __init__(self, connector: str, variable: str) -> None:
        self.connector = connector
        self.variable = variable
        super().__init__(
            f'OAuth provider "{connector}" is not configured: missing env var {variable}.\n'
            "Set it in .env.local or in the deployment environment."
        )


class AppMissing(MissingVariable):
    """Nobody has set an app for an added connector with OAuth."""

    def __init__(self, connector: str) -> None:
        self.connector = connector
        self.variable = ""
        ConfigError.__init__(self, f"{connector}: there is no OAuth app for it")


class UnknownConnector(ConnectorError):
    """No connector of that name or alias exists, or its module is broken (``reason``)."""

    def __init__(self, name: str, reason: str | None = None) -> None:
        self.name = name
        self.reason = reason
        super().__init__(f'no usable connector "{name}"' + (f": {reason}" if reason else ""))


class CallbackRefused(ConnectorError):
    """A ``callback_verifier`` found that the callback was not made by the provider."""


class AccountUnreadable(ConnectorError):
    """The provider's answer does not say which account was connected."""


class AccountUnfit(ConnectorError):
    """The account was read, and lacks what this connector needs: another choice may have it.

    Raised by hooks. The message is for the log and holds nothing that the provider sent.
    """
