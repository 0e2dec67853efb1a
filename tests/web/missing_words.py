"""``python -m tests.web.missing_words vi``: messages without a translation, as PO entries."""

from __future__ import annotations

import json
import sys

from gate.web.catalogues import load
from tests.web.test_languages import used


def main(language: str) -> int:
    """Print each missing message once; 1 where there are any."""
    words = load(language)
    seen: dict[str, list[str]] = {}
    for message, where in used():
        if not words.has(message):
            seen.setdefault(message, []).append(where)
    for message, places in seen.items():
        print(f"#: {' '.join(sorted(set(places)))}")  # noqa: T201
        print(f'msgid {json.dumps(message, ensure_ascii=False)}\nmsgstr ""\n')  # noqa: T201
    return 1 if seen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
