"""Oura's contract, by cloud.ouraring.com/docs/authentication and …/v2/docs."""

from gateway.testing import ConnectorContract, documented

ME = "api.ouraring.com/v2/usercollection/personal_info"
ID = "8f9a5221-639e-4a85-81cb-4065ef23f979"
TOKEN = {"token_type": "bearer", "expires_in": 86400, "scope": "personal email daily"}


class TestOura(ConnectorContract):
    connector = "oura"
    scopes = ("personal", "email", "daily")
    exchange = documented({**TOKEN, "access_token": "ouFAKE", "refresh_token": "ourFAKE"})
    refresh = documented({**TOKEN, "access_token": "ouNEW", "refresh_token": "ourNEW"})
    accounts = {
        (ID, "ana@acme.example"): {ME: {"id": ID, "age": 31, "email": "ana@acme.example"}},
        (ID, ID): {ME: {"id": ID, "age": 31}},
    }
