"""``make bench``, or ``python -m bench [flow|match|plates|core]``: run and print figures."""

from __future__ import annotations

import asyncio
import logging
import sys
from importlib import import_module

PARTS = {
    "flow": "bench.flow", "match": "bench.match", "plates": "bench.plates",
    "core": "bench.core.figures", "console": "bench.console", "statistics": "bench.statistics",
}  # fmt: skip
"""Each part and the module whose ``run`` measures it."""


def main() -> int:
    """Run the named parts (default all); 1 where a figure is over its limit."""
    logging.basicConfig(level="ERROR")
    over = False
    for name in sys.argv[1:] or PARTS:
        if name not in PARTS:
            print(f"no benchmark is called {name}; there is: {', '.join(PARTS)}", file=sys.stderr)
            return 2
        for figure in asyncio.run(import_module(PARTS[name]).run()):
            print(figure.line, flush=True)
            over = over or figure.value > figure.limit
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
