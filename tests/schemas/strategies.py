"""Hypothesis strategies for every message of the wire, within its bounds."""

from __future__ import annotations

import hashlib

from hypothesis import strategies as st

from schemas.barrier_state import Arm, BarrierState, Cause, LoopState
from schemas.capture import CameraRole, CaptureHeader, Media, Trigger
from schemas.commands import Action, Answer, AnswerResult, Command, RefusalReason
from schemas.ids import MAX_INTEGER, uuid7
from schemas.messages import CHANNEL_OF, Message
from schemas.receipts import Receipt, ReceiptResult
from schemas.sensors import (
    HEAVIEST_G,
    MOST_SEALS,
    SEAL_PATTERN,
    LoopPlace,
    LoopReading,
    SealReading,
    WeightReading,
)
from schemas.stamp import LATEST_MS, Stamp
from schemas.status import Clock, ClockTrust, DeviceKind, Presence, Status, TimeAnswer
from schemas.topics import Channel, Topic

SECRET = b"0123456789abcdef0123456789abcdef"

names = st.from_regex(r"[a-z0-9-]{1,32}", fullmatch=True)
uuid7s = st.builds(uuid7, st.integers(0, LATEST_MS), st.binary(min_size=10, max_size=10))
times = st.integers(0, LATEST_MS)
codes = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)
printable = st.text(
    st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\u2028\u2029")
)
stamps = st.builds(
    Stamp,
    id=uuid7s,
    seq=st.integers(0, MAX_INTEGER),
    boot=uuid7s,
    at=times,
    key=st.from_regex(r"[a-z0-9.:-]{1,64}", fullmatch=True),
)
topics = st.builds(Topic, site=names, lane=names, device=names, channel=st.sampled_from(Channel))

_settled = st.builds(
    Receipt,
    stamp=stamps,
    of=uuid7s,
    result=st.sampled_from([ReceiptResult.STORED, ReceiptResult.DUPLICATE]),
)
_refusals = st.builds(
    Receipt,
    stamp=stamps,
    of=uuid7s,
    result=st.just(ReceiptResult.REFUSED),
    reason=codes,
    detail=printable.filter(lambda text: len(text) <= 300),
    final=st.booleans(),
)
commands = st.builds(
    Command,
    stamp=stamps,
    action=st.sampled_from(Action),
    token=st.integers(0, MAX_INTEGER),
    expect=st.sampled_from(Arm),
    ttl_ms=st.integers(1, 60_000),
    transit=uuid7s,
    decision=uuid7s,
)
_answers = st.builds(
    Answer,
    stamp=stamps,
    of=uuid7s,
    result=st.sampled_from([AnswerResult.ACCEPTED, AnswerResult.DONE]),
    arm=st.sampled_from(Arm),
) | st.builds(
    Answer,
    stamp=stamps,
    of=uuid7s,
    result=st.just(AnswerResult.REFUSED),
    arm=st.sampled_from(Arm),
    reason=st.sampled_from(RefusalReason),
)
_states = st.builds(
    BarrierState,
    stamp=stamps,
    arm=st.sampled_from(Arm),
    loop_safety=st.sampled_from(LoopState),
    loop_exit=st.sampled_from(LoopState),
    local_control=st.booleans(),
    cause=st.sampled_from(Cause),
    since=times,
    command=st.none() | uuid7s,
)
_clocks = st.builds(
    Clock,
    trust=st.sampled_from(ClockTrust),
    offset_ms=st.integers(-MAX_INTEGER, MAX_INTEGER),
    delay_ms=st.integers(0, MAX_INTEGER),
)
_statuses = st.builds(
    Status,
    stamp=stamps,
    presence=st.sampled_from(Presence),
    kind=st.sampled_from(DeviceKind),
    version=printable.filter(lambda text: len(text) <= 64),
    clock=_clocks,
    waiting=st.integers(0, MAX_INTEGER),
    alarms=st.lists(codes, max_size=16).map(tuple),
)
messages: st.SearchStrategy[Message] = st.one_of(
    _settled,
    _refusals,
    commands,
    _answers,
    _states,
    _statuses,
    st.builds(
        LoopReading,
        stamp=stamps,
        loop=st.sampled_from(LoopPlace),
        state=st.sampled_from(LoopState),
    ),
    st.builds(
        WeightReading, stamp=stamps, gross_g=st.integers(0, HEAVIEST_G), stable=st.booleans()
    ),
    st.builds(
        SealReading,
        stamp=stamps,
        seals=st.lists(
            st.from_regex(SEAL_PATTERN, fullmatch=True), max_size=MOST_SEALS, unique=True
        ).map(tuple),
    ),
    st.builds(TimeAnswer, stamp=stamps, of=uuid7s, t1=times, t2=times),
)


@st.composite
def messages_on_topics(draw: st.DrawFn) -> tuple[Topic, Message]:
    """A message with a topic of its channel."""
    message = draw(messages)
    return draw(topics).on(CHANNEL_OF[type(message)]), message


@st.composite
def headers(draw: st.DrawFn, topic: Topic, picture: bytes, media: Media) -> CaptureHeader:
    """A header that fits ``topic`` and ``picture``."""
    return CaptureHeader(
        stamp=draw(stamps),
        site=topic.site,
        lane=topic.lane,
        device=topic.device,
        role=draw(st.sampled_from(CameraRole)),
        media=media,
        bytes=len(picture),
        sha256=hashlib.sha256(picture).hexdigest(),
        width=draw(st.integers(1, 4000)),
        height=draw(st.integers(1, 4000)),
        trigger=draw(st.sampled_from(Trigger)),
        burst=draw(uuid7s),
        shot=draw(st.integers(0, 100)),
        exposure_us=draw(st.none() | st.integers(0, 60_000_000)),
        transit=draw(st.none() | uuid7s),
    )


@st.composite
def captures(draw: st.DrawFn) -> tuple[Topic, CaptureHeader, bytes]:
    """A topic, a header and a picture that agree (the picture is only a magic and noise)."""
    topic = draw(topics).on(Channel.CAPTURE)
    magic, media = draw(
        st.sampled_from([(b"\xff\xd8\xff", Media.JPEG), (b"\x89PNG\r\n\x1a\n", Media.PNG)])
    )
    picture = magic + draw(st.binary(max_size=200))
    return topic, draw(headers(topic, picture, media)), picture
