"""A damaged, foreign or incomplete checkpoint is refused in one line, and nothing is unpickled.

R runs, n weights
"""

import json
import pickle
import tempfile
from pathlib import Path

import numpy as np
import pytest
from checkpoint_races import BOLD, ctrl_c_at, small_race
from hypothesis import given, settings, strategies as st
from small_races import NET, PLAIN, never, three_classes

import minnet as mn
from minnet import archive
from minnet.optimizers.notation import as_optimizers
from minnet.racing import checkpoint
from minnet.racing.state import Race


def new_state(optimizers=BOLD):
    """A race at its start, as `race` builds it."""
    plan = mn.Plan(28, 5, 2, seed=3)
    return Race(NET, three_classes(), as_optimizers(optimizers), plan, NET.start(3), 1)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """The bytes of a checkpoint at step 7, and the race that stands there."""
    path = tmp_path_factory.mktemp("saved") / "race.npz"
    small_race(BOLD, checkpoint=path, checkpoint_every=1, progress=ctrl_c_at(7), keep=[0, 6])
    state = new_state()
    checkpoint.restore(state, path)
    return path.read_bytes(), state


def assert_stands_there(state, other):
    for name in (*checkpoint.ARRAYS, "losses"):
        np.testing.assert_array_equal(getattr(state, name), getattr(other, name), err_msg=name)
    for left, right in zip(state.slots + state.scores, other.slots + other.scores, strict=True):
        np.testing.assert_array_equal(left, right)
    assert state.kept.keys() == other.kept.keys()
    for step, w in state.kept.items():
        np.testing.assert_array_equal(w, other.kept[step])
    for name in ("step", "spent", "states", "stopped_by", "evaluated_at"):
        assert getattr(state, name) == getattr(other, name)


def assert_refused(path, words, error=ValueError):
    with pytest.raises(error, match=words) as refusal:
        small_race(BOLD, checkpoint=path, resume=True, progress=never)
    assert "\n" not in str(refusal.value) and repr(str(path)) in str(refusal.value)


def test_what_is_restored_is_what_was_saved(saved):
    state = saved[1]
    assert state.step == 7 and state.evaluated_at == [0, 6] and sorted(state.kept) == [0, 6]
    part = small_race(BOLD, progress=ctrl_c_at(7), checkpoint=None, keep=[7])
    np.testing.assert_array_equal(state.w, part.kept[:, 0])
    np.testing.assert_array_equal(state.losses[:, :7], part.losses[:, :7])
    assert np.isnan(state.losses[:, 7:]).all() and np.ptp(state.slots[1]) > 0


@settings(max_examples=40 if PLAIN else 200)
@given(st.integers(min_value=0), st.integers(0, 7))
def test_a_flipped_bit_is_found_or_does_no_harm(saved, place, bit):
    content = bytearray(saved[0])
    content[place % len(content)] ^= 1 << bit
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "race.npz")
        path.write_bytes(content)
        state = new_state()
        try:
            checkpoint.restore(state, path)
        except ValueError:
            assert_refused(path, "is not a usable checkpoint: ")
        else:
            assert_stands_there(state, saved[1])


@given(st.integers(min_value=0))
def test_a_truncated_checkpoint(saved, length):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "race.npz")
        path.write_bytes(saved[0][: length % len(saved[0])])
        with pytest.raises(ValueError, match="is not a usable checkpoint: ") as refusal:
            checkpoint.restore(new_state(), path)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", ["w", "best", "best_loss", "seconds", "slots_2"])
def test_arrays_of_other_shapes_are_refused(saved, path, name):
    """As they come from a file whose one flipped bit NumPy and zipfile do not see."""
    path.write_bytes(saved[0])
    text, arrays = checkpoint.read(path)
    archive.write(path, text, arrays | {name: arrays[name][:1]})
    assert_refused(path, "is not a usable checkpoint: ")


@pytest.mark.parametrize(
    "name",
    ["w", "best", "best_loss", "best_at", "diverged_at", "stopped_at", "seconds", "slots_0",
     "slots_4", "kept_6", "losses", "scores", "evaluated_at"],
)  # fmt: skip
def test_arrays_that_are_missing_are_told(saved, path, name):
    path.write_bytes(saved[0])
    text, arrays = checkpoint.read(path)
    archive.write(path, text, {key: array for key, array in arrays.items() if key != name})
    assert_refused(path, f"is not a usable checkpoint: '{name}'")


@pytest.mark.parametrize(
    ("key", "value"), [("step", None), ("step", "x"), ("step", 8), ("kept_at", None)]
)
def test_texts_that_do_not_fit_are_told(saved, path, key, value):
    path.write_bytes(saved[0])
    text, arrays = checkpoint.read(path)
    archive.write(path, text | {key: value}, arrays)
    assert_refused(path, "is not a usable checkpoint: ")


@pytest.mark.parametrize("key", ["step", "spent", "states", "stopped_by", "kept_at"])
def test_texts_that_are_missing_are_told(saved, path, key):
    path.write_bytes(saved[0])
    text, arrays = checkpoint.read(path)
    archive.write(path, {k: v for k, v in text.items() if k != key}, arrays)
    assert_refused(path, f"is not a usable checkpoint: '{key}'")


@pytest.mark.parametrize("text", [{}, {"identity": None}, {"identity": []}])
def test_a_checkpoint_that_does_not_say_of_which_race(path, text):
    archive.write(path, {"format": checkpoint.FORMAT} | text, {})
    assert_refused(path, "usable checkpoint|another race")


def test_foreign_files(path):
    small_race().save(path)
    assert_refused(path, "is not a usable checkpoint: its format is 'minnet report 1', not ")
    np.savez(path, x=np.zeros((3, 2)), t=np.arange(3))
    assert_refused(path, "is not a usable checkpoint: ")
    path.write_text("all of my thesis")
    assert_refused(path, "is not a usable checkpoint: ")
    path.write_bytes(b"")
    assert_refused(path, "is not a usable checkpoint: File is not a zip file")
    path.unlink()
    path.mkdir()
    assert_refused(path, "is not a usable checkpoint: .*Is a directory")
    path.rmdir()
    assert_refused(path, "there is no checkpoint", FileNotFoundError)


class Payload:
    """Whoever unpickles it makes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def test_nothing_is_unpickled(saved, path):
    trace = path.parent / "trace"
    path.write_bytes(pickle.dumps(Payload(trace)))
    assert_refused(path, "is not a usable checkpoint: ")
    path.write_bytes(saved[0])
    text, arrays = checkpoint.read(path)
    payload = np.array([Payload(trace)], object)
    for name in ("w", "unheard_of"):
        np.savez(path, text=np.array(json.dumps(text)), **(arrays | {name: payload}))
        assert_refused(path, "is not a usable checkpoint: ")
    np.savez(path, text=payload, **arrays)
    assert_refused(path, "is not a usable checkpoint: ")
    assert not trace.exists()
