"""Take up a network where an exported model left off: ``python -m ocr.training.take_up``.

An export has its normalisations folded into the convolutions before them. They are taken apart
again, by what the convolutions give for some drawn examples, so that training goes on as if it had
never ended; only the optimiser begins anew.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from ocr.training.detector import Detector
from ocr.training.recogniser import Recogniser

START = Path(__file__).resolve().parent / "start"
"""The models that ``make train`` goes on from; what they are stands in README.md there."""
PREFIX = "net."
EXAMPLES = {"recogniser": 4096, "detector": 192}


def weights_of(path: Path) -> tuple[dict[str, Tensor], list[tuple[Tensor, Tensor]]]:
    """The named weights of the model at ``path``, and its folded convolutions in their order."""
    graph = onnx.load(str(path)).graph
    held = {i.name: torch.from_numpy(numpy_helper.to_array(i).copy()) for i in graph.initializer}
    named = {k.removeprefix(PREFIX): v for k, v in held.items() if k.startswith(PREFIX)}
    folded = []
    products: dict[str, Tensor] = {}
    for node in graph.node:
        inputs = list(node.input)
        if node.op_type == "Conv" and not inputs[1].startswith(PREFIX):
            folded.append((held[inputs[1]], held[inputs[2]]))
        elif node.op_type == "MatMul" and inputs[1] in held:
            products[node.output[0]] = held[inputs[1]]
        elif node.op_type == "Add":
            bias = next((i for i in inputs if i.startswith(PREFIX) and i.endswith("bias")), None)
            product = next((products[i] for i in inputs if i in products), None)
            if bias is not None and product is not None:
                # A linear layer is exported as its transposed weight and a bias.
                named[bias.removeprefix(PREFIX).removesuffix("bias") + "weight"] = product.T
        elif node.op_type == "Expand" and inputs[0] in held:
            named["queries"] = held[inputs[0]][0]
    return named, folded


@torch.no_grad()
def take_up(net: nn.Module, path: Path, examples: Tensor) -> None:
    """Give ``net`` the weights of the model at ``path``; ``examples`` as its input, -1..1.

    Raises ValueError where the model is of another network.
    """
    named, folded = weights_of(path)
    layers = list(net.modules())
    norms = [m for m in layers if isinstance(m, nn.BatchNorm2d)]
    convolutions = [m for m in layers if isinstance(m, nn.Conv2d) and m.bias is None]
    missing = net.load_state_dict(named, strict=False).missing_keys
    folds = {id(p) for m in (*norms, *convolutions) for p in (*m.parameters(), *m.buffers())}
    state = net.state_dict(keep_vars=True)
    if len(folded) != len(norms) or any(id(state[name]) not in folds for name in missing):
        raise ValueError(f"{path} holds another network than {type(net).__name__}")
    for (weight, bias), convolution, norm in zip(folded, convolutions, norms, strict=True):
        convolution.weight.copy_(weight)
        norm.running_mean, norm.running_var = torch.zeros_like(bias), torch.ones_like(bias)
        norm.weight.fill_((1 + norm.eps) ** 0.5)
        norm.bias.copy_(bias)
    seen: dict[nn.Module, Tensor] = {}
    hooks = [
        norm.register_forward_hook(lambda module, given, _: seen.update({module: given[0]}))
        for norm in norms
    ]
    net.eval()
    net(examples)
    for hook in hooks:
        hook.remove()
    for norm, (_, bias) in zip(norms, folded, strict=True):
        variance, mean = torch.var_mean(seen[norm], (0, 2, 3))
        norm.running_mean, norm.running_var = mean, variance
        norm.weight.copy_((variance + norm.eps).sqrt())
        norm.bias.copy_(bias + mean)
    net.train()


def main() -> None:
    """Write ``recogniser.pt`` and ``detector.pt`` as states that a training can start from."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, default=START)
    parser.add_argument("--crops", type=Path, required=True)
    parser.add_argument("--scenes", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    for name, net, data in (
        ("recogniser", Recogniser(), args.crops),
        ("detector", Detector(), args.scenes),
    ):
        images = np.load(sorted(data.glob("images-????.npy"))[-1], mmap_mode="r")
        some = torch.from_numpy(images[: EXAMPLES[name]].copy()).permute(0, 3, 1, 2)
        take_up(net, args.models / f"plate-{name}.onnx", some.float() / 127.5 - 1.0)
        torch.save({"net": net.state_dict()}, args.out / f"{name}.pt")


if __name__ == "__main__":
    main()
