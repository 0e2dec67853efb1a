"""Scripts and styles, served below an address that carries the hash of them all.

One hash for the folder, so that scripts may import each other by their plain names.
"""

from __future__ import annotations

import hashlib
import mimetypes
from pathlib import Path

from aiohttp import web


class Assets:
    """The files of one folder; ``url`` gives the address that a page must use."""

    def __init__(self, folder: Path) -> None:
        self._files = {path.name: path for path in sorted(folder.iterdir())}
        whole = hashlib.sha256()
        for name, path in self._files.items():
            whole.update(name.encode() + path.read_bytes())
        self._digest = whole.hexdigest()[:16]

    def url(self, name: str) -> str:
        """The address of a file; raises ``KeyError`` for an unknown one."""
        return f"/static/{self._digest}/{self._files[name].name}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """The file of this name, to be cached for ever under this hash."""
        path = self._files.get(request.match_info["name"])
        if path is None or request.match_info["digest"] != self._digest:
            raise web.HTTPNotFound(text="There is no such file.")
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        headers = {"Content-Type": kind, "Cache-Control": "public, max-age=31536000, immutable"}
        return web.FileResponse(path, headers=headers)
