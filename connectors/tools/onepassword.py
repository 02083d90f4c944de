"""Tools of a 1Password Connect server.

Reference: https://developer.1password.com/docs/connect/api-reference

An item holds passwords, and whoever calls the tool gets them: it asks a person first.
"""

from __future__ import annotations

from pydantic import Field

from connectors.tooling import Args, HttpTool, Needs, Output

_ONEPASSWORD = (Needs("onepassword"),)
_ID = r"^[a-z0-9]{26}$"


class NoArgs(Args):
    pass


class Vault(Output):
    id: str
    name: str = ""
    items: int | None = Field(None, description="how many items it has")


class Vaults(Output):
    items: list[Vault]


class OfItem(Args):
    vault_id: str = Field(pattern=_ID, description="id of the vault")
    item_id: str = Field(pattern=_ID, description="id of the item")


class ItemField(Output):
    id: str
    label: str = ""
    value: str | None = None
    type: str | None = None


class Item(Output):
    id: str
    title: str
    category: str
    fields: list[ItemField] = Field(default_factory=list)


TOOLS = (
    HttpTool(
        name="onepassword_list_vaults",
        description="List the 1Password vaults that the token opens.",
        needs=_ONEPASSWORD,
        effect="read",
        method="GET",
        path="/vaults",
        args=NoArgs,
        output=Vaults,
        examples=({},),
    ),
    HttpTool(
        name="onepassword_get_item",
        description="Return an item of a 1Password vault with its fields, among them passwords.",
        needs=_ONEPASSWORD,
        effect="read",
        policy="ask",
        method="GET",
        path="/vaults/{vault_id}/items/{item_id}",
        args=OfItem,
        output=Item,
        examples=(
            {"vault_id": "ftz4pm2xxwmwrsd7rjqn7grzfz", "item_id": "2fcbqwe9ndg175zg2dzwftvkpa"},
        ),
    ),
)
