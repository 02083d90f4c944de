"""Tools of Mux Video.

Reference: https://www.mux.com/docs/api-reference/video

Checked against Mux's own library (muxinc/mux-node-sdk) and the first request of its documentation.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AliasPath, Field

from connectors.tooling import Args, HttpTool, In, Needs, Output

_MUX = (Needs("mux"),)


class CreateAsset(Args):
    url: Annotated[str, In("body", "inputs[0].url")] = Field(
        pattern=r"^https?://[!-~]+$", max_length=2000, description="where Mux fetches the video"
    )
    policy: Annotated[Literal["public", "signed"], In("body", "playback_policies[0]")] = Field(
        "public", description="who may play it: everyone, or holders of a signed token"
    )
    quality: Annotated[Literal["basic", "plus", "premium"], In("body", "video_quality")] = Field(
        "basic", description="quality of the encoding, which decides the price"
    )


class PlaybackId(Output):
    id: str
    policy: str


class Asset(Output):
    id: str = Field(validation_alias=AliasPath("data", "id"))
    status: str = Field(
        validation_alias=AliasPath("data", "status"), description="preparing, ready or errored"
    )
    playback_ids: list[PlaybackId] = Field(
        default_factory=list, validation_alias=AliasPath("data", "playback_ids")
    )


class OfPlayback(Args):
    playback_id: str = Field(
        pattern=r"^[A-Za-z0-9]{1,100}$", description="playback id, as in the address of the stream"
    )


class Playback(Output):
    id: str = Field(validation_alias=AliasPath("data", "id"))
    policy: str = Field(validation_alias=AliasPath("data", "policy"))
    of: str = Field(
        validation_alias=AliasPath("data", "object", "type"), description="asset or live_stream"
    )
    of_id: str = Field(validation_alias=AliasPath("data", "object", "id"))


TOOLS = (
    HttpTool(
        name="mux_create_asset",
        description="Put a video at a public address into Mux. It can be played at "
        "https://stream.mux.com/<playback id>.m3u8 when its status is ready.",
        needs=_MUX,
        effect="write",
        method="POST",
        path="/video/v1/assets",
        args=CreateAsset,
        output=Asset,
        examples=({"url": "https://example.com/launch.mp4"},),
    ),
    HttpTool(
        name="mux_get_playback",
        description="Return which video or live stream of Mux a playback id plays, and who may "
        "play it.",
        needs=_MUX,
        effect="read",
        method="GET",
        path="/video/v1/playback-ids/{playback_id}",
        args=OfPlayback,
        output=Playback,
        examples=({"playback_id": "uNbxnGLKJ00yfbijDO8COxTOyVKT01xpxW"},),
    ),
)
