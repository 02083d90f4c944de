"""Tools of Cloudinary.

Reference: https://cloudinary.com/documentation/image_upload_api_reference and …/admin_api

Checked against Cloudinary's own library (cloudinary/pycloudinary): methods, paths and parameters.
What an image shows is told by the details of an asset, without an add-on.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from connectors.tooling import Args, HttpTool, In, Needs, Output

_CLOUDINARY = (Needs("cloudinary"),)
_PUBLIC_ID = "name of the image in its address, with its folders"


class Upload(Args):
    url: Annotated[str, In("body", "file")] = Field(
        pattern=r"^https?://[!-~]+$",
        max_length=2000,
        description="where Cloudinary fetches the image",
    )
    public_id: str | None = Field(
        None, max_length=255, description=f"{_PUBLIC_ID}; a random one without it"
    )
    overwrite: bool = Field(False, description="whether an image of that name is replaced")


class Asset(Output):
    asset_id: str
    public_id: str
    format: str | None = None
    width: int | None = None
    height: int | None = None
    bytes: int | None = None
    secure_url: str


class Transform(Args):
    public_id: str = Field(min_length=1, max_length=255, description=_PUBLIC_ID)
    transformation: Annotated[str, In("body", "eager")] = Field(
        min_length=1,
        max_length=1000,
        pattern=r"^[^|\s]+$",
        description="as in Cloudinary's addresses: c_fill,w_300,h_200",
    )


class Derived(Output):
    transformation: str | None = None
    width: int | None = None
    height: int | None = None
    secure_url: str


class Transformed(Output):
    public_id: str
    eager: list[Derived] = Field(description="the transformed image")


class Analyze(Args):
    asset_id: str = Field(
        pattern=r"^[0-9a-f]{16,64}$", description="asset id, as an upload answers it"
    )


class Analysis(Output):
    public_id: str
    format: str | None = None
    width: int | None = None
    height: int | None = None
    colors: list[Any] = Field(default_factory=list, description="colors and their percentages")
    faces: list[list[float]] = Field(
        default_factory=list, description="left, top, width and height of each face"
    )
    quality: dict[str, Any] = Field(default_factory=dict, validation_alias="quality_analysis")
    tags: list[str] = Field(default_factory=list)


TOOLS = (
    HttpTool(
        name="cloudinary_upload_image",
        description="Copy an image from a public address into Cloudinary.",
        needs=_CLOUDINARY,
        effect="write",
        method="POST",
        path="/image/upload",
        body_format="form",
        args=Upload,
        output=Asset,
        examples=({"url": "https://example.com/logo.png", "public_id": "brand/logo"},),
    ),
    HttpTool(
        name="cloudinary_transform_image",
        description="Make a transformed version of an image in Cloudinary (another size, crop or "
        "format), and return its address.",
        needs=_CLOUDINARY,
        effect="write",
        method="POST",
        path="/image/explicit",
        body_format="form",
        body={"type": "upload"},
        args=Transform,
        output=Transformed,
        examples=({"public_id": "samples/boat", "transformation": "c_fill,w_300,h_200"},),
    ),
    HttpTool(
        name="cloudinary_analyze_image",
        description="Return main colors, faces and quality of an image in Cloudinary.",
        needs=_CLOUDINARY,
        effect="read",
        method="GET",
        path="/resources/{asset_id}",
        query={"colors": "true", "faces": "true", "quality_analysis": "true"},
        args=Analyze,
        output=Analysis,
        examples=({"asset_id": "24f7d8e1a0b94c7f9a1b2c3d4e5f6071"},),
    ),
)
