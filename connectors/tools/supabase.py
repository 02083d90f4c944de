"""Tools of a Supabase project: https://supabase.com/docs/guides/api.

Rows are read with PostgREST, whose filters are ``column.operator.value``.

Unconfirmed: written without Supabase's reference of auth and storage at hand; what matters is the
shapes of their answers.
"""

from typing import Annotated, Any
from urllib.parse import quote

from pydantic import AliasChoices, AliasPath, Field

from connectors.tooling import Args, HttpTool, In, Needs, Output, ToolContext, tool

_SUPABASE = (Needs("supabase"),)


class SelectRows(Args):
    table: str = Field(pattern=r"^[A-Za-z_]\w{0,62}$", description="Name of the table or view.")
    select: str = Field(
        "*", max_length=1000, description="Columns: id,title or title,author(name)."
    )
    filters: Annotated[str | None, In("query", "and")] = Field(
        None,
        max_length=1000,
        pattern=r"^\(.+\)$",
        description="Conditions that all hold: (status.eq.open,age.gte.18).",
    )
    order: str | None = Field(
        None, max_length=200, description="Order, such as created_at.desc,id.asc."
    )
    limit: int = Field(100, ge=1, le=1000, description="Rows at most.")
    offset: int = Field(0, ge=0, description="Rows to pass over.")


class Rows(Output):
    items: list[dict[str, Any]]


class SignUp(Args):
    email: str = Field(
        max_length=254, pattern=r"^[^@\s]+@[^@\s]+$", description="Address of the new user."
    )
    password: str = Field(min_length=6, max_length=72, description="Password of the new user.")
    data: dict[str, Any] | None = Field(None, description="Own members of the user.")


class User(Output):
    """The user, who is told alone, or beside a session."""

    id: str = Field(validation_alias=AliasChoices(AliasPath("user", "id"), "id"))
    email: str | None = Field(
        None, validation_alias=AliasChoices(AliasPath("user", "email"), "email")
    )


class UploadFile(Args):
    bucket: str = Field(pattern=r"^[\w.-]{1,100}$", description="Name of the bucket.")
    file_path: str = Field(
        pattern=r"^[^/\s][^\s]{0,500}$", description="Path in the bucket, such as notes/today.txt."
    )
    text: str = Field(max_length=200_000, description="What the file holds.")
    content_type: str = Field(
        "text/plain",
        pattern=r"^(text|application)/[a-z0-9.+-]+$",
        description="Kind of the file, such as text/csv.",
    )


class Stored(Output):
    id: str | None = Field(None, validation_alias="Id")
    key: str = Field(validation_alias="Key", description="bucket and path")


@tool(
    name="supabase_upload_file",
    description="Store a text as a new file in a bucket of the project; none is replaced.",
    needs=_SUPABASE,
    effect="write",
    args=UploadFile,
    output=Stored,
    examples=({"bucket": "notes", "file_path": "2026/today.txt", "text": "Hello"},),
)
async def upload_file(args: UploadFile, ctx: ToolContext) -> Stored:
    place = "/".join(quote(part, safe="") for part in (args.bucket, *args.file_path.split("/")))
    answer = await ctx.fetch(
        "supabase",
        "POST",
        f"/storage/v1/object/{place}",
        content=args.text.encode(),
        content_type=args.content_type,
    )
    return Stored.model_validate(answer.json())


TOOLS = (
    HttpTool(
        name="supabase_select_rows",
        description="Return rows of a table of the project, with the columns, conditions and order "
        "that are asked for.",
        needs=_SUPABASE,
        effect="read",
        method="GET",
        path="/rest/v1/{table}",
        args=SelectRows,
        output=Rows,
        examples=(
            {"table": "tasks", "limit": 2},
            {"table": "tasks", "select": "title", "filters": "(status.eq.open)"},
        ),
    ),
    HttpTool(
        name="supabase_sign_up_user",
        description="Sign up a user of the project with address and password. The project may send "
        "a message to confirm it.",
        needs=_SUPABASE,
        effect="write",
        method="POST",
        path="/auth/v1/signup",
        args=SignUp,
        output=User,
        examples=({"email": "new@acme.example", "password": "correct horse"},),
    ),
    upload_file,
)
