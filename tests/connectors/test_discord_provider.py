"""Discord's contract, by discord/discord-api-docs (topics/oauth2, resources/user)."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

ME = "discord.com/api/v10/users/@me"
USER = {"id": "80351110224678999", "username": "nelly", "discriminator": "0", "avatar": None}
TOKENS = {"token_type": "Bearer", "expires_in": 604800, "scope": "identify guilds"}


class TestDiscord(ConnectorContract):
    connector = "discord"
    scopes = ("identify", "guilds")
    exchange = documented({**TOKENS, "access_token": "at_FAKE", "refresh_token": "rt_FAKE"})
    refresh = documented({**TOKENS, "access_token": "at_NEW", "refresh_token": "rt_NEW"})
    accounts = {
        ("80351110224678999", "Nelly"): {ME: USER | {"global_name": "Nelly"}},
        ("80351110224678999", "nelly"): {ME: USER | {"global_name": None}},
        ("80351110224678999", "80351110224678999"): {ME: {"id": "80351110224678999"}},
    }
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected),)
