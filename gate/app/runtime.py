"""Puts the service together, starts its parts in order, and takes them down in reverse."""

from __future__ import annotations

import asyncio
import logging
import secrets
import ssl
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

from config.policy_file import SHIPPED, load_policy, policy_hash
from config.settings import Settings
from config.tariff_file import load_tariff
from devices.broker import EmbeddedBroker
from devices.broker_watch import BrokerWatch
from devices.mqtt import MqttClient
from devices.mqtt_options import MqttOptions
from gate.app import policies
from gate.app.audit_keys import checker
from gate.app.clock import Clock
from gate.app.commands import Commander
from gate.app.decider import Decider
from gate.app.firms.desk import Firms
from gate.app.health import Health
from gate.app.hub import Hub
from gate.app.intake import Intake, IntakeLimits
from gate.app.lane import LaneActor
from gate.app.lanes import Lanes
from gate.app.metrics import Metrics
from gate.app.officer import Officers
from gate.app.pass_key import pass_key
from gate.app.reader import Reader
from gate.app.register import Register
from gate.app.retention import Keeper
from gate.app.sensors import CHANNELS, Sensors
from gate.app.statistics import Statistics
from gate.app.step_store import StepStore
from gate.app.vault_opening import open_vault, vault_path
from gate.core.lane.events import CaptureStored, PartTroubled
from gate.store import captures as capture_store
from gate.store.captures import PendingCapture
from gate.store.embedded import EmbeddedPostgres
from gate.store.errors import PolicyChanged
from gate.store.evidence import EvidenceStore
from gate.store.listener import LaneListener
from gate.store.migrate import migrate
from gate.store.pool import Database
from gate.store.service_role import role_for
from ocr.pool import PoolSettings, ReaderPool
from ocr.sniff import DecodeLimits
from ocr.spec import ReaderSpec
from schemas.capture_payload import CaptureLimits
from schemas.topics import Channel, topic_filter

log = logging.getLogger(__name__)

CONNECT_S = 30.0


class Service:
    """One running service process: ``async with Service(settings)`` starts and stops it.

    ``prepare`` is called once the database is migrated and its vault open, before anything else is
    read from it.
    ``readers`` is a running pool to share; without one the service starts its own.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock | None = None,
        prepare: Callable[[Service], Awaitable[None]] | None = None,
        readers: ReaderPool | None = None,
    ) -> None:
        self.settings = settings
        self._prepare = prepare
        self._readers = readers
        self.clock = clock or Clock()
        self.metrics = Metrics()
        self.hub = Hub()
        self.failed: asyncio.Future[None] | None = None
        self.anchor_key = checker(settings.audit_key) if settings.audit_key else None
        self._stack = AsyncExitStack()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Service:
        self.failed = asyncio.get_running_loop().create_future()
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._stack.aclose()
        if self.failed is not None and not self.failed.done():
            self.failed.cancel()

    def lane(self, lane: str) -> LaneActor | None:
        """The lane's actor, where this process runs the lane."""
        return self._lanes.get(lane)

    @property
    def lanes(self) -> dict[str, LaneActor]:
        """All lanes that this process runs or ran."""
        return self._lanes.actors

    async def _start(self) -> None:
        self.settings.data.mkdir(parents=True, exist_ok=True)
        self.policy = load_policy(self.settings.policy)
        await self._open_database()
        await self._open_broker()
        self._open_stores()
        await self._open_readers()
        self._assemble()
        await self._start_lanes()
        await self._start_tasks()

    async def _open_database(self) -> None:
        s = self.settings
        url = s.database.url.get_secret_value()
        if not url:
            embedded = EmbeddedPostgres(s.data / "postgres")
            await embedded.start()
            self._stack.push_async_callback(embedded.stop)
            url = embedded.url
            self.postgres: EmbeddedPostgres | None = embedded
        else:
            self.postgres = None
        role = await self._migrate(url)
        if self.postgres is not None:
            url, role = self.postgres.service_url, ""
        self.database = Database(
            url, size=s.database.pool_size, acquire_ms=s.database.acquire_ms,
            command_ms=s.database.command_ms, role=role,
        )  # fmt: skip
        await self.database.open()
        self._stack.push_async_callback(self.database.close)
        self.vault = await open_vault(self.database, vault_path(s), self.clock)
        if self._prepare is not None:
            await self._prepare(self)
        self.statistics = Statistics(
            self.database, s.site, s.web.timezone, self.clock, self.metrics
        )
        await self.statistics.open()
        self._stack.push_async_callback(self.statistics.close)
        self.register = Register(self.database, s.site, self.vault)
        await self.register.refresh()

    async def _migrate(self, url: str) -> str:
        """Bring the schema up to date as its owner; returns the role to go on with."""
        s = self.settings.database
        owner = Database(url, size=1, acquire_ms=s.acquire_ms, command_ms=s.command_ms)
        await owner.open()
        try:
            for name in await migrate(owner):
                log.info("migrated the database: %s", name)
            return await role_for(owner)
        finally:
            await owner.close()

    async def _open_broker(self) -> None:
        s = self.settings.broker
        host, port = s.host, s.port
        self.broker: EmbeddedBroker | None = None
        if not host:
            folder = self.settings.data / "broker"
            folder.mkdir(exist_ok=True)
            self.broker = EmbeddedBroker(
                data_dir=folder, port=port, max_payload_bytes=self._largest_packet()
            )
            await self.broker.start()
            self._stack.push_async_callback(self.broker.stop)
            host, port = "127.0.0.1", self.broker.port
        self.broker_address = (host, port)
        instance = self._instance()
        self.captures = await self._client(f"{s.client_id}-captures-{instance}", s.receive_maximum)
        self.control = await self._client(f"{s.client_id}-control-{instance}", 200)

    async def _client(self, client_id: str, receive_maximum: int) -> MqttClient:
        s = self.settings.broker
        host, port = self.broker_address
        tls = ssl.create_default_context(cafile=str(s.ca_file)) if s.ca_file else None
        client = MqttClient(
            MqttOptions(
                client_id=client_id, host=host, port=port, username=s.username or None,
                password=s.password.get_secret_value() or None, tls=tls,
                session_expiry_s=s.session_expiry_s, receive_maximum=receive_maximum,
                max_packet_bytes=self._largest_packet(),
            )
        )  # fmt: skip
        client.start()
        self._stack.push_async_callback(client.close)
        return client

    def _open_stores(self) -> None:
        self.evidence = EvidenceStore(self.settings.data / "evidence")
        self.refused = EvidenceStore(self.settings.data / "refused")

    async def _open_readers(self) -> None:
        s = self.settings
        if self._readers is not None:
            self.pool = self._readers
            return
        self.pool = ReaderPool(
            ReaderSpec(plate=s.reading.engine, second=s.reading.second),
            PoolSettings(
                workers=s.reading.workers, queue=s.reading.queue,
                deadline=s.reading.deadline_ms / 1000, recycle_after=s.reading.recycle_after,
            ),
            DecodeLimits(max_bytes=s.intake.max_bytes, max_pixels=s.intake.max_pixels),
        )  # fmt: skip
        await self.pool.start()
        self._stack.push_async_callback(self.pool.close)

    def _assemble(self) -> None:
        s, clock, metrics = self.settings, self.clock, self.metrics
        store = StepStore(self.database, self.register, clock, s.barrier.ttl_ms)
        self._lanes = Lanes(
            self.database, self.register, clock, metrics, store, self._instance(), self._run_lane
        )
        key = pass_key(s.data)
        self.firms = Firms(
            self.database, clock, s, metrics, key, load_tariff(s.firms.tariff), self.vault
        )
        self.decider = Decider(self.database, s.site, clock, metrics, key.verify, s.web.timezone)
        self.decider.use(self.policy, policy_hash(self.policy))
        self.commander = Commander(
            self.control, self.database, self.register, clock, metrics, s.barrier.answer_ms
        )
        self.reader = Reader(self.pool, self.database, self.evidence, clock, metrics, self.lane)
        self.sensors = Sensors(
            self.control, self.database, self.register, self.commander, clock, metrics, self.lane
        )
        self.intake = Intake(
            client=self.captures, database=self.database, evidence=self.evidence,
            refused=self.refused, register=self.register, metrics=metrics,
            limits=IntakeLimits(
                capture=self._capture_limits(), untrusted_ms=s.intake.clock_untrusted_ms,
                late_ms=s.intake.late_ms, refused_max_bytes=s.intake.refused_max_bytes,
            ),
            clock=clock, stored=self._stored,
        )  # fmt: skip
        self.keeper = Keeper(
            self.database, self.evidence, self.refused, clock, s.retention, s.web.timezone
        )
        self.officers = Officers(self.database, self.decider, clock, self.lane)
        self.health = Health(
            self.database, {"captures": self.captures, "control": self.control}, self.pool, clock,
            metrics,
            {
                "lanes": lambda: sum(actor.waiting for actor in self.lanes.values()),
                "reading": lambda: self.reader.under_way,
                "commands": lambda: self.commander.pending,
                "watchers": lambda: self.hub.watchers,
            },
        )  # fmt: skip

    async def _start_lanes(self) -> None:
        text = (self.settings.policy or SHIPPED).read_text("utf-8")
        self.policy = await policies.put_in_force(
            self.database, self.policy, self.clock.now(), holder=self._instance(), toml=text
        )
        self.decider.use(self.policy, policy_hash(self.policy))
        self._stack.push_async_callback(self._lanes.give_back)
        self._stack.push_async_callback(self._cancel_tasks)
        await self._lanes.take_free(self.decider, self.commander)

    def _run_lane(self, actor: LaneActor) -> None:
        """Run a lane that was taken, and read what was stored but not read before."""
        self._spawn(f"lane {actor.id}", actor.run())
        self.sensors.brief(actor)
        self._spawn(f"resume {actor.id}", self._resume(actor.id))

    async def _start_tasks(self) -> None:
        listener = LaneListener(self.database, self.hub.changed, self.hub.all_changed)
        self._spawn("listener", listener.run())
        self._spawn("register", self.register.keep_fresh())
        self._spawn("leases", self._lanes.keep(self.decider, self.commander))
        self._spawn("loop lag", self.health.watch_loop())
        self._spawn("parts", self.health.watch_parts())
        if self.broker is not None:
            self._spawn("broker watch", BrokerWatch(self.broker, self._broker_restarted).run())
        self._spawn("sensors", self.sensors.run())
        self._spawn("silence", self.sensors.watch())
        self._spawn("statistics", self.statistics.run())
        self._spawn("intake", self.intake.run())
        for name, work in self.firms.work().items():
            self._spawn(name, work)
        self._spawn("policy", policies.follow(self.database, self.decider, self._policy_refused))
        self._spawn("retention", self.keeper.daily())
        site = self.settings.site
        for channel in CHANNELS:
            await self.control.subscribe(topic_filter(channel, site=site))
        await self.captures.subscribe(topic_filter(Channel.CAPTURE, site=site, share="intake"))
        for client in (self.captures, self.control):
            await client.wait_connected(CONNECT_S)

    async def _resume(self, lane: str) -> None:
        for capture in await capture_store.pending(self.database, (lane,)):
            self.reader.start(capture)

    def _stored(self, capture: PendingCapture, late: bool) -> None:
        """A new capture: read it, and tell its lane unless it shows the past."""
        self.reader.start(capture)
        actor = self.lane(capture.lane)
        if actor is not None and not late:
            actor.post(CaptureStored(at=capture.received_at, capture=capture.id, role=capture.role))

    def _broker_restarted(self, why: str) -> None:
        """Tell every lane: what was under way over the old broker may be late or lost."""
        self.metrics.broker_restarts.inc()
        text = f"the message broker was started anew: {why}"
        for actor in self.lanes.values():
            actor.post(PartTroubled(at=self.clock.now(), kind="BROKER_RESTARTED", text=text))

    def _policy_refused(self, why: PolicyChanged) -> None:
        """Tell every lane that what should be decided by was tampered with."""
        text = f"the policy before stays in force: {why}"
        for actor in self.lanes.values():
            actor.post(PartTroubled(at=self.clock.now(), kind="POLICY_CHANGED", text=text))

    def _spawn(self, name: str, work: object) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work, name=name)  # type: ignore[arg-type]
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A part that ends by itself is a fault of the whole: stop, and be started anew.

        A lane ends by itself when its lease is lost; what is resumed is done at some time.
        """
        self._tasks.discard(task)
        may_end = task.get_name().startswith(("lane ", "resume "))
        if task.cancelled() or (may_end and task.exception() is None):
            return
        log.error("%s ended", task.get_name(), exc_info=task.exception())
        self._fail(task)

    def _fail(self, task: asyncio.Task[None]) -> None:
        if self.failed is not None and not self.failed.done():
            error = task.exception() or RuntimeError(f"{task.get_name()} ended by itself")
            self.failed.set_exception(error)

    async def _cancel_tasks(self) -> None:
        """Cancel all tasks, again where one was busy ending something when it was asked."""
        tasks = set(self._tasks)
        while tasks:
            for task in tasks:
                task.cancel()
            done, tasks = await asyncio.wait(tasks, timeout=1.0)
            for task in done:
                if not task.cancelled() and task.exception() is not None:
                    log.warning("%s ended with %r", task.get_name(), task.exception())

    def _capture_limits(self) -> CaptureLimits:
        s = self.settings.intake
        return CaptureLimits(
            max_picture_bytes=s.max_bytes, max_pixels=s.max_pixels,
            max_header_bytes=s.max_header_bytes,
        )  # fmt: skip

    def _largest_packet(self) -> int:
        """Packets well above the limit still reach us, so that they are refused in words."""
        return max(16 * 1024 * 1024, 2 * self._capture_limits().max_payload_bytes)

    def _instance(self) -> str:
        """A name for this installation that survives restarts, kept in the data folder."""
        return instance_name(self.settings.data)


def instance_name(data: Path) -> str:
    """Read the installation's name, or make one."""
    file = data / "instance"
    if not file.exists():
        data.mkdir(parents=True, exist_ok=True)
        file.write_text(secrets.token_hex(6), encoding="ascii")
    return file.read_text(encoding="ascii").strip()
