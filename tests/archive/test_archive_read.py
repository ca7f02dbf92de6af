"""What is written into an archive is what is read from it, and it is a plain .npz."""

import json
import os
import stat
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from archive_cases import FORM, NEW, OLD, assert_is, read
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp

from minnet import archive


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
