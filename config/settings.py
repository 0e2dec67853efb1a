"""Every setting of the service: its type, default, bounds and meaning.

An unknown key is an error. ``config.load`` reads them from a file and the environment;
``docs/settings.md`` is generated from this file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from config.networks import networks_of

Port = Annotated[int, Field(ge=0, le=65_535)]
Milliseconds = Annotated[int, Field(ge=1, le=86_400_000)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$")]


class Section(BaseModel):
    """A group of settings: closed (no unknown keys) and fixed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Database(Section):
    """Where the facts live."""

    url: SecretStr = Field(
        SecretStr(""),
        description="PostgreSQL >= 15 as postgresql://user:password@host:port/name; "
        "empty starts the embedded PostgreSQL in the data folder",
    )
    pool_size: int = Field(8, ge=2, le=100, description="connections kept open")
    acquire_ms: Milliseconds = Field(2_000, description="longest wait for a free connection")
    command_ms: Milliseconds = Field(5_000, description="longest time of one statement")


class Broker(Section):
    """Where the messages flow."""

    host: str = Field(
        "", description="any MQTT 5 broker; empty starts the embedded one on loopback"
    )
    port: Port = Field(1883, description="its port; for the embedded broker 0 takes a free one")
    username: str = Field("", description="sent where not empty")
    password: SecretStr = Field(SecretStr(""), description="sent with the user name")
    ca_file: Path | None = Field(None, description="certificate authority; set it to use TLS")
    client_id: str = Field(
        "gate-centre", min_length=1, max_length=60, description="beginning of our client ids"
    )
    receive_maximum: int = Field(
        32, ge=1, le=1_000, description="messages that the broker may have waiting for our ack"
    )
    session_expiry_s: int = Field(86_400, ge=0, description="how long the broker keeps our session")


class Intake(Section):
    """What a capture may be; checked before decoding."""

    max_bytes: int = Field(
        4 * 1024 * 1024, ge=10_000, le=64 * 1024 * 1024, description="largest picture"
    )
    max_pixels: int = Field(
        25_000_000, ge=100_000, le=200_000_000, description="most pixels that a picture may claim"
    )
    max_header_bytes: int = Field(
        8 * 1024, ge=512, le=64 * 1024, description="largest header line of a capture"
    )
    clock_untrusted_ms: Milliseconds = Field(
        2_000, description="offset above which it proves nothing"
    )
    late_ms: Milliseconds = Field(30_000, description="older pictures are late evidence")
    refused_max_bytes: int = Field(
        200_000_000, ge=0, description="refused payloads kept as evidence, in all"
    )


class Reading(Section):
    """The worker processes that read pictures."""

    workers: int = Field(2, ge=1, le=64, description="processes; one thread each")
    queue: int = Field(64, ge=1, le=10_000, description="pictures that may wait for a worker")
    deadline_ms: Milliseconds = Field(5_000, description="longest reading of one picture")
    engine: str = Field("cascade", description="plate reader: cascade, own, rapid, tesseract")
    second: str = Field(
        "", description="second plate reader for doubtful readings (tesseract); empty: none"
    )
    recycle_after: int = Field(5_000, ge=1, description="pictures after which a worker is replaced")


class Barrier(Section):
    """Commands to barriers."""

    ttl_ms: Milliseconds = Field(3_000, description="a command is dead after this time")
    answer_ms: Milliseconds = Field(
        700, description="without an answer the same command goes again"
    )


class Web(Section):
    """Pages, API, metrics and health."""

    host: str = Field("127.0.0.1", description="address to listen on")
    port: Port = Field(8080, description="port to listen on")
    address: str = Field(
        "",
        pattern=r"^(https?://[^\s/]+/?)?$",
        description="where people reach the pages, such as https://gate.example: for links in "
        "letters",
    )
    secure_cookies: bool = Field(False, description="set true behind HTTPS")
    trusted_proxies: str = Field(
        "",
        description="addresses or networks, with commas between, of the proxies that speak HTTPS "
        "for the gate: only they are believed about whom they heard (X-Forwarded-For)",
    )
    session_hours: int = Field(12, ge=1, le=24, description="longest session")
    idle_minutes: int = Field(30, ge=1, le=720, description="session end without a request")
    sign_in_attempts: int = Field(5, ge=1, le=100, description="wrong passwords before a lockout")
    language: Literal["vi", "zh", "en"] = Field(
        "vi", description="language of pages for browsers that ask for none of ours"
    )
    timezone: str = Field(
        "Asia/Ho_Chi_Minh", description="time zone in which pages show times (IANA name)"
    )
    lockout_s: int = Field(300, ge=1, le=86_400, description="how long the lockout lasts")
    second_factor: Literal["required", "offered"] = Field(
        "required",
        description="a code beside the password (RFC 6238) for officers, shift leads, supervisors "
        "and administrators; offered: only who set one up is asked for it",
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: str) -> str:
        try:
            networks_of(value)
        except ValueError as error:
            raise ValueError(f"{error}: give addresses or networks such as 10.0.0.5") from None
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{value!r} is no IANA time zone such as Asia/Ho_Chi_Minh") from None
        return value


class Mail(Section):
    """Letters to firms."""

    host: str = Field("", description="SMTP server; empty: letters are kept but not sent")
    port: Port = Field(587, description="its port")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="how the connection is protected; none for this machine only"
    )
    ca_file: Path | None = Field(None, description="certificate authority of the server")
    username: str = Field("", description="sent where not empty")
    password: SecretStr = Field(SecretStr(""), description="sent with the user name")
    sender: str = Field(
        "gate@localhost.localdomain", pattern=r"^[^@\s<>]+@[^@\s<>]+$",
        description="address that letters come from",
    )  # fmt: skip
    sender_name: str = Field("Digital border gate", description="name beside it")


class Firms(Section):
    """What trucking firms may do."""

    tariff: Path | None = Field(None, description="file of fees; empty takes the shipped example")
    trucks_an_hour: int = Field(
        60, ge=0, le=9_999, description="capacity of an hour and direction for which none is set"
    )
    webhooks_to_loopback: bool = Field(
        False, description="call webhooks on this machine, without TLS: for trials only"
    )
    calls_a_minute: int = Field(
        300, ge=1, le=100_000, description="API calls of one key in a minute, on average"
    )
    calls_at_once: int = Field(60, ge=1, le=10_000, description="API calls of one key in a burst")


class Retention(Section):
    """How long each class of data is kept [k: Vietnam's Decree 13/2023 and general practice]."""

    pictures_days: int = Field(
        90, ge=1, le=36_500, description="pictures and readings of transits without incident"
    )
    persons_days: int = Field(
        730, ge=1, le=36_500, description="drivers' data after their last transit"
    )
    transits_days: int = Field(
        3_650, ge=1, le=36_500, description="transit records; then plates and inputs are erased"
    )
    watchlist_days: int = Field(
        0, ge=0, le=36_500, description="watchlist entries after they ended"
    )
    access_log_days: int = Field(1_825, ge=1, le=36_500, description="who looked at whom")
    daily: bool = Field(True, description="run once a day by itself")


class Settings(Section):
    """All settings of one service process."""

    site: Name = Field("mong-cai", description="the gate's name in topics and declarations")
    site_name: str = Field(
        "", max_length=60, description="the gate's name on pages and letters; empty shows the site"
    )
    data: Path = Field(description="folder of all state: database, evidence, spools")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="least level of log lines"
    )
    policy: Path | None = Field(None, description="policy file; empty takes the shipped default")
    audit_key: Path | None = Field(
        None, description="public key of the audit's anchors: pages then check their signatures"
    )
    vault_key: Path | None = Field(
        None,
        description="file of the keys that lock secrets in the database; empty: keys/vault.key in "
        "the data folder",
    )
    database: Database = Field(default_factory=lambda: Database())
    broker: Broker = Field(default_factory=lambda: Broker())
    intake: Intake = Field(default_factory=lambda: Intake())
    reading: Reading = Field(default_factory=lambda: Reading())
    barrier: Barrier = Field(default_factory=lambda: Barrier())
    web: Web = Field(default_factory=lambda: Web())
    mail: Mail = Field(default_factory=lambda: Mail())
    firms: Firms = Field(default_factory=lambda: Firms())
    retention: Retention = Field(default_factory=lambda: Retention())
