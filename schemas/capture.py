"""The header of a capture: what a camera says about the picture that follows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from schemas.canonical import Json
from schemas.fields import Fields
from schemas.protocol_errors import TopicMismatch
from schemas.stamp import Stamp, take_stamp
from schemas.topics import Topic

LARGEST_SIDE = 65_535
"""Largest width or height a JPEG can have; PNG could be larger but no camera is."""
MOST_BYTES = 2**31 - 1


class CameraRole(StrEnum):
    """What the camera looks at."""

    FRONT = "front"
    REAR = "rear"
    SIDE = "side"
    TOP = "top"
    DOCUMENT = "document"
    OVERVIEW = "overview"


class Media(StrEnum):
    """Picture formats taken."""

    JPEG = "image/jpeg"
    PNG = "image/png"


class Trigger(StrEnum):
    """Why the picture was taken."""

    LOOP = "loop"
    MOTION = "motion"
    MANUAL = "manual"
    INTERVAL = "interval"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureHeader:
    """All that is known of one picture without decoding it.

    ``width`` and ``height`` in pixels, ``bytes`` and ``sha256`` of the picture's file,
    ``burst`` groups shots of one trigger and ``shot`` counts them from 0, ``exposure_us`` in
    microseconds, ``transit`` the transit it belongs to; the last two where the camera knows.
    On the wire ``transit`` is called ``of``. Site, lane and device repeat the topic, so that
    a spooled capture tells by itself where it belongs.
    """

    stamp: Stamp
    site: str
    lane: str
    device: str
    role: CameraRole
    media: Media
    bytes: int
    sha256: str
    width: int
    height: int
    trigger: Trigger
    burst: str
    shot: int
    exposure_us: int | None = None
    transit: str | None = None

    def to_json(self) -> dict[str, Json]:
        """The wire fields, without signature."""
        fields: dict[str, Json] = {
            **self.stamp.to_json(),
            "site": self.site,
            "lane": self.lane,
            "device": self.device,
            "role": str(self.role),
            "media": str(self.media),
            "bytes": self.bytes,
            "sha256": self.sha256,
            "width": self.width,
            "height": self.height,
            "trigger": str(self.trigger),
            "burst": self.burst,
            "shot": self.shot,
        }
        if self.exposure_us is not None:
            fields["exposure_us"] = self.exposure_us
        if self.transit is not None:
            fields["of"] = self.transit
        return fields

    def check_topic(self, topic: Topic) -> None:
        """Raise ``TopicMismatch`` unless the header names the topic's site, lane and device."""
        said = (self.site, self.lane, self.device)
        came = (topic.site, topic.lane, topic.device)
        if said != came:
            raise TopicMismatch(f"the header says {'/'.join(said)}, it came on {'/'.join(came)}")


def capture_header_from_json(fields: Fields) -> CaptureHeader:
    """Read a capture header; raises ``BadMessage`` or ``WrongVersion``."""
    return CaptureHeader(
        stamp=take_stamp(fields),
        site=fields.name("site"),
        lane=fields.name("lane"),
        device=fields.name("device"),
        role=fields.choice("role", CameraRole),
        media=fields.choice("media", Media),
        bytes=fields.integer("bytes", 1, MOST_BYTES),
        sha256=fields.sha256("sha256"),
        width=fields.integer("width", 1, LARGEST_SIDE),
        height=fields.integer("height", 1, LARGEST_SIDE),
        trigger=fields.choice("trigger", Trigger),
        burst=fields.uuid("burst"),
        shot=fields.integer("shot", 0, 10_000),
        exposure_us=fields.integer("exposure_us", 0, 60_000_000)
        if fields.has("exposure_us")
        else None,
        transit=fields.uuid("of") if fields.has("of") else None,
    )
