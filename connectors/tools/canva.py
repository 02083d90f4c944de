"""Tools of Canva: create a design, export one as a file.

Reference: https://www.canva.dev/docs/connect/

Facts:
1. An export takes a while: it is started by one request, and asked for by another until it says
   ``success`` or ``failed``. Its addresses work for a day.
2. The addresses of a new design work for 30 days.

Checked against the OpenAPI document that Canva publishes (canva-connect-api-starter-kit).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AliasPath, Field

from connectors.tooling import Args, HttpTool, In, Needs, Output

_EXPORT = (Needs("canva", ("design:content:read",)),)


class CreateDesign(Args):
    kind: Annotated[
        Literal["doc", "email", "presentation", "whiteboard"], In("body", "design_type.name")
    ] = Field(description="what kind of design")
    title: str | None = Field(None, min_length=1, max_length=255, description="its title")


class Design(Output):
    id: str = Field(validation_alias=AliasPath("design", "id"))
    title: str | None = Field(None, validation_alias=AliasPath("design", "title"))
    edit_url: str | None = Field(None, validation_alias=AliasPath("design", "urls", "edit_url"))
    view_url: str | None = Field(None, validation_alias=AliasPath("design", "urls", "view_url"))


class ExportDesign(Args):
    design_id: str = Field(pattern=r"^[A-Za-z0-9_-]{5,40}$", description="id of the design")
    format: Annotated[Literal["pdf", "png", "pptx", "gif"], In("body", "format.type")] = Field(
        "pdf", description="kind of the file"
    )
    pages: Annotated[list[int] | None, In("body", "format.pages")] = Field(
        None, max_length=100, description="numbers of pages from 1 on; all without it"
    )


class GetExport(Args):
    export_id: str = Field(pattern=r"^[A-Za-z0-9-]{5,60}$", description="id of the export")


class Export(Output):
    id: str = Field(validation_alias=AliasPath("job", "id"))
    status: str = Field(
        validation_alias=AliasPath("job", "status"), description="in_progress, success or failed"
    )
    urls: list[str] = Field(default_factory=list, validation_alias=AliasPath("job", "urls"))
    error: str | None = Field(None, validation_alias=AliasPath("job", "error", "message"))


TOOLS = (
    HttpTool(
        name="canva_create_design",
        description="Create an empty design of Canva. Returns its id and the links to edit it.",
        needs=(Needs("canva", ("design:content:write",)),),
        effect="write",
        method="POST",
        path="/designs",
        body={"type": "type_and_asset", "design_type": {"type": "preset"}},
        args=CreateDesign,
        output=Design,
        examples=({"kind": "presentation", "title": "Launch"},),
    ),
    HttpTool(
        name="canva_export_design",
        description="Start to export a design of Canva as a file. Ask for the file with "
        "canva_get_export.",
        needs=_EXPORT,
        effect="write",
        policy="auto",
        method="POST",
        path="/exports",
        args=ExportDesign,
        output=Export,
        examples=({"design_id": "DAFSandbox01", "format": "pdf"},),
    ),
    HttpTool(
        name="canva_get_export",
        description="Say how far an export of Canva is, and return the links to its files.",
        needs=_EXPORT,
        effect="read",
        method="GET",
        path="/exports/{export_id}",
        args=GetExport,
        output=Export,
        examples=({"export_id": "e08861ae-3b29-45db-8dc1-1fe0bf7f1cc8"},),
    ),
)
