"""Scripts and styles, served under names that carry their content's hash."""

from __future__ import annotations

import hashlib
import mimetypes
from pathlib import Path

from aiohttp import web


class Assets:
    """The files of one folder; ``url`` gives the address that a page must use."""

    def __init__(self, folder: Path) -> None:
        self._files: dict[str, Path] = {}
        self._urls: dict[str, str] = {}
        for path in sorted(folder.iterdir()):
            digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
            name = f"{path.stem}.{digest}{path.suffix}"
            self._files[name] = path
            self._urls[path.name] = f"/static/{name}"

    def url(self, name: str) -> str:
        """The address of a file; raises ``KeyError`` for an unknown one."""
        return self._urls[name]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """The file of a hashed name, to be cached for ever."""
        path = self._files.get(request.match_info["name"])
        if path is None:
            raise web.HTTPNotFound(text="There is no such file.")
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        headers = {"Content-Type": kind, "Cache-Control": "public, max-age=31536000, immutable"}
        return web.FileResponse(path, headers=headers)
