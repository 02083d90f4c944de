"""Tools of Mercury: https://docs.mercury.com/reference.

Paths, pages and the form of an answer are those of Mercury's reference; the members of an account,
a transaction and a recipient are those that its clients read. A recipient is paid in Mercury.

Unconfirmed: the members of answers, and which of a recipient's are required.
"""

from typing import Annotated, Literal

from pydantic import Field

from connectors.tooling import Args, HttpTool, In, Needs, Output, Pages

_MERCURY = (Needs("mercury"),)
_PAGES = Pages(argument="start_after", next="page.nextPage")
_UUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


class _Page(Args):
    limit: int = Field(50, ge=1, le=1000, description="Entries per page.")
    start_after: str | None = Field(None, pattern=_UUID, description="next of the page before.")


class ListAccounts(_Page):
    pass


class Account(Output):
    id: str
    name: str | None = None
    kind: str | None = None
    status: str | None = None
    available_balance: float | None = Field(None, validation_alias="availableBalance")
    current_balance: float | None = Field(None, validation_alias="currentBalance")


class Accounts(Output):
    accounts: list[Account] = Field(default_factory=list)


class ListTransactions(_Page):
    search: str | None = Field(None, max_length=200, description="Words of the counterparty.")
    start: str | None = Field(
        None, pattern=r"^\d{4}-\d\d-\d\d$", description="From this day on, YYYY-MM-DD."
    )
    end: str | None = Field(
        None, pattern=r"^\d{4}-\d\d-\d\d$", description="Until this day, YYYY-MM-DD."
    )
    status: Literal["pending", "sent", "cancelled", "failed"] | None = Field(
        None, description="Only those with this status."
    )


class Transaction(Output):
    id: str
    amount: float | None = None
    status: str | None = None
    kind: str | None = None
    counterparty: str | None = Field(None, validation_alias="counterpartyName")
    account_id: str | None = Field(None, validation_alias="accountId")
    created_at: str | None = Field(None, validation_alias="createdAt")
    posted_at: str | None = Field(None, validation_alias="postedAt")
    note: str | None = None


class Transactions(Output):
    transactions: list[Transaction] = Field(default_factory=list)


def _bank(name: str) -> In:
    return In("body", f"electronicRoutingInfo.{name}")


class CreateRecipient(Args):
    name: str = Field(min_length=1, max_length=200, description="Name of the recipient.")
    emails: list[str] = Field(
        min_length=1, max_length=10, description="Addresses that are told about payments."
    )
    account_number: Annotated[str, _bank("accountNumber")] = Field(
        pattern=r"^\d{4,17}$", description="Number of the bank account."
    )
    routing_number: Annotated[str, _bank("routingNumber")] = Field(
        pattern=r"^\d{9}$", description="Routing number of a US bank."
    )
    account_type: Annotated[
        Literal["businessChecking", "businessSavings", "personalChecking", "personalSavings"],
        _bank("electronicAccountType"),
    ] = Field("businessChecking", description="Kind of the bank account.")
    street: Annotated[str, _bank("address.address1")] = Field(
        max_length=200, description="Street and number of the recipient."
    )
    city: Annotated[str, _bank("address.city")] = Field(max_length=100, description="City.")
    region: Annotated[str, _bank("address.region")] = Field(
        max_length=50, description="State, such as CA."
    )
    postal_code: Annotated[str, _bank("address.postalCode")] = Field(
        max_length=20, description="ZIP code."
    )
    country: Annotated[str, _bank("address.country")] = Field(
        "US", pattern="^[A-Z]{2}$", description="Country, as two letters."
    )


class Recipient(Output):
    id: str
    name: str | None = None
    status: str | None = None


TOOLS = (
    HttpTool(
        name="mercury_list_accounts",
        description="List the bank accounts at Mercury: name, kind, status, balances, id.",
        needs=_MERCURY,
        effect="read",
        method="GET",
        path="/accounts",
        args=ListAccounts,
        output=Accounts,
        pages=_PAGES,
        examples=({"limit": 1},),
    ),
    HttpTool(
        name="mercury_list_transactions",
        description="List transactions of all accounts at Mercury: amount, counterparty, status, "
        "day. Filter by words, days and status.",
        needs=_MERCURY,
        effect="read",
        method="GET",
        path="/transactions",
        args=ListTransactions,
        output=Transactions,
        pages=_PAGES,
        examples=({"limit": 2}, {"search": "Cloud", "status": "sent"}),
    ),
    HttpTool(
        name="mercury_create_recipient",
        description="Add a recipient of ACH payments, with a US bank account. Pays nothing.",
        needs=_MERCURY,
        effect="write",
        method="POST",
        path="/recipients",
        args=CreateRecipient,
        output=Recipient,
        examples=(
            {
                "name": "Acme Corp",
                "emails": ["billing@acme.example"],
                "account_number": "1234567890",
                "routing_number": "021000021",
                "street": "123 Main St",
                "city": "San Francisco",
                "region": "CA",
                "postal_code": "94105",
            },
        ),
    ),
)
