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


class FromPixels(torch.nn.Module):
    """A network that takes pictures as cameras and OpenCV give them: n x h x w x 3, uint8."""

    def __init__(self, net: torch.nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, picture: torch.Tensor) -> object:
        """Scale to -1..1 and reorder inside the graph: the runtime does it faster than numpy."""
        return self.net(picture.permute(0, 3, 1, 2).float() * (1 / 127.5) - 1.0)


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
        strip = torch.randint(0, 256, (2, INPUT_HEIGHT, INPUT_WIDTH, 3), dtype=torch.uint8)
        export(FromPixels(net), strip, args.out / "plate-recogniser.onnx", {0: "n"})
    if args.detector:
        net = Detector()
        net.load_state_dict(torch.load(args.detector, weights_only=True)["net"])
        picture = torch.randint(0, 256, (1, 96, 160, 3), dtype=torch.uint8)
        axes = {0: "n", 1: "h", 2: "w"}
        export(FromPixels(net), picture, args.out / "plate-detector.onnx", axes)


if __name__ == "__main__":
    main()
