"""Wise's API, by its OpenAPI document (profiles, quotes, recipients, transfers).

The words of an error are not confirmed.
"""

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi, refuse

_HOSTS = "{live=api.wise.com|sandbox=api.wise-sandbox.com}"
_PROFILE = 14575282
_QUOTE = "11144c35-9fe8-4c32-b7fd-d05c2a7734bf"


def _error(problem: Problem) -> Refusal:
    return Refusal(problem.status, {"errors": [{"code": problem.kind, "message": problem.message}]})


def _recipient(number: int, currency: str, country: str, kind: str) -> dict[str, Any]:
    return {
        "id": 40000000 + number,
        "creatorId": 41000000,
        "profileId": _PROFILE,
        "name": {"fullName": f"Supplier {number}", "givenName": None, "familyName": None},
        "currency": currency,
        "country": country,
        "type": kind,
        "legalEntityType": "BUSINESS",
        "active": True,
        "accountSummary": f"…{number}",
        "longAccountSummary": f"{currency} account ending in {8840 + number}",
        "isInternal": False,
        "ownedByCustomer": False,
    }


def _state(account: FictionalAccount) -> dict[str, Any]:
    return {
        "recipients": [
            _recipient(1, "EUR", "DE", "Iban"),
            _recipient(2, "GBP", "GB", "SortCode"),
            _recipient(3, "EUR", "FR", "Iban"),
        ],
        "quotes": {_QUOTE: {"rate": 1.15, "sourceCurrency": "GBP", "targetCurrency": "EUR"}},
        "transfers": {},
    }


API = SimulatedApi("wise", base=_HOSTS, state=_state, refuse=_error)


@API.route("GET /v2/profiles")
def list_profiles(call: Request) -> Any:
    shared = {"userId": call.account.facts["id"], "email": call.account.facts["email"]}
    return [
        {"type": "PERSONAL", "id": _PROFILE - 1, "fullName": "Ana Diaz", **shared},
        {
            "type": "BUSINESS",
            "id": _PROFILE,
            "businessName": "Acme Ltd",
            "fullName": "Acme Ltd",
            **shared,
        },
    ]


def _known(profile: int) -> int:
    if profile not in (_PROFILE, _PROFILE - 1):
        refuse("not_found", f"Profile {profile} was not found")
    return profile


@API.route(
    "POST /v3/profiles/{profile}/quotes",
    body={
        "sourceCurrency": str,
        "targetCurrency": str,
        "sourceAmount?": (float, int, None),
        "targetAmount?": (float, int, None),
        "targetAccount?": int,
        "payOut?": (str, None),
        "preferredPayIn?": (str, None),
        "paymentMetadata?": dict,
        "pricingConfiguration?": dict,
    },
    effect="quote_created",
)
def create_quote(call: Request) -> Any:
    asked = call.body
    amounts = [asked.get("sourceAmount"), asked.get("targetAmount")]
    if amounts.count(None) != 1:
        refuse("body", "one of sourceAmount and targetAmount is required", 422)
    sent = asked.get("sourceAmount") or asked["targetAmount"] / 1.15
    key = f"11144c35-9fe8-4c32-b7fd-{int(call.new_id()):012}"
    option = {
        "disabled": False,
        "estimatedDelivery": "2026-12-01T12:00:00Z",
        "fee": {"total": 0.5},
        "sourceAmount": sent,
        "targetAmount": round(sent * 1.15, 2),
        "sourceCurrency": asked["sourceCurrency"],
        "targetCurrency": asked["targetCurrency"],
        "payIn": "BANK_TRANSFER",
        "payOut": "BANK_TRANSFER",
    }
    made = {
        "id": key,
        "sourceCurrency": asked["sourceCurrency"],
        "targetCurrency": asked["targetCurrency"],
        "sourceAmount": asked.get("sourceAmount"),
        "targetAmount": asked.get("targetAmount"),
        "rate": 1.15,
        "rateType": "FIXED",
        "createdTime": call.moment(),
        "user": call.account.facts["id"],
        "profile": _known(int(call.path["profile"])),
        "providedAmountType": "SOURCE" if asked.get("sourceAmount") else "TARGET",
        "paymentOptions": [option],
        "status": "PENDING",
        "expirationTime": "2026-12-01T12:00:00Z",
        "notices": [],
    }
    call.state["quotes"][key] = made
    return made


@API.route(
    "GET /v2/accounts",
    query={
        "creatorId?": int,
        "profileId?": int,
        "profile?": int,
        "currency?": str,
        "active?": bool,
        "type?": str,
        "ownedByCustomer?": bool,
        "size?": int,
        "seekPosition?": int,
        "sort?": str,
    },
)
def list_recipients(call: Request) -> Any:
    profile, currency = call.query.get("profileId", _PROFILE), call.query.get("currency")
    first, size = call.query.get("seekPosition", 0), call.query.get("size", 20)
    if not 1 <= size <= 20:
        refuse("parameters", "size must be at most 20")
    found = [
        each
        for each in call.state["recipients"]
        if each["profileId"] == profile
        and (currency is None or each["currency"] in currency.split(","))
        and each["id"] >= first
    ]
    return {
        "content": found[:size],
        "seekPositionForNext": found[size]["id"] if len(found) > size else None,
        "seekPositionForCurrent": found[0]["id"] if found else None,
        "sort": {"empty": True, "sorted": False, "unsorted": True},
        "size": size,
    }


@API.route(
    "POST /v1/transfers",
    body={
        "sourceAccount?": int,
        "targetAccount": int,
        "quoteUuid": str,
        "customerTransactionId": str,
        "details?": {
            "reference?": str,
            "transferPurpose?": str,
            "transferPurposeSubTransferPurpose?": str,
            "transferPurposeInvoiceNumber?": str,
            "sourceOfFunds?": str,
        },
    },
    effect="transfer_created",
)
def create_transfer(call: Request) -> Any:
    asked, transfers = call.body, call.state["transfers"]
    if asked["customerTransactionId"] in transfers:
        return transfers[asked["customerTransactionId"]]
    quote = call.found(call.state["quotes"], asked["quoteUuid"], "quote")
    known = {str(each["id"]): each for each in call.state["recipients"]}
    call.found(known, str(asked["targetAccount"]), "account")
    made = {
        "id": 16000000 + int(call.new_id()),
        "user": call.account.facts["id"],
        "targetAccount": asked["targetAccount"],
        "sourceAccount": None,
        "quote": None,
        "quoteUuid": asked["quoteUuid"],
        "status": "incoming_payment_waiting",
        "reference": asked.get("details", {}).get("reference", ""),
        "rate": quote["rate"],
        "created": call.moment(),
        "details": asked.get("details", {}),
        "hasActiveIssues": False,
        "sourceCurrency": quote["sourceCurrency"],
        "sourceValue": 100.0,
        "targetCurrency": quote["targetCurrency"],
        "targetValue": 115.0,
        "customerTransactionId": asked["customerTransactionId"],
    }
    transfers[asked["customerTransactionId"]] = made
    return made
