"""``gate camera``: publish pictures from a folder, a video stream or a video device."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import ssl
import sys
from pathlib import Path

from devices.camera import CameraAgent
from devices.drivers.folder import FolderWatch
from devices.drivers.rtsp import VideoRules, VideoSource
from devices.identity import Identity
from devices.mqtt_options import MqttOptions
from devices.spool import Spool, SpoolFailed
from devices.stamping import fresh_id
from devices.station import camera_station
from schemas.capture import CameraRole, Trigger
from schemas.ids import check_key_id, check_name
from schemas.protocol_errors import ProtocolError
from schemas.signing import MIN_SECRET_BYTES
from schemas.status import DeviceKind
from schemas.topics import Channel, Topic

log = logging.getLogger(__name__)

KEY_VARIABLE = "GATE_DEVICE_KEY"
PASSWORD_VARIABLE = "GATE_BROKER_PASSWORD"
VERSION = "gate-camera 1"

_EXAMPLES = f"""\
Every picture is first kept on disk and stays there until the centre's receipt says that it is
stored, so a broken network or a restart loses none. Pictures in a watched folder are left as
they are; a journal in the data folder remembers which were sent.

examples:
  export {KEY_VARIABLE}=$(cat /etc/gate/cam-front.key)
  gate camera --watch /srv/ftp/front --lane 1
  gate camera --watch ./photos --lane 2 --device cam-rear --role rear --pause 1
  gate camera --rtsp rtsp://10.0.0.5/stream1 --lane 1 --trigger motion
  gate camera --device-index 0 --lane 3 --interval 2 --broker broker.example:8883 --ca-file ca.pem

The key is the device's signing secret in hexadecimal, as it is registered at the centre, from
--key-file or from the environment variable {KEY_VARIABLE}. A broker password comes from
{PASSWORD_VARIABLE}.
"""


class WrongUse(Exception):
    """The options do not fit together; the text says what to do."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``camera`` to the program's subcommands."""
    parser = subparsers.add_parser(
        "camera",
        help="publish pictures of a folder, a video stream or a video device",
        description=__doc__,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--watch", metavar="FOLDER", type=Path, help="pictures that appear here")
    source.add_argument("--rtsp", metavar="URL", help="a video stream (rtsp, http) or video file")
    source.add_argument("--device-index", metavar="N", type=int, help="a local video device")
    who = parser.add_argument_group("who this camera is")
    who.add_argument("--lane", required=True, help="lane name, or N for lane-N")
    who.add_argument("--site", default="mong-cai", help="default: %(default)s")
    who.add_argument("--device", default="cam-front", help="default: %(default)s")
    who.add_argument("--role", type=CameraRole, choices=list(CameraRole), default=CameraRole.FRONT)
    who.add_argument("--key-id", help="id of the signing key; default: LANE.DEVICE")
    who.add_argument("--key-file", type=Path, help="file with the signing secret in hexadecimal")
    where = parser.add_argument_group("where it publishes")
    where.add_argument("--broker", default="127.0.0.1:1883", help="default: %(default)s")
    where.add_argument("--username", help="for the broker")
    where.add_argument("--ca-file", type=Path, help="use TLS and trust this authority")
    where.add_argument("--data", type=Path, help="folder of the spool; default: a user folder")
    when = parser.add_argument_group("when it takes a picture")
    when.add_argument("--trigger", type=Trigger, choices=list(Trigger), help="default: by source")
    when.add_argument("--interval", type=float, default=1.0, help="seconds; default: %(default)s")
    when.add_argument("--pause", type=float, default=0.0, help="seconds between watched pictures")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run until Ctrl-C or SIGTERM; 0 then, 2 for wrong options, 1 when the camera cannot go on."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        asyncio.run(_run(options))
    except KeyboardInterrupt:
        return 0
    except (WrongUse, ProtocolError) as error:
        print(f"gate camera: {error}", file=sys.stderr)
        return 2
    except SpoolFailed as error:
        print(f"gate camera: {error}", file=sys.stderr)
        return 1
    return 0


async def _run(options: argparse.Namespace) -> None:
    identity = _identity(options)
    folder = options.data or _default_folder(identity.topic)
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    if options.watch is not None and not options.watch.is_dir():
        raise WrongUse(f"{options.watch} is no folder; create it or name another")
    async with camera_station(
        identity, options.role, _mqtt(options, identity), Spool(folder)
    ) as agent:
        log.info("camera %s, spool in %s, %d waiting", identity.topic, folder, agent.waiting)
        with contextlib.suppress(asyncio.CancelledError):
            await _publish(options, agent, folder)


async def _publish(options: argparse.Namespace, agent: CameraAgent, folder: Path) -> None:
    if options.watch is not None:
        trigger = options.trigger or Trigger.MOTION
        watch = FolderWatch(options.watch, folder / "watched.json", pause_s=options.pause)
        await watch.run(lambda picture: agent.submit(picture, trigger))
    else:
        rules = VideoRules(
            trigger=options.trigger or Trigger.INTERVAL, interval_s=max(0.05, options.interval)
        )
        source = options.rtsp if options.rtsp is not None else options.device_index
        await VideoSource(source, rules, fresh_id).run(agent.submit)


def _identity(options: argparse.Namespace) -> Identity:
    lane = f"lane-{options.lane}" if options.lane.isdigit() else options.lane
    topic = Topic(
        site=options.site,
        lane=check_name(lane, "--lane"),
        device=options.device,
        channel=Channel.CAPTURE,
    )
    key = check_key_id(options.key_id or f"{lane}.{options.device}", "--key-id")
    return Identity(
        topic=topic, kind=DeviceKind.CAMERA, version=VERSION, key=key, secret=_secret(options)
    )


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


def _mqtt(options: argparse.Namespace, identity: Identity) -> MqttOptions:
    host, _, port = options.broker.rpartition(":")
    if not host or not port.isdigit():
        raise WrongUse(f"--broker is HOST:PORT, got {options.broker!r}")
    topic = identity.topic
    try:
        tls = ssl.create_default_context(cafile=options.ca_file) if options.ca_file else None
    except OSError as error:
        raise WrongUse(f"--ca-file {options.ca_file} cannot be used: {error}") from error
    return MqttOptions(
        client_id=f"{topic.site}.{topic.lane}.{topic.device}",
        host=host.strip("[]"),
        port=int(port),
        username=options.username,
        password=os.environ.get(PASSWORD_VARIABLE),
        tls=tls,
    )


def _default_folder(topic: Topic) -> Path:
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "digital-border-gate" / "cameras" / f"{topic.lane}.{topic.device}"
