"""Foreign, damaged and pickled files are refused in one line."""

import gc
import json
import pickle
import tempfile
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
from archive_cases import FORM, OLD, assert_refused, read
from hypothesis import given, strategies as st

from minnet import archive


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
