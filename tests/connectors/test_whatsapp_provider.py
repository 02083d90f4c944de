"""WhatsApp's contract, by developers.facebook.com/docs: manual login flow, whatsapp/cloud-api."""

from gateway.errors import ProviderMisconfigured, TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, ToolContract, documented

ME = "graph.facebook.com/v24.0/me"
TOKEN = {"token_type": "bearer", "expires_in": 5183944}


def _refused(code: int) -> dict[str, object]:
    return {"error": {"message": "Refused", "type": "OAuthException", "code": code}}


class TestWhatsApp(ConnectorContract):
    connector = "whatsapp"
    scopes = ("whatsapp_business_management", "whatsapp_business_messaging")
    exchange = documented({**TOKEN, "access_token": "EAAFAKE"})
    refresh = documented({**TOKEN, "access_token": "EAANEW"})
    accounts = {
        ("10158000000000011", "Ana Diaz"): {ME: {"id": "10158000000000011", "name": "Ana Diaz"}},
        ("10158000000000011", "10158000000000011"): {ME: {"id": "10158000000000011"}},
    }
    refusals = (
        ErrorSample(400, _refused(190), TokenRejected, on_refresh=True),
        ErrorSample(400, _refused(100), TokenRejected),
        ErrorSample(400, _refused(1), ProviderMisconfigured),
    )


class TestWhatsAppTools(ToolContract):
    connector = "whatsapp"
