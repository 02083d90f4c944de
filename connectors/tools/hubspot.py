"""Tools for HubSpot: search and read contacts, companies and deals; create and change contacts.

Specifications: HubSpot/HubSpot-public-api-spec-collection, CRM objects 2026-03.

Facts:
1. Search is a POST that changes nothing. Its words are looked for in the searchable properties.
2. All values of properties are text.
3. The answer has ``paging`` only where there is another page.
4. ``limit``, ``after``, ``properties``, ``sorts`` and ``filterGroups`` are required members.
"""

from typing import Annotated

from pydantic import AliasPath, Field

from connectors.tooling import Args, HttpTool, In, Needs, Output, Pages

PAGES = Pages(argument="cursor", next="paging.next.after")  # fact 3
CONTACT = ("email", "firstname", "lastname", "phone", "company", "jobtitle", "lifecyclestage")
COMPANY = ("name", "domain", "industry", "city", "country", "numberofemployees")
DEAL = ("dealname", "amount", "dealstage", "pipeline", "closedate", "hubspot_owner_id")
NO_FILTER: dict[str, list[str]] = {"filterGroups": [], "sorts": []}  # fact 4

Id = Annotated[str, Field(description="HubSpot's id", pattern=r"^\d{1,20}$")]
Properties = Annotated[
    dict[str, str],
    In("body", "properties"),
    Field(min_length=1, description="Property name -> value, as text"),
]


class Search(Args):
    query: str = Field(min_length=1, max_length=3000, description="Words to look for")
    limit: int = Field(20, ge=1, le=200, description="Results per page")
    cursor: Annotated[str, In("body", "after")] = Field(
        "0", max_length=40, description="next_cursor of the page before"
    )


class Contact(Output):
    id: str
    email: str | None = Field(None, validation_alias=AliasPath("properties", "email"))
    first_name: str | None = Field(None, validation_alias=AliasPath("properties", "firstname"))
    last_name: str | None = Field(None, validation_alias=AliasPath("properties", "lastname"))
    phone: str | None = Field(None, validation_alias=AliasPath("properties", "phone"))
    company: str | None = Field(None, validation_alias=AliasPath("properties", "company"))
    job_title: str | None = Field(None, validation_alias=AliasPath("properties", "jobtitle"))
    stage: str | None = Field(None, validation_alias=AliasPath("properties", "lifecyclestage"))
    updated_at: str | None = Field(None, validation_alias="updatedAt")


class Contacts(Output):
    total: int
    contacts: list[Contact] = Field(validation_alias="results")


class Company(Output):
    id: str
    name: str | None = Field(None, validation_alias=AliasPath("properties", "name"))
    domain: str | None = Field(None, validation_alias=AliasPath("properties", "domain"))
    industry: str | None = Field(None, validation_alias=AliasPath("properties", "industry"))
    city: str | None = Field(None, validation_alias=AliasPath("properties", "city"))
    country: str | None = Field(None, validation_alias=AliasPath("properties", "country"))
    employees: str | None = Field(
        None, validation_alias=AliasPath("properties", "numberofemployees")
    )


class Companies(Output):
    total: int
    companies: list[Company] = Field(validation_alias="results")


class Deal(Output):
    id: str
    name: str | None = Field(None, validation_alias=AliasPath("properties", "dealname"))
    amount: str | None = Field(None, validation_alias=AliasPath("properties", "amount"))
    stage: str | None = Field(None, validation_alias=AliasPath("properties", "dealstage"))
    pipeline: str | None = Field(None, validation_alias=AliasPath("properties", "pipeline"))
    close_date: str | None = Field(None, validation_alias=AliasPath("properties", "closedate"))
    owner_id: str | None = Field(None, validation_alias=AliasPath("properties", "hubspot_owner_id"))


class Deals(Output):
    total: int
    deals: list[Deal] = Field(validation_alias="results")


class GetContact(Args):
    contact_id: Id


class CreateContact(Args):
    email: Annotated[str, In("body", "properties.email")] = Field(
        min_length=3, max_length=254, description="E-mail address"
    )
    first_name: Annotated[str | None, In("body", "properties.firstname")] = Field(
        None, max_length=200, description="First name"
    )
    last_name: Annotated[str | None, In("body", "properties.lastname")] = Field(
        None, max_length=200, description="Last name"
    )
    phone: Annotated[str | None, In("body", "properties.phone")] = Field(
        None, max_length=60, description="Telephone"
    )
    company: Annotated[str | None, In("body", "properties.company")] = Field(
        None, max_length=200, description="Name of the company"
    )


class UpdateContact(Args):
    contact_id: Id
    properties: Properties


TOOLS = (
    HttpTool(
        name="hubspot_search_contacts",
        description="Search contacts by name, e-mail address, telephone or company.",
        needs=(Needs("hubspot", ("crm.objects.contacts.read",)),),
        effect="read",
        method="POST",
        path="/crm/objects/2026-03/contacts/search",
        body={**NO_FILTER, "properties": list(CONTACT)},
        args=Search,
        output=Contacts,
        pages=PAGES,
        examples=({"query": "globex"}, {"query": "globex", "limit": 1}),
    ),
    HttpTool(
        name="hubspot_get_contact",
        description="Read one contact: name, e-mail address, telephone, company, stage.",
        needs=(Needs("hubspot", ("crm.objects.contacts.read",)),),
        effect="read",
        method="GET",
        path="/crm/objects/2026-03/contacts/{contact_id}",
        query={"properties": ",".join(CONTACT)},
        args=GetContact,
        output=Contact,
        examples=({"contact_id": "101"},),
    ),
    HttpTool(
        name="hubspot_create_contact",
        description="Create a contact. Fails where one has this e-mail address.",
        needs=(Needs("hubspot", ("crm.objects.contacts.write",)),),
        effect="write",
        method="POST",
        path="/crm/objects/2026-03/contacts",
        body={"associations": []},
        args=CreateContact,
        output=Contact,
        examples=({"email": "new@initech.example", "first_name": "Nia"},),
    ),
    HttpTool(
        name="hubspot_update_contact",
        description="Change properties of a contact. Those that are not named stay as they are.",
        needs=(Needs("hubspot", ("crm.objects.contacts.write",)),),
        effect="write",
        method="PATCH",
        path="/crm/objects/2026-03/contacts/{contact_id}",
        args=UpdateContact,
        output=Contact,
        examples=({"contact_id": "101", "properties": {"jobtitle": "CTO"}},),
    ),
    HttpTool(
        name="hubspot_search_companies",
        description="Search companies by name or domain.",
        needs=(Needs("hubspot", ("crm.objects.companies.read",)),),
        effect="read",
        method="POST",
        path="/crm/objects/2026-03/companies/search",
        body={**NO_FILTER, "properties": list(COMPANY)},
        args=Search,
        output=Companies,
        pages=PAGES,
        examples=({"query": "globex"},),
    ),
    HttpTool(
        name="hubspot_search_deals",
        description="Search deals by name: amount, stage, pipeline, close date, owner.",
        needs=(Needs("hubspot", ("crm.objects.deals.read",)),),
        effect="read",
        method="POST",
        path="/crm/objects/2026-03/deals/search",
        body={**NO_FILTER, "properties": list(DEAL)},
        args=Search,
        output=Deals,
        pages=PAGES,
        examples=({"query": "renewal"},),
    ),
)
