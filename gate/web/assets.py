"""Scripts, styles and fonts, served below an address that carries the hash of them all.

One hash for everything, so that scripts may import each other by relative names. What comes
from npm packages (``packages/package-lock.json``, fetched at set-up) is served beside our own.
"""

from __future__ import annotations

import hashlib
import logging
import mimetypes
from pathlib import Path

from aiohttp import web

log = logging.getLogger(__name__)

HERE = Path(__file__).parent
PACKAGES = HERE / "packages"
VENDORED = {
    "uplot": "uplot/dist",
    "swagger-ui": "swagger-ui-dist",
    "fonts/inter": "@fontsource-variable/inter",
    "fonts/noto-sans-sc": "@fontsource/noto-sans-sc",
}
"""Address below the hash, and folder in ``node_modules``."""
SUFFIXES = frozenset({".js", ".css", ".woff2", ".woff", ".svg", ".png", ".txt"})
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/woff2", ".woff2")


class Assets:
    """The files of a folder and of the packages; ``url`` gives the address a page must use."""

    def __init__(self, folder: Path, packages: Path = PACKAGES) -> None:
        self._files = {
            path.relative_to(folder).as_posix(): path
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        whole = hashlib.sha256((packages / "package-lock.json").read_bytes())
        for name, path in self._files.items():
            whole.update(name.encode() + path.read_bytes())
        self._digest = whole.hexdigest()[:16]
        self._vendored = {
            prefix: (packages / "node_modules" / inside).resolve()
            for prefix, inside in VENDORED.items()
        }
        for prefix, inside in self._vendored.items():
            if not inside.is_dir():
                log.warning("%s is missing (scripts/setup.sh fetches it); going on without", prefix)

    def url(self, name: str) -> str:
        """The address of a file; raises ``KeyError`` for an unknown one of our own."""
        vendored = name.startswith(tuple(f"{prefix}/" for prefix in VENDORED))
        if not vendored and name not in self._files:
            raise KeyError(name)
        return f"/static/{self._digest}/{name}"

    def find(self, name: str) -> Path | None:
        """The file of this address, if it is one that may be served."""
        if name in self._files:
            return self._files[name]
        for prefix, folder in self._vendored.items():
            if name.startswith(f"{prefix}/"):
                path = (folder / name.removeprefix(f"{prefix}/")).resolve()
                inside = path.is_relative_to(folder) and path.suffix in SUFFIXES
                return path if inside and path.is_file() else None
        return None

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """The file of this name, to be cached for ever under this hash."""
        path = self.find(request.match_info["name"])
        if path is None or request.match_info["digest"] != self._digest:
            raise web.HTTPNotFound(text="There is no such file.")
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        headers = {"Content-Type": kind, "Cache-Control": "public, max-age=31536000, immutable"}
        return web.FileResponse(path, headers=headers)
