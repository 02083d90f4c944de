"""Tools for Intercom: find contacts and conversations, read, answer and close them, find articles.

Specification: intercom/Intercom-OpenAPI, version 2.14.

Facts:
1. Without ``Intercom-Version`` a request gets the version that the app is set to.
2. There are no scopes; the app's permissions decide (error ``token_unauthorized`` or 403).
3. Search is a POST that changes nothing. Operator ``~`` looks for a part of the text.
4. Who answers and closes is an admin, by id: ``intercom_list_admins`` tells it.
5. ``pages.next`` is an object with ``starting_after`` or absent.
6. The search of articles has pages, but no parameter for one is documented: the first comes.
"""

from typing import Annotated, Literal

from pydantic import AliasPath, Field

from connectors.tooling import Args, HttpTool, In, Needs, Output, Pages

NEEDS = (Needs("intercom"),)  # fact 2
VERSION = {"Intercom-Version": "2.14"}  # fact 1
PAGES = Pages(argument="cursor", next="pages.next.starting_after")  # fact 5

Size = Annotated[
    int, In("body", "pagination.per_page"), Field(ge=1, le=150, description="Page size")
]
After = Annotated[
    str | None,
    In("body", "pagination.starting_after"),
    Field(description="next_cursor of the page before"),
]
ConversationId = Annotated[str, Field(pattern=r"^\d{1,20}$", description="Id of a conversation")]
AdminId = Annotated[
    str,
    In("body", "admin_id"),
    Field(pattern=r"^\d{1,20}$", description="Id of the teammate who acts (intercom_list_admins)"),
]


class ListAdmins(Args):
    pass


class Admin(Output):
    id: str
    name: str | None = None
    email: str | None = None


class Admins(Output):
    admins: list[Admin]


class SearchContacts(Args):
    field: Annotated[
        Literal["email", "name", "phone", "external_id"], In("body", "query.field")
    ] = Field("email", description="Where to look")
    value: Annotated[str, In("body", "query.value")] = Field(
        min_length=1, max_length=254, description="A part of the value"
    )
    limit: Size = 20
    cursor: After = None


class Contact(Output):
    id: str
    role: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    external_id: str | None = None
    created_at: int | None = None
    last_seen_at: int | None = None


class Contacts(Output):
    total_count: int
    contacts: list[Contact] = Field(validation_alias="data")


class CreateContact(Args):
    email: str = Field(min_length=3, max_length=254, description="E-mail address")
    name: str | None = Field(None, max_length=200, description="Name")
    phone: str | None = Field(None, max_length=40, description="Telephone, with country code")
    role: Literal["user", "lead"] = Field("user", description="A customer, or somebody who asks")


class SearchConversations(Args):
    state: Annotated[Literal["open", "closed", "snoozed"], In("body", "query.value")] = Field(
        "open", description="State"
    )
    limit: Size = 20
    cursor: After = None


class Conversation(Output):
    id: str
    title: str | None = None
    state: str
    subject: str | None = Field(None, validation_alias=AliasPath("source", "subject"))
    body: str | None = Field(None, validation_alias=AliasPath("source", "body"))
    author: str | None = Field(None, validation_alias=AliasPath("source", "author", "name"))
    author_email: str | None = Field(None, validation_alias=AliasPath("source", "author", "email"))
    assignee_id: int | None = Field(None, validation_alias="admin_assignee_id")
    created_at: int
    updated_at: int


class Conversations(Output):
    total_count: int
    conversations: list[Conversation]


class GetConversation(Args):
    conversation_id: ConversationId


class Part(Output):
    id: str
    kind: str = Field(validation_alias="part_type")
    body: str | None = None
    author: str | None = Field(None, validation_alias=AliasPath("author", "name"))
    author_type: str | None = Field(None, validation_alias=AliasPath("author", "type"))
    created_at: int


class WholeConversation(Conversation):
    parts: list[Part] = Field(
        validation_alias=AliasPath("conversation_parts", "conversation_parts")
    )


class Reply(Args):
    conversation_id: ConversationId
    admin_id: AdminId
    body: str = Field(min_length=1, max_length=60_000, description="Text; some HTML is allowed")
    message_type: Literal["comment", "note"] = Field(
        description="comment: the customer gets it; note: teammates alone see it"
    )


class Close(Args):
    conversation_id: ConversationId
    admin_id: AdminId


class SearchArticles(Args):
    phrase: str = Field(min_length=1, max_length=500, description="Words to look for")
    state: Literal["published", "draft", "all"] = Field("published", description="State")


class Article(Output):
    id: str
    title: str
    description: str | None = None
    body: str | None = None
    state: str
    url: str | None = None


class Articles(Output):
    total_count: int
    articles: list[Article] = Field(validation_alias=AliasPath("data", "articles"))


TOOLS = (
    HttpTool(
        name="intercom_list_admins",
        description="List the workspace's teammates: id, name, e-mail address.",
        needs=NEEDS,
        effect="read",
        method="GET",
        path="/admins",
        headers=VERSION,
        args=ListAdmins,
        output=Admins,
        examples=({},),
    ),
    HttpTool(
        name="intercom_search_contacts",
        description="Find contacts by a part of their e-mail address, name or telephone.",
        needs=NEEDS,
        effect="read",
        method="POST",
        path="/contacts/search",
        headers=VERSION,
        body={"query": {"operator": "~"}},  # fact 3
        args=SearchContacts,
        output=Contacts,
        pages=PAGES,
        examples=({"value": "globex"}, {"field": "name", "value": "Gil", "limit": 1}),
    ),
    HttpTool(
        name="intercom_create_contact",
        description="Create a contact. Fails where one has this e-mail address.",
        needs=NEEDS,
        effect="write",
        method="POST",
        path="/contacts",
        headers=VERSION,
        args=CreateContact,
        output=Contact,
        examples=({"email": "new@initech.example", "name": "Nia"},),
    ),
    HttpTool(
        name="intercom_search_conversations",
        description="List conversations that are open, closed or snoozed, with the first message.",
        needs=NEEDS,
        effect="read",
        method="POST",
        path="/conversations/search",
        headers=VERSION,
        body={"query": {"field": "state", "operator": "="}},
        args=SearchConversations,
        output=Conversations,
        pages=PAGES,
        examples=({}, {"state": "open", "limit": 1}),
    ),
    HttpTool(
        name="intercom_get_conversation",
        description="Read a conversation: its first message and all parts, as plain text.",
        needs=NEEDS,
        effect="read",
        method="GET",
        path="/conversations/{conversation_id}",
        query={"display_as": "plaintext"},
        headers=VERSION,
        args=GetConversation,
        output=WholeConversation,
        examples=({"conversation_id": "5001"},),
    ),
    HttpTool(
        name="intercom_reply_conversation",
        description="Answer a customer, or leave a note for teammates, as a teammate.",
        needs=NEEDS,
        effect="write",
        method="POST",
        path="/conversations/{conversation_id}/reply",
        headers=VERSION,
        body={"type": "admin"},
        args=Reply,
        output=WholeConversation,
        examples=(
            {
                "conversation_id": "5001",
                "admin_id": "660001",
                "body": "Thank you!",
                "message_type": "comment",
            },
        ),
    ),
    HttpTool(
        name="intercom_close_conversation",
        description="Close a conversation, as a teammate.",
        needs=NEEDS,
        effect="write",
        method="POST",
        path="/conversations/{conversation_id}/parts",
        headers=VERSION,
        body={"type": "admin", "message_type": "close"},
        args=Close,
        output=WholeConversation,
        examples=({"conversation_id": "5001", "admin_id": "660001"},),
    ),
    HttpTool(
        name="intercom_search_articles",
        description="Search the help centre's articles by words, with text and address.",
        needs=NEEDS,
        effect="read",
        method="GET",
        path="/articles/search",
        headers=VERSION,
        args=SearchArticles,
        output=Articles,
        examples=({"phrase": "refund"},),
    ),
)
