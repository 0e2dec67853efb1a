"""Where the installed model files are, and their digest; nothing is ever downloaded.

PP-OCRv6 small (detection and recognition) comes in the wheel of ``rapidocr``, PP-OCRv4's
recogniser in the wheel of ``rapidocr-onnxruntime``; both are Apache-2.0. The second package
is never imported: only its file is used.
"""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path

import onnxruntime as ort

DETECTOR_V6 = ("rapidocr", "models/PP-OCRv6_det_small.onnx")
RECOGNISER_V6 = ("rapidocr", "models/PP-OCRv6_rec_small.onnx")
RECOGNISER_V4 = ("rapidocr_onnxruntime", "models/ch_PP-OCRv4_rec_infer.onnx")


class EngineUnavailableError(Exception):
    """An engine cannot be built here: a program or a model file is missing."""


def model_path(model: tuple[str, str]) -> Path:
    """Return the path of ``model`` (package, path inside it).

    Raises EngineUnavailableError with the package to install.
    """
    package, inside = model
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / inside
        if path.is_file():
            return path
    name = package.replace("_", "-")
    raise EngineUnavailableError(
        f"the model {Path(inside).name} is missing: install the Python package {name}"
    )


def digest(*models: tuple[str, str]) -> str:
    """SHA-256 (hex) over the bytes of ``models``, in the order given."""
    total = hashlib.sha256()
    for model in models:
        with model_path(model).open("rb") as file:
            while block := file.read(1 << 20):
                total.update(block)
    return total.hexdigest()


def session(model: tuple[str, str]) -> ort.InferenceSession:
    """Load ``model`` for one thread on the CPU: workers are processes, one core each."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Without the arena a worker gives memory back after a large picture.
    options.enable_cpu_mem_arena = False
    path = str(model_path(model))
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
