"""Tools of Wise: https://docs.wise.com/api-reference.

Checked against Wise's OpenAPI document: paths, parameters, members. A quote and a recipient belong
to a profile, so the profiles are listed, too. A transfer moves no money before it is funded.
"""

from typing import Annotated

from pydantic import Field

from connectors.tooling import Args, HttpTool, In, Needs, Output, Pages

_WISE = (Needs("wise"),)
_CURRENCY = r"^[A-Z]{3}$"
_UUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


class NoArgs(Args):
    pass


class Profile(Output):
    id: int
    type: str | None = None
    full_name: str | None = Field(None, validation_alias="fullName")
    business_name: str | None = Field(None, validation_alias="businessName")


class Profiles(Output):
    items: list[Profile]


class CreateQuote(Args):
    profile_id: int = Field(ge=1, description="Id of the profile (wise_list_profiles).")
    source_currency: Annotated[str, In("body", "sourceCurrency")] = Field(
        pattern=_CURRENCY, description="Currency that is sent, such as GBP."
    )
    target_currency: Annotated[str, In("body", "targetCurrency")] = Field(
        pattern=_CURRENCY, description="Currency that arrives, such as EUR."
    )
    source_amount: Annotated[float | None, In("body", "sourceAmount")] = Field(
        None, gt=0, description="Amount to send; either this or target_amount."
    )
    target_amount: Annotated[float | None, In("body", "targetAmount")] = Field(
        None, gt=0, description="Amount that shall arrive."
    )
    target_account: Annotated[int | None, In("body", "targetAccount")] = Field(
        None, ge=1, description="Id of the recipient, for the exact fee."
    )


class PaymentOption(Output):
    pay_in: str | None = Field(None, validation_alias="payIn")
    source_amount: float | None = Field(None, validation_alias="sourceAmount")
    target_amount: float | None = Field(None, validation_alias="targetAmount")
    estimated_delivery: str | None = Field(None, validation_alias="estimatedDelivery")
    disabled: bool | None = None


class Quote(Output):
    id: str
    rate: float | None = None
    source_currency: str | None = Field(None, validation_alias="sourceCurrency")
    target_currency: str | None = Field(None, validation_alias="targetCurrency")
    status: str | None = None
    expiration_time: str | None = Field(None, validation_alias="expirationTime")
    payment_options: list[PaymentOption] = Field(
        default_factory=list, validation_alias="paymentOptions"
    )


class ListRecipients(Args):
    profile_id: Annotated[int | None, In("query", "profileId")] = Field(
        None, ge=1, description="Only of this profile; the personal one without it."
    )
    currency: str | None = Field(None, pattern=_CURRENCY, description="Only for this currency.")
    size: int = Field(20, ge=1, le=20, description="Recipients per page.")
    seek_position: Annotated[int | None, In("query", "seekPosition")] = Field(
        None, ge=1, description="next of the page before."
    )


class RecipientName(Output):
    full_name: str | None = Field(None, validation_alias="fullName")


class Recipient(Output):
    id: int
    name: RecipientName | None = None
    currency: str | None = None
    country: str | None = None
    type: str | None = None
    account: str | None = Field(None, validation_alias="longAccountSummary")


class Recipients(Output):
    content: list[Recipient] = Field(default_factory=list)


class CreateTransfer(Args):
    target_account: Annotated[int, In("body", "targetAccount")] = Field(
        ge=1, description="Id of the recipient (wise_list_recipients)."
    )
    quote_id: Annotated[str, In("body", "quoteUuid")] = Field(
        pattern=_UUID, description="Id of the quote (wise_create_quote)."
    )
    own_uuid: Annotated[str, In("body", "customerTransactionId")] = Field(
        pattern=_UUID, description="A new UUID; the same one again makes no second transfer."
    )
    reference: Annotated[str | None, In("body", "details.reference")] = Field(
        None, max_length=100, description="What the recipient sees."
    )


class Transfer(Output):
    id: int
    status: str | None = None
    rate: float | None = None
    source_currency: str | None = Field(None, validation_alias="sourceCurrency")
    source_value: float | None = Field(None, validation_alias="sourceValue")
    target_currency: str | None = Field(None, validation_alias="targetCurrency")
    target_value: float | None = Field(None, validation_alias="targetValue")


TOOLS = (
    HttpTool(
        name="wise_list_profiles",
        description="List the profiles of the Wise account, personal and business, for their ids.",
        needs=_WISE,
        effect="read",
        method="GET",
        path="/v2/profiles",
        args=NoArgs,
        output=Profiles,
        examples=({},),
    ),
    HttpTool(
        name="wise_create_quote",
        description="Create a quote: rate, fees and delivery of a transfer between currencies. It "
        "costs nothing and ends by itself.",
        needs=_WISE,
        effect="write",
        method="POST",
        path="/v3/profiles/{profile_id}/quotes",
        args=CreateQuote,
        output=Quote,
        examples=(
            {
                "profile_id": 14575282,
                "source_currency": "GBP",
                "target_currency": "EUR",
                "source_amount": 100,
            },
        ),
    ),
    HttpTool(
        name="wise_list_recipients",
        description="List the recipients of a Wise profile: name, currency, account, id.",
        needs=_WISE,
        effect="read",
        method="GET",
        path="/v2/accounts",
        args=ListRecipients,
        output=Recipients,
        pages=Pages(argument="seek_position", next="seekPositionForNext"),
        examples=({"size": 2}, {"profile_id": 14575282, "currency": "EUR"}),
    ),
    HttpTool(
        name="wise_create_transfer",
        description="Create a transfer to a recipient by a quote. No money moves before it is "
        "funded in Wise.",
        needs=_WISE,
        effect="write",
        method="POST",
        path="/v1/transfers",
        args=CreateTransfer,
        output=Transfer,
        examples=(
            {
                "target_account": 40000001,
                "quote_id": "11144c35-9fe8-4c32-b7fd-d05c2a7734bf",
                "own_uuid": "54a6bc09-cef9-49a8-9041-f1f0c654cd88",
                "reference": "Invoice 7",
            },
        ),
    ),
)
