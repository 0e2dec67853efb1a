"""Every metric of the service, made once. Labels are only lanes, engines, outcomes, codes."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The service's own registry, so that tests can run several services in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        r = self.registry
        self.captures = Counter(
            "gate_captures", "Pictures taken in, by lane and result", ["lane", "result"], registry=r
        )
        self.refusals = Counter(
            "gate_refusals",
            "Messages refused, by channel and code",
            ["channel", "code"],
            registry=r,
        )
        self.readings = Counter(
            "gate_readings", "Readings, by engine and outcome", ["engine", "outcome"], registry=r
        )
        self.decisions = Counter("gate_decisions", "Decisions by outcome", ["outcome"], registry=r)
        self.reasons = Counter(
            "gate_decision_reasons", "Reasons of decisions", ["code"], registry=r
        )
        self.commands = Counter(
            "gate_barrier_commands", "Barrier commands by result", ["result"], registry=r
        )
        self.transits = Counter("gate_transits", "Transits by end", ["lane", "end"], registry=r)
        self.alarms = Counter("gate_alarms", "Alarms raised, by kind", ["kind"], registry=r)
        self.stage = Histogram(
            "gate_stage_seconds",
            "Time of each stage: store, wait, read, match, decide, step, order, answer, whole",
            ["stage"],
            buckets=_SECONDS,
            registry=r,
        )
        self.lane_phase = Gauge("gate_lane_phase", "1 for the phase a lane is in",
                                ["lane", "phase"], registry=r)  # fmt: skip
        self.queue = Gauge("gate_queue_depth", "Waiting work, by queue", ["queue"], registry=r)
        self.workers = Gauge(
            "gate_reader_workers", "Reader processes, by state", ["state"], registry=r
        )
        self.worker_events = Gauge(
            "gate_reader_worker_events", "Reader processes replaced since the start, by cause",
            ["cause"], registry=r,
        )  # fmt: skip
        self.mqtt_up = Gauge("gate_mqtt_connected", "1 while connected", ["client"], registry=r)
        self.mqtt_reconnects = Gauge(
            "gate_mqtt_reconnects", "Reconnections since the start", ["client"], registry=r
        )
        self.broker_restarts = Counter(
            "gate_broker_restarts", "Embedded brokers that were started anew", registry=r
        )
        self.database_up = Gauge("gate_database_up", "1 while the database answers", registry=r)
        self.database_pool = Gauge(
            "gate_database_connections", "Pool connections, by state", ["state"], registry=r
        )
        self.database_errors = Counter(
            "gate_database_errors", "Database errors met, by code", ["code"], registry=r
        )
        self.devices_online = Gauge(
            "gate_device_online", "1 while the device is online", ["lane", "device"], registry=r
        )
        self.loop_lag = Histogram(
            "gate_loop_lag_seconds",
            "How late the event loop wakes up",
            buckets=_SECONDS,
            registry=r,
        )
        self.loop_lag_max = Gauge(
            "gate_loop_lag_max_seconds", "Largest lag of the last minute", registry=r
        )
        self.api_calls = Counter(
            "gate_api_calls", "API calls, by operation and status", ["operation", "status"],
            registry=r,
        )  # fmt: skip
        self.sightings = Counter(
            "gate_sightings_told", "Sightings that other gates told: noted, known, refused",
            ["site", "result"], registry=r,
        )  # fmt: skip
        self.api_limited = Counter(
            "gate_api_limited", "API calls refused because a key called too often", registry=r
        )
        self.api_seconds = Histogram(
            "gate_api_seconds", "Time of API calls", buckets=_SECONDS, registry=r
        )
        self.read_rate = Gauge(
            "gate_camera_read_rate",
            "Share of plates read exactly as finally recorded: the newest reads, and the usual",
            ["lane", "device", "span"], registry=r,
        )  # fmt: skip
        self.letters = Counter(
            "gate_letters", "Letters to firms, by result: sent, failed, dead", ["result"],
            registry=r,
        )  # fmt: skip
        self.web_calls = Counter(
            "gate_web_calls", "Calls of webhooks, by result: delivered, failed, dead", ["result"],
            registry=r,
        )  # fmt: skip
        self.memory = Gauge("gate_memory_bytes", "Resident memory, by part", ["part"], registry=r)
        self._prime()

    def _prime(self) -> None:
        """Counters of the fixed outcomes exist from the start, so that rates begin at zero."""
        for outcome in ("release", "hold", "refer", "deny"):
            self.decisions.labels(outcome=outcome)
        for result in ("accepted", "done", "refused", "lost"):
            self.commands.labels(result=result)
