"""The spool: complete files only, nothing unsent deleted, bounds that spare what matters."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from devices.spool import Spool, SpoolFailed, SpoolFull
from devices.stamping import fresh_id


def opened(folder: Path, **bounds: int) -> Spool:
    spool = Spool(folder, **bounds)
    spool.open()
    return spool


def test_what_was_put_is_found_again_after_a_restart_oldest_first(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    ids = [fresh_id(1_790_000_000_000 + number) for number in (3, 1, 2)]
    for capture_id in ids:
        spool.put(capture_id, capture_id.encode(), important=True)
    spool.close()

    again = Spool(tmp_path)

    assert again.open() == tuple(sorted(ids))
    assert again.read(ids[0]) == ids[0].encode()
    assert again.count == 3
    assert again.size_bytes == 3 * 36


def test_a_half_written_file_of_a_crash_is_not_taken_for_a_capture(tmp_path: Path) -> None:
    opened(tmp_path).close()
    (tmp_path / "spool" / f"{fresh_id()}.part").write_bytes(b"half")
    (tmp_path / "spool" / "notes.txt").write_text("not ours, left alone")
    assert Spool(tmp_path).open() == ()
    assert [path.name for path in (tmp_path / "spool").iterdir()] == ["notes.txt"]


def test_at_the_bound_unimportant_pictures_are_refused_first_and_nothing_is_deleted(
    tmp_path: Path,
) -> None:
    spool = opened(tmp_path, max_bytes=100)
    first, second = fresh_id(1), fresh_id(2)
    spool.put(first, b"0" * 75, important=False)
    with pytest.raises(SpoolFull, match="unimportant"):
        spool.put(fresh_id(), b"0" * 10, important=False)
    spool.put(second, b"0" * 25, important=True)
    with pytest.raises(SpoolFull):
        spool.put(fresh_id(), b"0", important=True)
    assert spool.nearly_full
    spool.close()
    again = Spool(tmp_path, max_bytes=100)
    assert again.open() == (first, second)
    again.remove(first)
    assert not again.nearly_full


def test_a_refused_capture_is_set_aside_with_its_reason(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    capture_id = fresh_id()
    spool.put(capture_id, b"payload", important=True)
    spool.refuse(capture_id, "bad_media", "the bytes do not start as image/jpeg does")
    assert spool.count == 0
    assert (tmp_path / "refused" / f"{capture_id}.capture").read_bytes() == b"payload"
    note = json.loads((tmp_path / "refused" / f"{capture_id}.json").read_text())
    assert note["reason"] == "bad_media"
    spool.close()
    assert Spool(tmp_path).open() == ()


def test_a_disk_that_refuses_is_told_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    (tmp_path / "spool").rename(tmp_path / "gone")
    with pytest.raises(SpoolFailed):
        spool.put(fresh_id(), b"payload", important=True)
    assert spool.count == 0
    with pytest.raises(SpoolFailed):
        spool.read(fresh_id())
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SpoolFailed, match="cannot open"):
        Spool(tmp_path / "file").open()


def test_two_programs_never_share_a_spool(tmp_path: Path) -> None:
    first = opened(tmp_path)
    with pytest.raises(SpoolFailed, match="another process"):
        Spool(tmp_path).open()
    first.close()
    first.close()
    assert Spool(tmp_path).open() == ()
