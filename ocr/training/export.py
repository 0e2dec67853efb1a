"""Write the trained networks as ONNX files, checked against PyTorch's own output."""

from __future__ import annotations

import argparse
import hashlib
import warnings
from pathlib import Path

import numpy as np
import onnxruntime as ort
import torch

from ocr.plates.alphabet import INPUT_HEIGHT, INPUT_WIDTH
from ocr.training.detector import Detector
from ocr.training.recogniser import Recogniser

MODELS = Path(__file__).resolve().parent.parent / "models"
OPSET = 17


def export(net: torch.nn.Module, example: torch.Tensor, path: Path, axes: dict[int, str]) -> None:
    """Write ``net`` to ``path``; raises AssertionError if ONNX and PyTorch differ by over 1e-3."""
    net.eval()
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wanted = net(example)
        torch.onnx.export(
            net,
            (example,),
            str(path),
            dynamo=False,
            input_names=["picture"],
            dynamic_axes={"picture": axes},
            opset_version=OPSET,
        )
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    got = session.run(None, {"picture": example.numpy()})
    for ours, theirs in zip(got, wanted, strict=True):
        np.testing.assert_allclose(ours, theirs.numpy(), atol=1e-3)
    print(path.name, path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())


def main() -> None:
    """Export whichever of the two states are given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recogniser", type=Path)
    parser.add_argument("--detector", type=Path)
    parser.add_argument("--out", type=Path, default=MODELS)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    if args.recogniser:
        net: torch.nn.Module = Recogniser()
        net.load_state_dict(torch.load(args.recogniser, weights_only=True)["net"])
        strip = torch.rand(2, 3, INPUT_HEIGHT, INPUT_WIDTH) * 2 - 1
        export(net, strip, args.out / "plate-recogniser.onnx", {0: "n"})
    if args.detector:
        net = Detector()
        net.load_state_dict(torch.load(args.detector, weights_only=True)["net"])
        picture = torch.rand(1, 3, 96, 160) * 2 - 1
        export(net, picture, args.out / "plate-detector.onnx", {0: "n", 2: "h", 3: "w"})


if __name__ == "__main__":
    main()
