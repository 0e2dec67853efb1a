"""Load a shipped ONNX model for one thread, and know its digest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import onnxruntime as ort

MODELS = Path(__file__).resolve().parent.parent / "models"
"""Folder of the shipped models and their model cards."""


class PlateModelMissingError(Exception):
    """A model file of the plate reader is not where the package should have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A loaded model: its session, the name of its input and the SHA-256 (hex) of its file."""

    session: ort.InferenceSession
    input_name: str
    sha256: str


def load_network(name: str, folder: Path = MODELS) -> Network:
    """Load ``folder``/``name``.onnx on one thread.

    Raises PlateModelMissingError, saying how to make the model, when the file is absent.
    """
    path = folder / f"{name}.onnx"
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise PlateModelMissingError(
            f"{path} is missing: reinstall the package, or train it with `make train`"
        ) from None
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    return Network(
        session=session,
        input_name=session.get_inputs()[0].name,
        sha256=hashlib.sha256(data).hexdigest(),
    )
