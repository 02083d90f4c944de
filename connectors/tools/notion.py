"""Tools of Notion: search, read, create and extend pages, query tables, comment.

Reference: https://developers.notion.com/reference, version 2025-09-03.

Facts:
1. There are no scopes: an integration's capabilities, and the pages that the person shared, decide.
2. A table's rows are pages of a data source. A database may have several of these, and its own
   answer names them.
3. A page's text is in its blocks. A list answers ``has_more`` and ``next_cursor``.
4. A piece of text has 2,000 characters at most, and a request 100 blocks.
5. Search looks at titles alone.
"""

from typing import Annotated, Any

from pydantic import AliasPath, Field, PlainSerializer, model_validator

from connectors.tooling import Args, HttpTool, In, Needs, Output, Pages

NOTION = (Needs("notion"),)  # fact 1
PAGES = Pages(argument="start_cursor", next="next_cursor", more="has_more")  # fact 3
PIECE, BLOCKS = 2000, 100  # fact 4


def blocks(text: str | None) -> list[dict[str, Any]] | None:
    """Write text as blocks: a paragraph for each line, longer ones in pieces (fact 4)."""
    if text is None:
        return None
    return [
        {
            "object": "block",
            "type": "paragraph",
            "paragraph": {
                "rich_text": [
                    {"type": "text", "text": {"content": line[start : start + PIECE]}}
                    for start in range(0, len(line), PIECE)
                ]
            },
        }
        for line in text.replace("\r\n", "\n").split("\n")
    ]


Id = Annotated[str, Field(description="Notion's id", pattern=r"^[0-9a-fA-F-]{32,36}$")]
Size = Annotated[int, Field(ge=1, le=100, description="Results per page")]
Cursor = Annotated[str | None, Field(description="next_cursor of the page before")]
Lines = Field(max_length=60_000, pattern=rf"^[^\n]*(\n[^\n]*){{0,{BLOCKS - 1}}}$")


class Search(Args):
    query: str | None = Field(None, max_length=200, description="Words of the title")
    page_size: Size = 20
    start_cursor: Cursor = None


class Found(Output):
    id: str
    object: str = Field(description="page or data_source")
    url: str | None = None
    last_edited_time: str | None = None
    properties: dict[str, Any] = Field({})


class FoundList(Output):
    results: list[Found]


class GetPage(Args):
    page_id: Id


class ListBlocks(Args):
    block_id: Id = Field(description="Id of a page, or of a block that has children")
    page_size: Size = 50
    start_cursor: Cursor = None


class Block(Output):
    id: str
    type: str
    text: str = ""
    has_children: bool = False

    @model_validator(mode="before")
    @classmethod
    def _read_text(cls, data: Any) -> Any:
        """Put the text of the member that the block's type names beside the others."""
        inside = data.get(data.get("type")) if isinstance(data, dict) else None
        pieces = inside.get("rich_text") if isinstance(inside, dict) else None
        if not isinstance(pieces, list):
            return data
        said = (piece.get("plain_text") for piece in pieces if isinstance(piece, dict))
        return {**data, "text": "".join(text for text in said if isinstance(text, str))}


class BlockList(Output):
    results: list[Block]


class GetDatabase(Args):
    database_id: Id


class DataSource(Output):
    id: str
    name: str


class Database(Output):
    id: str
    url: str | None = None
    title: str = Field("", validation_alias=AliasPath("title", 0, "plain_text"))
    data_sources: list[DataSource]


class QueryRows(Args):
    data_source_id: Id = Field(description="Id of a data source (notion_get_database)")
    filter: dict[str, Any] | None = Field(
        None, description='Notion\'s filter: {"property": "Done", "checkbox": {"equals": true}}'
    )
    sorts: list[dict[str, Any]] | None = Field(
        None, max_length=10, description='[{"property": "Due", "direction": "ascending"}]'
    )
    page_size: Size = 25
    start_cursor: Cursor = None


class CreatePage(Args):
    parent_id: Annotated[Id, In("body", "parent.page_id")] = Field(
        description="Id of the page below which it is put"
    )
    title: Annotated[str, In("body", "properties.title.title[0].text.content")] = Field(
        min_length=1, max_length=PIECE, description="Title"
    )
    text: Annotated[str | None, PlainSerializer(blocks), In("body", "children"), Lines] = Field(
        None, description="Plain text of at most 100 lines; each is a paragraph"
    )


class CreateRow(Args):
    data_source_id: Annotated[Id, In("body", "parent.data_source_id")]
    properties: dict[str, Any] = Field(
        min_length=1,
        description='Notion\'s values by name: {"Name": {"title": [{"text": {"content": "x"}}]}}',
    )


class UpdatePage(Args):
    page_id: Id
    properties: dict[str, Any] = Field(
        min_length=1, description="Notion's values by name; the others stay as they are"
    )


class AppendText(Args):
    block_id: Id = Field(description="Id of a page, or of a block")
    text: Annotated[str, PlainSerializer(blocks), In("body", "children"), Lines] = Field(
        min_length=1, description="Plain text of at most 100 lines; each is a paragraph"
    )


class AddComment(Args):
    page_id: Annotated[Id, In("body", "parent.page_id")]
    text: Annotated[str, In("body", "rich_text[0].text.content")] = Field(
        min_length=1, max_length=PIECE, description="Plain text"
    )


class Comment(Output):
    id: str
    discussion_id: str | None = None
    created_time: str | None = None


class TrashPage(Args):
    page_id: Id


PAGE = "59833787-2cf9-4fdf-8782-000000000001"
TABLE = "2f26ee68-df30-4251-aad4-000000000001"
SOURCE = "1a44be12-0953-4631-b498-000000000001"
TOOLS = (
    HttpTool(
        name="notion_search_pages",
        description="Find pages and data sources that the user shared, by words of their titles; "
        "the last edited ones come first.",
        needs=NOTION,
        effect="read",
        method="POST",
        path="/search",
        args=Search,
        output=FoundList,
        pages=PAGES,
        examples=({"query": "Roadmap"}, {"query": "Task", "page_size": 2}),
    ),
    HttpTool(
        name="notion_get_page",
        description="Return a page's properties by its id; its text is in its blocks.",
        needs=NOTION,
        effect="read",
        method="GET",
        path="/pages/{page_id}",
        args=GetPage,
        output=Found,
        examples=({"page_id": PAGE},),
    ),
    HttpTool(
        name="notion_list_blocks",
        description="Read the text of a page, block by block; blocks below others are read by id.",
        needs=NOTION,
        effect="read",
        method="GET",
        path="/blocks/{block_id}/children",
        args=ListBlocks,
        output=BlockList,
        pages=PAGES,
        examples=({"block_id": PAGE}, {"block_id": PAGE, "page_size": 1}),
    ),
    HttpTool(
        name="notion_get_database",
        description="Return a database's title and the ids of its data sources, for queries.",
        needs=NOTION,
        effect="read",
        method="GET",
        path="/databases/{database_id}",
        args=GetDatabase,
        output=Database,
        examples=({"database_id": TABLE},),
    ),
    HttpTool(
        name="notion_query_rows",
        description="List or filter the rows of a data source, with their properties.",
        needs=NOTION,
        effect="read",
        method="POST",
        path="/data_sources/{data_source_id}/query",
        args=QueryRows,
        output=FoundList,
        pages=PAGES,
        examples=({"data_source_id": SOURCE}, {"data_source_id": SOURCE, "page_size": 1}),
    ),
    HttpTool(
        name="notion_create_page",
        description="Create a page with title and plain text below another page.",
        needs=NOTION,
        effect="write",
        method="POST",
        path="/pages",
        body={"parent": {"type": "page_id"}},
        args=CreatePage,
        output=Found,
        examples=({"parent_id": PAGE, "title": "Notes", "text": "First\nSecond"},),
    ),
    HttpTool(
        name="notion_create_row",
        description="Create a row in a data source, with Notion's values of properties.",
        needs=NOTION,
        effect="write",
        method="POST",
        path="/pages",
        body={"parent": {"type": "data_source_id"}},
        args=CreateRow,
        output=Found,
        examples=(
            {
                "data_source_id": SOURCE,
                "properties": {"Name": {"title": [{"text": {"content": "Ship it"}}]}},
            },
        ),
    ),
    HttpTool(
        name="notion_update_page",
        description="Change properties of a page or row.",
        needs=NOTION,
        effect="write",
        method="PATCH",
        path="/pages/{page_id}",
        args=UpdatePage,
        output=Found,
        examples=(
            {"page_id": PAGE, "properties": {"title": {"title": [{"text": {"content": "Plan"}}]}}},
        ),
    ),
    HttpTool(
        name="notion_append_text",
        description="Add paragraphs of plain text to the end of a page or block.",
        needs=NOTION,
        effect="write",
        method="PATCH",
        path="/blocks/{block_id}/children",
        args=AppendText,
        output=BlockList,
        examples=({"block_id": PAGE, "text": "Decided: we ship on Monday."},),
    ),
    HttpTool(
        name="notion_add_comment",
        description="Comment on a page, as the integration.",
        needs=NOTION,
        effect="write",
        method="POST",
        path="/comments",
        args=AddComment,
        output=Comment,
        examples=({"page_id": PAGE, "text": "Is this still true?"},),
    ),
    HttpTool(
        name="notion_trash_page",
        description="Move a page to the trash, with all pages below it.",
        needs=NOTION,
        effect="destructive",
        method="PATCH",
        path="/pages/{page_id}",
        body={"in_trash": True},
        args=TrashPage,
        output=Found,
        examples=({"page_id": PAGE},),
    ),
)
