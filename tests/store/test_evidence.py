"""The evidence store keeps bytes under their hash, once, and notices what was changed."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gate.store.errors import EvidenceFull, EvidenceLost
from gate.store.evidence import EvidenceStore


@given(st.binary(max_size=3_000))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_what_was_put_comes_back_under_its_hash(tmp_path: Path, data: bytes) -> None:
    store = EvidenceStore(tmp_path / "evidence")
    name = store.put(data)

    assert name == hashlib.sha256(data).hexdigest()
    assert store.get(name) == data
    assert store.put(data, name) == name


def test_a_wrong_promise_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="promised"):
        EvidenceStore(tmp_path).put(b"one", hashlib.sha256(b"two").hexdigest())


def test_a_changed_file_is_noticed(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path)
    name = store.put(b"picture")
    store.path(name).write_bytes(b"forged!")

    with pytest.raises(EvidenceLost, match="changed"):
        store.get(name)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EvidenceLost, match="not in the store"):
        EvidenceStore(tmp_path).get("0" * 64)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "0" * 63])
def test_only_hashes_are_names(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        EvidenceStore(tmp_path).path(name)


def test_a_folder_that_can_not_be_written_says_so(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path / "evidence")
    shutil.rmtree(tmp_path / "evidence")
    (tmp_path / "evidence").write_text("a file in the way")

    with pytest.raises(EvidenceFull, match="takes no more"):
        store.put(b"picture")
