"""Is an archive on disk the old one or the new one, whole, whatever happens while it is written?"""

import errno
import gc
import json
import os
import pickle
import stat
import tempfile
import threading
import time
import warnings
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp

from minnet import archive

FORM = "minnet test 1"
OLD = ({"format": FORM, "which": "old"}, {"a": np.arange(1000.0), "b": np.ones((2, 3), "f4")})
NEW = ({"format": FORM, "which": "new"}, {"a": np.arange(2000.0), "b": np.zeros((2, 3), "f4")})
ROOM = 4096  # bytes: less than any of them needs


@pytest.fixture
def path(tmp_path):
    return tmp_path / "race.npz"


def read(path):
    return archive.read(path, "thing", FORM)


def assert_is(path, kept):
    text, arrays = read(path)
    assert text == kept[0] and arrays.keys() == kept[1].keys()
    for name, array in kept[1].items():
        np.testing.assert_array_equal(arrays[name], array)
        assert arrays[name].dtype == array.dtype


def assert_refused(path, words, error=ValueError):
    with pytest.raises(error, match=words) as refusal:
        read(path)
    assert "\n" not in str(refusal.value) and repr(str(path)) in str(refusal.value)


# ---------------------------------------------------------------------------- there and back


def test_what_is_written_is_read(path):
    archive.write(path, *OLD)
    assert_is(path, OLD)
    archive.write(path, *NEW)
    assert_is(path, NEW)
    assert os.listdir(path.parent) == ["race.npz"]


values = hnp.arrays(st.sampled_from(["f4", "f8", "i8"]), hnp.array_shapes(min_dims=0, min_side=0))
texts = st.dictionaries(
    st.text(max_size=5), st.one_of(st.text(max_size=20), st.floats(allow_nan=False), st.integers())
)


@given(texts, st.dictionaries(st.sampled_from("abcw"), values))
def test_any_text_and_arrays(text, arrays):
    """Infinity and the smallest numbers too, bit for bit."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "any.npz")
        archive.write(path, text | {"format": FORM}, arrays)
        text_again, again = read(path)
    assert text_again == text | {"format": FORM} and again.keys() == arrays.keys()
    for name, array in arrays.items():
        assert again[name].tobytes() == array.tobytes() and again[name].dtype == array.dtype
        assert again[name].shape == array.shape


def test_it_is_a_plain_npz_without_objects(path):
    archive.write(path, *OLD)
    with np.load(path, allow_pickle=False) as found:
        assert sorted(found.files) == ["a", "b", "text"]
        assert json.loads(str(found["text"])) == OLD[0]


@pytest.mark.parametrize("mask", [0o022, 0o027, 0o077, 0o000])
def test_the_mode_of_the_file_follows_the_umask(path, mask):
    before = os.umask(mask)
    try:
        archive.write(path, *OLD)
        assert os.umask(mask) == mask  # and it is as it was
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask


def test_two_threads_that_write_at_once_leave_the_umask_alone(tmp_path, monkeypatch):
    """Whoever changes it is met there by the other thread; then files get readable by all."""
    umask, both = os.umask, threading.Barrier(2)

    def met(mask):
        before = umask(mask)
        with suppress(threading.BrokenBarrierError):
            both.wait(10)
        return before

    before = umask(0o077)
    try:
        monkeypatch.setattr(os, "umask", met)
        threads = [
            threading.Thread(target=archive.write, args=(tmp_path / f"{k}.npz", *OLD))
            for k in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        left = umask(0o077)
    finally:
        umask(before)
    modes = [stat.S_IMODE((tmp_path / f"{k}.npz").stat().st_mode) for k in range(2)]
    assert left == 0o077 and modes == [0o600, 0o600]


# ---------------------------------------------------------------------------- all or nothing


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


# ---------------------------------------------------------------------------- what is refused


def test_there_is_none(path):
    assert_refused(path, "^there is no thing '.*race.npz'$", FileNotFoundError)


def test_an_empty_file_and_a_folder(path):
    path.write_bytes(b"")
    assert_refused(path, "is not a usable thing: File is not a zip file")
    path.unlink()
    path.mkdir()
    assert_refused(path, "is not a usable thing: .*Is a directory")


@pytest.mark.parametrize(
    "content",
    [b"all of my thesis\n", b"\0" * 100, b"PK\3\4", b"PK\5\6" + b"\0" * 18, b"\x93NUMPY\1\0"],
)
def test_a_file_of_something_else(path, content):
    path.write_bytes(content)
    assert_refused(path, "is not a usable thing: ")


def test_a_file_of_another_format(path):
    archive.write(path, {"format": "minnet report 1"}, {})
    assert_refused(path, "its format is 'minnet report 1', not 'minnet test 1'$")
    archive.write(path, {}, {})
    assert_refused(path, "its format is None, not 'minnet test 1'$")


@pytest.mark.parametrize(
    "arrays",
    [
        {},
        {"a": np.arange(3)},
        {"text": np.arange(3)},
        {"text": np.array("no json")},
        {"text": np.array("[1, 2]")},
        {"text": np.array("3")},
        {"text": np.array(json.dumps({"format": FORM})[:-2])},
        {"text": np.array([json.dumps({"format": FORM})] * 2)},
    ],
)
def test_a_foreign_npz(path, arrays):
    np.savez(path, **arrays)
    assert_refused(path, "is not a usable thing: ")


def test_a_single_array(path):
    with path.open("wb") as file:
        np.save(file, np.arange(3.0))
    assert_refused(path, "is not a usable thing: ")


class Payload:
    """Whoever unpickles it makes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def pickled(path, payload):
    path.write_bytes(pickle.dumps(payload))


def pickled_array(path, payload):
    with path.open("wb") as file:
        np.save(file, np.array([payload], object))


def pickled_text(path, payload):
    np.savez(path, text=np.array(payload, object))


def pickled_beside_the_text(path, payload):
    np.savez(path, text=np.array(json.dumps({"format": FORM})), a=np.array([payload], object))


def pickled_in_the_zip(path, payload):
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("text.npy", pickle.dumps(payload))


@pytest.mark.parametrize(
    "write",
    [pickled, pickled_array, pickled_text, pickled_beside_the_text, pickled_in_the_zip],
    ids=lambda write: write.__name__,
)
def test_nothing_is_unpickled(path, write):
    trace = path.parent / "trace"
    write(path, Payload(trace))
    assert_refused(path, "is not a usable thing: ")
    assert not trace.exists()
    pickle.loads(pickle.dumps(Payload(trace))).close()  # it would have made one
    assert trace.exists()


@given(st.integers(min_value=0), st.data())
def test_a_truncated_one(length, data):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "cut.npz")
        archive.write(path, *OLD)
        whole = path.read_bytes()
        path.write_bytes(whole[: length % len(whole)])
        assert_refused(path, "is not a usable thing: ")


@given(st.integers(min_value=0), st.integers(1, 255))
def test_a_damaged_byte_is_found_or_does_no_harm(place, flipped):
    """Harmless are dates, and names that a zip file holds twice; lost arrays are for the caller."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "damaged.npz")
        archive.write(path, *OLD)
        content = bytearray(path.read_bytes())
        content[place % len(content)] ^= flipped
        path.write_bytes(content)
        try:
            text, arrays = read(path)
        except ValueError:
            assert_refused(path, "is not a usable thing: ")
            return
    assert text == OLD[0]
    for name in arrays.keys() & OLD[1].keys():
        np.testing.assert_array_equal(arrays[name], OLD[1][name])


def test_a_damaged_shape_is_found(path):
    """One bit makes (3, 1000) to (1, 1000): NumPy reads a third, zipfile never gets to its CRC."""
    archive.write(path, {"format": FORM}, {"a": np.arange(3000.0).reshape(3, 1000)})
    content = path.read_bytes()
    assert content.count(b"'shape': (3, 1000)") == 1
    path.write_bytes(content.replace(b"'shape': (3, 1000)", b"'shape': (1, 1000)"))
    assert_refused(path, "is not a usable thing")


def test_a_damaged_file_is_closed(path):
    """NumPy would not close what it opened itself."""
    archive.write(path, *OLD)
    path.write_bytes(path.read_bytes()[:-10])
    gc.collect()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert_refused(path, "is not a usable thing")
        gc.collect()
    assert not told
