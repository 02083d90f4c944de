"""Tools of ImageKit.

Reference: https://imagekit.io/docs/api-reference/upload-file/upload-file

Checked against ImageKit's own libraries: host, path, fields of the form and of the answer.
"""

from __future__ import annotations

from pydantic import Field

from connectors.tooling import Args, Needs, Output, ToolContext, tool

_BOUNDARY = "one-part-for-each-field"


class Upload(Args):
    url: str = Field(
        pattern=r"^https?://[!-~]+$", max_length=2000, description="where ImageKit fetches the file"
    )
    name: str = Field(
        pattern=r"^[A-Za-z0-9._-]{1,200}$", description="file name: letters, digits, . _ and -"
    )
    folder: str | None = Field(
        None, pattern=r"^/[A-Za-z0-9/_-]{0,200}$", description="folder; the root without it"
    )


class File(Output):
    file_id: str = Field(validation_alias="fileId")
    name: str
    path: str = Field(validation_alias="filePath")
    url: str = Field(description="address; ?tr=w-300 behind it is the image 300 pixels wide")
    width: int | None = None
    height: int | None = None
    size: int | None = None


@tool(
    name="imagekit_upload_file",
    description="Copy an image or a file from a public address into ImageKit, and return its "
    "address. ImageKit transforms an image by its address: ?tr=w-300,h-200.",
    needs=(Needs("imagekit"),),
    effect="write",
    args=Upload,
    output=File,
    examples=(
        {"url": "https://example.com/logo.png", "name": "logo.png"},
        {"url": "https://example.com/logo.png", "name": "logo.png", "folder": "/brand"},
    ),
)
async def upload_file(args: Upload, ctx: ToolContext) -> File:
    fields = {"file": args.url, "fileName": args.name, "folder": args.folder}
    # No value can hold a line end, so none can end its part.
    parts = [
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
        if value is not None
    ]
    answer = await ctx.fetch(
        "imagekit",
        "POST",
        "/api/v1/files/upload",
        host="upload.imagekit.io",
        content=f"{''.join(parts)}--{_BOUNDARY}--\r\n".encode(),
        content_type=f"multipart/form-data; boundary={_BOUNDARY}",
    )
    return File.model_validate(answer.json())


TOOLS = (upload_file,)
