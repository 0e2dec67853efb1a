"""Which message each channel carries (captures aside: see ``capture_payload``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from schemas.barrier_state import BarrierState, barrier_state_from_json
from schemas.commands import Answer, Command, answer_from_json, command_from_json
from schemas.fields import Fields
from schemas.receipts import Receipt, receipt_from_json
from schemas.sensors import (
    LoopReading,
    SealReading,
    WeightReading,
    loop_from_json,
    seal_from_json,
    weight_from_json,
)
from schemas.status import Status, TimeAnswer, status_from_json, time_answer_from_json
from schemas.topics import Channel

Message = (
    Receipt
    | LoopReading
    | WeightReading
    | SealReading
    | Command
    | Answer
    | BarrierState
    | Status
    | TimeAnswer
)

READERS: Mapping[Channel, Callable[[Fields], Message]] = MappingProxyType(
    {
        Channel.RECEIPT: receipt_from_json,
        Channel.LOOP: loop_from_json,
        Channel.WEIGHT: weight_from_json,
        Channel.SEAL: seal_from_json,
        Channel.COMMAND: command_from_json,
        Channel.ANSWER: answer_from_json,
        Channel.STATE: barrier_state_from_json,
        Channel.STATUS: status_from_json,
        Channel.TIME: time_answer_from_json,
    }
)

CHANNEL_OF: Mapping[type[Message], Channel] = MappingProxyType(
    {
        Receipt: Channel.RECEIPT,
        LoopReading: Channel.LOOP,
        WeightReading: Channel.WEIGHT,
        SealReading: Channel.SEAL,
        Command: Channel.COMMAND,
        Answer: Channel.ANSWER,
        BarrierState: Channel.STATE,
        Status: Channel.STATUS,
        TimeAnswer: Channel.TIME,
    }
)
