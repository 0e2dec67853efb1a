"""``gate camera``: publish pictures from a folder, a video stream or a video device."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
from pathlib import Path

from devices.camera import CameraAgent
from devices.drivers.folder import FolderWatch
from devices.drivers.rtsp import VideoRules, VideoSource
from devices.spool import Spool
from devices.stamping import fresh_id
from devices.station import camera_station
from gate.commands.device_options import (
    KEY_VARIABLE,
    PASSWORD_VARIABLE,
    WrongUse,
    add_broker_options,
    add_identity_options,
    end_on_sigterm,
    identity_from,
    mqtt_options,
    run_device,
)
from schemas.capture import CameraRole, Trigger
from schemas.status import DeviceKind
from schemas.topics import Topic

log = logging.getLogger(__name__)

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
    add_identity_options(who, "cam-front")
    who.add_argument("--role", type=CameraRole, choices=list(CameraRole), default=CameraRole.FRONT)
    where = parser.add_argument_group("where it publishes")
    add_broker_options(where)
    where.add_argument("--data", type=Path, help="folder of the spool; default: a user folder")
    when = parser.add_argument_group("when it takes a picture")
    when.add_argument("--trigger", type=Trigger, choices=list(Trigger), help="default: by source")
    when.add_argument("--interval", type=float, default=1.0, help="seconds; default: %(default)s")
    when.add_argument("--pause", type=float, default=0.0, help="seconds between watched pictures")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run until Ctrl-C or SIGTERM; 0 then, 2 for wrong options, 1 when the camera cannot go on."""
    return run_device("gate camera", _run(options))


async def _run(options: argparse.Namespace) -> None:
    identity = identity_from(options, DeviceKind.CAMERA, VERSION)
    topic = identity.topic
    folder = options.data or _default_folder(topic)
    end_on_sigterm()
    if options.watch is not None and not options.watch.is_dir():
        raise WrongUse(f"{options.watch} is no folder; create it or name another")
    mqtt = mqtt_options(options, f"{topic.site}.{topic.lane}.{topic.device}")
    async with camera_station(identity, options.role, mqtt, Spool(folder)) as agent:
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


def _default_folder(topic: Topic) -> Path:
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "digital-border-gate" / "cameras" / f"{topic.lane}.{topic.device}"
