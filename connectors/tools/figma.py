"""Tools for Figma: read files and nodes, render images, read and write comments.

Reference: https://developers.figma.com/docs/rest-api/file-endpoints/ and the OpenAPI description
in figma/rest-api-spec.

Facts:
1. A whole file can have megabytes. ``figma_get_file`` reads the pages and the frames on them; what
   is in a frame comes with ``figma_get_nodes``.
2. There is no search over files, and no list of a person's teams: a team's id is in the address of
   its page, a file's key in the file's.
3. Files and comments come in one piece; versions have pages, whose next address is a URL.
"""

from typing import Annotated, Any, Literal

from pydantic import AliasPath, Field

from connectors.tooling import Args, HttpTool, In, Needs, Output

FileKey = Annotated[
    str, Field(description="Key in the file's address", pattern=r"^[A-Za-z0-9]{10,64}$")
]
Id = Annotated[str, Field(pattern=r"^I?\d+:\d+(;\d+:\d+)*$")]
Ids = Annotated[
    list[Id],
    In("query", "ids", join=","),
    Field(description="Ids of nodes, such as 1:2", min_length=1, max_length=50),
]


class GetFile(Args):
    file_key: FileKey
    depth: int = Field(2, ge=1, le=4, description="1: pages only, 2: with their frames")


class Frame(Output):
    id: str
    name: str
    type: str


class Page(Frame):
    children: list[Frame] = Field([])


class File(Output):
    name: str
    last_modified: str = Field(validation_alias="lastModified")
    version: str
    editor: str | None = Field(None, validation_alias="editorType")
    pages: list[Page] = Field(validation_alias=AliasPath("document", "children"))


class GetNodes(Args):
    file_key: FileKey
    ids: Ids
    depth: int = Field(3, ge=1, le=6, description="How many levels below each node")


class Nodes(Output):
    name: str
    nodes: dict[str, Any]


class RenderImages(Args):
    file_key: FileKey
    ids: Ids
    format: Literal["png", "jpg", "svg", "pdf"] = Field("png", description="Format")
    scale: float = Field(1, ge=0.01, le=4, description="Scale")


class Images(Output):
    images: dict[str, str | None]


class ListComments(Args):
    file_key: FileKey


class Comment(Output):
    id: str
    message: str
    author: str | None = Field(None, validation_alias=AliasPath("user", "handle"))
    created_at: str
    resolved_at: str | None = None
    parent_id: str | None = None
    node_id: str | None = Field(None, validation_alias=AliasPath("client_meta", "node_id"))


class Comments(Output):
    comments: list[Comment]


class AddComment(Args):
    file_key: FileKey
    message: str = Field(min_length=1, max_length=10_000, description="Text")
    comment_id: str | None = Field(
        None, pattern=r"^\d{1,30}$", description="Answer this comment, which is no answer itself"
    )


class CommentRef(Args):
    file_key: FileKey
    comment_id: str = Field(pattern=r"^\d{1,30}$", description="Id of the comment")


class Deleted(Output):
    status: int = 200


class ListProjects(Args):
    team_id: str = Field(pattern=r"^\d{1,30}$", description="Id in the team's address")


class Project(Output):
    id: str
    name: str


class Projects(Output):
    team: str = Field(validation_alias="name")
    projects: list[Project]


class ListFiles(Args):
    project_id: str = Field(pattern=r"^\d{1,30}$", description="Id (figma_list_projects)")


class FileSummary(Output):
    key: str
    name: str
    last_modified: str


class Files(Output):
    project: str = Field(validation_alias="name")
    files: list[FileSummary]


FILE = "AbCdEf1234567890abcdEF"
TOOLS = (
    HttpTool(
        name="figma_get_file",
        description="Read a file's name, version, pages and frames. Layers: figma_get_nodes.",
        needs=(Needs("figma", ("file_content:read",)),),
        effect="read",
        method="GET",
        path="/files/{file_key}",
        args=GetFile,
        output=File,
        examples=({"file_key": FILE},),
    ),
    HttpTool(
        name="figma_get_nodes",
        description="Read some nodes of a file with their layers, as Figma's JSON.",
        needs=(Needs("figma", ("file_content:read",)),),
        effect="read",
        method="GET",
        path="/files/{file_key}/nodes",
        args=GetNodes,
        output=Nodes,
        examples=({"file_key": FILE, "ids": ["1:2"]},),
    ),
    HttpTool(
        name="figma_render_images",
        description="Render nodes as images. Returns addresses that work for 30 days, null where"
        " a node cannot be rendered.",
        needs=(Needs("figma", ("file_content:read",)),),
        effect="read",
        method="GET",
        path="/images/{file_key}",
        args=RenderImages,
        output=Images,
        examples=({"file_key": FILE, "ids": ["1:2"], "format": "svg"},),
    ),
    HttpTool(
        name="figma_list_comments",
        description="List a file's comments: text, author, node, if resolved.",
        needs=(Needs("figma", ("file_comments:read",)),),
        effect="read",
        method="GET",
        path="/files/{file_key}/comments",
        query={"as_md": "true"},
        args=ListComments,
        output=Comments,
        examples=({"file_key": FILE},),
    ),
    HttpTool(
        name="figma_add_comment",
        description="Comment on a file, or answer a comment, as the person.",
        needs=(Needs("figma", ("file_comments:write",)),),
        effect="write",
        method="POST",
        path="/files/{file_key}/comments",
        args=AddComment,
        output=Comment,
        examples=({"file_key": FILE, "message": "Is this the new blue?"},),
    ),
    HttpTool(
        name="figma_delete_comment",
        description="Delete a comment that the person wrote.",
        needs=(Needs("figma", ("file_comments:write",)),),
        effect="destructive",
        method="DELETE",
        path="/files/{file_key}/comments/{comment_id}",
        args=CommentRef,
        output=Deleted,
        examples=({"file_key": FILE, "comment_id": "9001"},),
    ),
    HttpTool(
        name="figma_list_projects",
        description="List a team's projects that the person may see.",
        needs=(Needs("figma", ("projects:read",)),),
        effect="read",
        method="GET",
        path="/teams/{team_id}/projects",
        args=ListProjects,
        output=Projects,
        examples=({"team_id": "7001"},),
    ),
    HttpTool(
        name="figma_list_files",
        description="List a project's files: key, name, last change.",
        needs=(Needs("figma", ("projects:read",)),),
        effect="read",
        method="GET",
        path="/projects/{project_id}/files",
        args=ListFiles,
        output=Files,
        examples=({"project_id": "8001"},),
    ),
)
