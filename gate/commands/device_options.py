"""What programs that speak as devices share: who they are, the broker, and running till stopped."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import ssl
import sys
from collections.abc import Coroutine
from pathlib import Path

from devices.identity import Identity
from devices.mqtt_options import MqttOptions
from devices.spool import SpoolFailed
from schemas.ids import check_key_id, check_name
from schemas.protocol_errors import ProtocolError
from schemas.signing import MIN_SECRET_BYTES
from schemas.status import DeviceKind
from schemas.topics import Channel, Topic

KEY_VARIABLE = "GATE_DEVICE_KEY"
PASSWORD_VARIABLE = "GATE_BROKER_PASSWORD"


class WrongUse(Exception):
    """The options do not fit together; the text says what to do."""


def add_broker_options(parser: argparse._ActionsContainer) -> None:
    """``--broker``, ``--username``, ``--ca-file``; the password comes from the environment."""
    parser.add_argument("--broker", default="127.0.0.1:1883", help="default: %(default)s")
    parser.add_argument("--username", help=f"for the broker; password in {PASSWORD_VARIABLE}")
    parser.add_argument("--ca-file", type=Path, help="use TLS and trust this authority")


def add_identity_options(parser: argparse._ActionsContainer, device: str) -> None:
    """``--lane``, ``--site``, ``--device``, ``--key-id``, ``--key-file``."""
    parser.add_argument("--lane", required=True, help="lane name, or N for lane-N")
    parser.add_argument("--site", default="mong-cai", help="default: %(default)s")
    parser.add_argument("--device", default=device, help="default: %(default)s")
    parser.add_argument("--key-id", help="id of the signing key; default: LANE.DEVICE")
    parser.add_argument("--key-file", type=Path, help="file with the signing secret in hexadecimal")


def mqtt_options(options: argparse.Namespace, client_id: str) -> MqttOptions:
    """How to reach the broker; raises ``WrongUse``."""
    host, _, port = options.broker.rpartition(":")
    if not host or not port.isdigit():
        raise WrongUse(f"--broker is HOST:PORT, got {options.broker!r}")
    try:
        tls = ssl.create_default_context(cafile=options.ca_file) if options.ca_file else None
    except OSError as error:
        raise WrongUse(f"--ca-file {options.ca_file} cannot be used: {error}") from error
    return MqttOptions(
        client_id=client_id, host=host.strip("[]"), port=int(port), username=options.username,
        password=os.environ.get(PASSWORD_VARIABLE), tls=tls,
    )  # fmt: skip


def identity_from(options: argparse.Namespace, kind: DeviceKind, version: str) -> Identity:
    """Who the device is; raises ``WrongUse`` or ``ProtocolError``."""
    lane = f"lane-{options.lane}" if options.lane.isdigit() else options.lane
    topic = Topic(
        site=options.site, lane=check_name(lane, "--lane"), device=options.device,
        channel=Channel.STATUS,
    )  # fmt: skip
    key = check_key_id(options.key_id or f"{lane}.{options.device}", "--key-id")
    return Identity(topic=topic, kind=kind, version=version, key=key, secret=_secret(options))


def run_device(program: str, work: Coroutine[None, None, None]) -> int:
    """Run until Ctrl-C or SIGTERM: 0; wrong options: 2; a disk that fails: 1."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        asyncio.run(work)
    except KeyboardInterrupt:
        return 0
    except (WrongUse, ProtocolError) as error:
        print(f"{program}: {error}", file=sys.stderr)
        return 2
    except SpoolFailed as error:
        print(f"{program}: {error}", file=sys.stderr)
        return 1
    return 0


def end_on_sigterm() -> None:
    """SIGTERM cancels the task that calls this."""
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


def _secret(options: argparse.Namespace) -> bytes:
    if options.key_file is not None:
        try:
            text = options.key_file.read_text()
        except OSError as error:
            raise WrongUse(f"the key file cannot be read: {error}") from error
    else:
        text = os.environ.get(KEY_VARIABLE, "")
    try:
        secret = bytes.fromhex(text.strip())
    except ValueError:
        raise WrongUse("the signing key is not hexadecimal") from None
    if len(secret) < MIN_SECRET_BYTES:
        raise WrongUse(
            f"a signing key of at least {MIN_SECRET_BYTES} bytes is needed: "
            f"give --key-file or set {KEY_VARIABLE}"
        )
    return secret
