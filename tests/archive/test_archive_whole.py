"""Is an archive on disk the old one or the new one, whole, whatever happens while it is written?"""

import errno
import os
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from archive_cases import FORM, NEW, OLD, assert_is, read

from minnet import archive

ROOM = 4096  # bytes: less than any of them needs


def no_space(*_, **__):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def half_a_file(file, **arrays):
    file.write(b"PK\3\4 and then")
    no_space()


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize(
    ("function", "stand_in"),
    [
        ("numpy.savez", half_a_file),
        ("os.fsync", no_space),
        ("os.replace", no_space),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_full_disk_leaves_the_old_one_and_nothing_else(
    path, monkeypatch, function, stand_in, there
):
    if there:
        archive.write(path, *OLD)
    with monkeypatch.context() as broken:
        broken.setattr(function, stand_in)
        with pytest.raises(OSError, match="No space left") as failure:
            archive.write(path, *NEW)
    assert failure.value.errno == errno.ENOSPC
    assert os.listdir(path.parent) == ["race.npz"] * there
    if there:
        assert_is(path, OLD)


@pytest.mark.parametrize("function", ["numpy.savez", "os.fsync", "os.replace"])
def test_ctrl_c_leaves_the_old_one_and_nothing_else(path, monkeypatch, function):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    archive.write(path, *OLD)
    with monkeypatch.context() as broken:
        broken.setattr(function, interrupt)
        with pytest.raises(KeyboardInterrupt):
            archive.write(path, *NEW)
    assert os.listdir(path.parent) == ["race.npz"]
    assert_is(path, OLD)


def test_ctrl_c_right_after_the_new_one_is_in_place(path, monkeypatch):
    replace = os.replace

    def replace_and_interrupt(*paths):
        replace(*paths)
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(os, "replace", replace_and_interrupt)
        with pytest.raises(KeyboardInterrupt):
            archive.write(path, *NEW)
    assert_is(path, NEW)


def test_a_text_that_is_no_json_leaves_the_old_one(path):
    archive.write(path, *OLD)
    with pytest.raises(TypeError):
        archive.write(path, {"format": FORM, "number": np.float32(1)}, {})
    assert os.listdir(path.parent) == ["race.npz"]
    assert_is(path, OLD)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
def test_a_disk_that_is_really_full(path, monkeypatch):
    archive.write(path, *OLD)
    opened = Path.open

    def on_full_disk(self, mode="r", *given, **options):
        return opened(Path("/dev/full") if mode == "wb" else self, mode, *given, **options)

    with monkeypatch.context() as full:
        full.setattr(Path, "open", on_full_disk)
        with pytest.raises(OSError) as failure:
            archive.write(path, *NEW)
    assert failure.value.errno == errno.ENOSPC
    assert os.listdir(path.parent) == ["race.npz"]
    assert_is(path, OLD)


def test_a_file_that_really_may_not_grow(path):
    resource = pytest.importorskip("resource", reason="no limit to a file's size")
    archive.write(path, *OLD)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, hard))
    try:
        with pytest.raises(OSError) as failure:
            archive.write(path, *NEW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert failure.value.errno == errno.EFBIG
    assert os.listdir(path.parent) == ["race.npz"]
    assert_is(path, OLD)


def test_a_folder_that_is_a_file_or_not_there(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError):
        archive.write(tmp_path / "file" / "race.npz", *OLD)
    with pytest.raises(OSError):
        archive.write(tmp_path / "none" / "race.npz", *OLD)
    assert sorted(os.listdir(tmp_path)) == ["file"]


def test_a_folder_in_its_place(path):
    path.mkdir()
    with pytest.raises(OSError):
        archive.write(path, *OLD)
    assert os.listdir(path.parent) == ["race.npz"] and os.listdir(path) == []


def test_whoever_reads_while_two_write_sees_one_of_both(path):
    archive.write(path, *OLD)
    done, failed = threading.Event(), []

    def keep_writing(kept):
        try:
            while not done.is_set():
                archive.write(path, *kept)
        except BaseException as error:
            failed.append(error)

    writers = [threading.Thread(target=keep_writing, args=(kept,)) for kept in (OLD, NEW)]
    for writer in writers:
        writer.start()
    try:
        seen, end = [], time.monotonic() + 300  # in case that one of them never writes
        while (len(seen) < 50 or len(set(seen)) < 2) and not failed and time.monotonic() < end:
            text, arrays = read(path)
            seen.append(text["which"])
            kept = {"old": OLD, "new": NEW}[text["which"]]
            np.testing.assert_array_equal(arrays["a"], kept[1]["a"])
            np.testing.assert_array_equal(arrays["b"], kept[1]["b"])
    finally:
        done.set()
        for writer in writers:
            writer.join()
    assert not failed and set(seen) == {"old", "new"}
    assert os.listdir(path.parent) == ["race.npz"]


def test_what_killed_processes_left_is_swept_after_half_a_day(path):
    """But not what may still be in work, nor what is another's."""
    for name, hours in [(".race.npz-old.npz", 13), (".race.npz-new.npz", 11), (".other-old", 13)]:
        (path.parent / name).write_bytes(b"PK")
        then = time.time() - 3600 * hours
        os.utime(path.parent / name, (then, then))
    archive.write(path, *OLD)
    assert sorted(os.listdir(path.parent)) == [".other-old", ".race.npz-new.npz", "race.npz"]
    assert_is(path, OLD)
