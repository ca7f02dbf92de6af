"""Is a race that was saved, cut off and resumed the race that nobody disturbed, bit for bit?

R runs, n weights; 28 training cases in mini-batches of 5 are 6 steps an epoch
"""

import errno
import json
import os
import pickle
import signal
import tempfile
import threading
from functools import partial
from pathlib import Path

import numba
import numpy as np
import pytest
import small_races
from hypothesis import given, settings, strategies as st
from new_python import printed
from small_races import LINE, NET, a_regression, heavy, never, three_classes

import minnet as mn
from minnet import archive
from minnet.cli import main as cli
from minnet.optimizers import schedules
from minnet.optimizers.catalogue import OPTIMIZERS
from minnet.optimizers.notation import as_optimizers
from minnet.optimizers.optimizer import custom
from minnet.optimizers.schedules import Course
from minnet.racing import checkpoint
from minnet.racing.checkpoint import Checkpoint, as_checkpoint
from minnet.racing.state import Race

PLAIN = bool(numba.config.DISABLE_JIT)
MEASURED = (
    "losses", "evaluated_at", "scores", "diverged_at", "stopped_at", "weights", "best_weights",
    "best_at", "kept_at", "kept",
)  # fmt: skip


@pytest.fixture
def path(tmp_path):
    return tmp_path / "race.npz"


def small_race(optimizers="sgd(0.5), adam(0.1), rprop", dtype="float32", **options):
    return small_races.small_race(optimizers, dtype, **options)


def assert_same(a, b):
    """Bit for bit, NaN included, and all that is told but how long it took."""
    for name in MEASURED:
        left, right = getattr(a, name), getattr(b, name)
        np.testing.assert_array_equal(left, right, err_msg=name)
        assert left.dtype == right.dtype and left.shape == right.shape
    untold = {"seconds", "interrupted", "threads"}
    for key in a.info.keys() | b.info.keys() - untold:
        assert key in untold or a.info[key] == b.info[key], key
    assert a.labels == b.labels and not a.interrupted and not b.interrupted


def ctrl_c_at(step):
    def interrupt(done, total):
        if done >= step:
            raise KeyboardInterrupt

    return interrupt


# ---------------------------------------------------------------------------- the same race

EVERY_RULE = [make() for make in OPTIMIZERS]
SCHEDULED = (
    "sgd(lr=step(0.5, factor=0.5, every=1)), momentum(lr=cosine(0.2), momentum=ramp(0.5, steps=9)),"
    "sgd(lr=automatic(3)), sgd(lr=plateau(3, factor=0.5, patience=1)),"
    "nesterov(lr=warmup(automatic(0.5), steps=8), momentum=sutskever()),"
    "rmsprop(lr=plateau(0.3, patience=1), decay=ramp(0.5, steps=20))"
)
BOLD = "sgd(0.5), nesterov(0.2), irprop_plus, rmsprop(0.3), adam(0.2)"
THREE = [np.arange(5), np.arange(20, 25), [11, 3, 3]]  # mini-batches: an epoch is short
REGRESSION = partial(a_regression, cases=30, validation=0.2)
RACES = {
    "every rule": {"optimizers": EVERY_RULE, "plan": THREE},
    "schedules": {"optimizers": SCHEDULED, "plan": THREE, "epochs": 4},
    "automatic": {"optimizers": "sgd(lr=automatic(3))", "evaluate_every": 0, "epochs": 3},
    "stopping": {
        "optimizers": BOLD, "plan": THREE, "epochs": 5, "stop": "patience(1), target(0.1)"
    },
    "all stopped": {"optimizers": BOLD, "plan": THREE, "epochs": 5, "stop": "target(1)"},
    "kept": {"optimizers": BOLD, "keep": [0, 1, 4, 5, 6, 12]},
    "sparse": {
        "optimizers": "sgd(0.5), adam(0.1)", "epochs": 3, "evaluate_every": 2,
        "plan": "replacement",
    },
    "divergence": {
        "optimizers": "sgd(0.05), sgd(1e6), rmsprop(0.01), sgd(1e5)",
        "net": LINE, "data": REGRESSION, "epochs": 3, "keep": [0, 12],
    },
    "all diverge": {
        "optimizers": "sgd(1e6), sgd(1e9)", "net": LINE, "data": REGRESSION, "epochs": 6
    },
}  # fmt: skip


def named_race(name, dtype, **options):
    given = dict(RACES[name]) | options
    if "data" in given:
        given["data"] = given["data"](dtype)
    return small_race(given.pop("optimizers"), dtype, **given)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", RACES)
def test_a_race_cut_off_after_any_step_and_resumed_is_the_whole_one(path, name, dtype):
    if PLAIN and dtype == "float32":
        pytest.skip("NUMBA_DISABLE_JIT: it is slow, and float64 will do")
    whole, steps = named_race(name, dtype), []
    named_race(name, dtype, checkpoint=path, checkpoint_every=1,
               progress=lambda done, total: steps.append(done))  # fmt: skip
    path.unlink()
    assert len(steps) >= 3
    for cut in steps:
        saved = {"checkpoint": path, "checkpoint_every": 1}
        part = named_race(name, dtype, progress=ctrl_c_at(cut), **saved)
        assert part.interrupted and part.losses.shape[1] == cut
        if cut < steps[-1]:
            assert checkpoint.read(path)[0]["step"] == cut
        assert_same(named_race(name, dtype, resume=True, **saved), whole)
        path.unlink()


@pytest.mark.parametrize("name", ["schedules", "stopping", "kept"])
def test_rare_checkpoints_go_on_from_the_last_one(path, name):
    """After a crash, which, unlike Ctrl-C, saves nothing any more."""
    whole, saved = named_race(name, "float32"), {"checkpoint": path, "checkpoint_every": 4}
    for cut in range(4, whole.losses.shape[1]):

        def crash(done, total, cut=cut):
            assert done < cut, "a crash"

        with pytest.raises(AssertionError, match="a crash"):
            named_race(name, "float32", progress=crash, **saved)
        saved_at = checkpoint.read(path)[0]["step"]
        assert saved_at % 4 == 0 and cut - 4 < saved_at
        assert_same(named_race(name, "float32", resume=True, **saved), whole)
        path.unlink()


@pytest.mark.parametrize("cut", [1, 5, 6, 7, 11])
def test_ctrl_c_saves_what_was_reached(path, monkeypatch, cut):
    """The real one, at any step, however rare the checkpoints are."""
    monkeypatch.setattr("minnet.racing.state.CHUNK_BYTES", 1)
    saved = {"checkpoint": path, "checkpoint_every": 100}

    def ctrl_c(done, total):
        if done == cut:
            signal.raise_signal(signal.SIGINT)

    part = small_race(SCHEDULED, progress=ctrl_c, **saved)
    assert part.interrupted and part.losses.shape[1] == cut
    assert checkpoint.read(path)[0]["step"] == cut
    assert_same(small_race(SCHEDULED, resume=True, **saved), small_race(SCHEDULED))


def test_ctrl_c_before_the_first_step(path, monkeypatch):
    """While the kernels are compiled, say."""
    evaluate = Race.evaluate

    def interrupted(self, pool):
        evaluate(self, pool)
        signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as early:
        early.setattr(Race, "evaluate", interrupted)
        part = small_race(BOLD, checkpoint=path, keep=[0])
    assert part.interrupted and part.losses.shape[1] == 0
    again = small_race(BOLD, checkpoint=path, keep=[0], resume=path.exists())
    assert_same(again, small_race(BOLD, keep=[0]))


def test_a_race_cut_off_again_and_again(path):
    """At every step once, by the same file, at other numbers of threads and sizes of chunks."""
    whole = small_race(SCHEDULED, epochs=4)
    for cut in range(1, 24):
        part = small_race(
            SCHEDULED, epochs=4, checkpoint=path, checkpoint_every=1, resume=cut > 1,
            threads=1 + cut % 3, progress=ctrl_c_at(cut),
        )  # fmt: skip
        assert part.losses.shape[1] == cut
        np.testing.assert_array_equal(part.losses, whole.losses[:, :cut])
    assert_same(small_race(SCHEDULED, epochs=4, checkpoint=path, resume=True), whole)


def test_checkpoints_change_nothing(path):
    for every in (1, 5, 100, None):
        found = small_race(SCHEDULED, checkpoint=str(path), checkpoint_every=every)
        assert_same(found, small_race(SCHEDULED))
        path.unlink()


@pytest.mark.parametrize("name", ["every rule", "stopping", "all stopped", "all diverge", "kept"])
def test_when_nothing_is_left_to_do_nothing_is_done(path, name):
    saved = {"checkpoint": path, "checkpoint_every": 1}
    whole = named_race(name, "float32", **saved)
    before, ticks = path.read_bytes(), []
    again = named_race(
        name, "float32", resume=True, progress=lambda *tick: ticks.append(tick), **saved
    )  # fmt: skip
    assert_same(again, whole)
    np.testing.assert_array_equal(again.seconds > 0, whole.seconds > 0)
    if name != "all diverge":  # its last step, in which it ended, is not saved
        assert not ticks and path.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "every"),
    [
        ("all stopped", 100),
        ("all stopped", 1),
        ("all diverge", 100),
        ("all diverge", 1),
    ],
)
def test_the_end_of_a_race_is_always_saved(path, name, every):
    whole = named_race(name, "float32", checkpoint=path, checkpoint_every=every)
    assert path.exists() and checkpoint.read(path)[0]["step"] == whole.losses.shape[1]


def test_the_seconds_go_on(path):
    small_race(BOLD, checkpoint=path, checkpoint_every=1, progress=ctrl_c_at(7))
    text, arrays = checkpoint.read(path)
    assert text["spent"] > 0 and (arrays["seconds"] > 0).all()
    report = small_race(BOLD, checkpoint=path, resume=True)
    assert (report.seconds > arrays["seconds"]).all() and report.info["seconds"] > text["spent"]


def test_which_steps_are_saved(path):
    saved = []

    class Counting(Checkpoint):
        def save(self, state):
            saved.append(state.step)
            super().save(state)

    small_race(checkpoint=Counting(path, 5))
    assert saved == [5, 10, 12]
    fives, fours = Checkpoint(path, 5), Checkpoint(path, 4)
    assert [k for k in range(1, 13) if fives.is_due(k, 12)] == [5, 10, 12]
    assert [k for k in range(1, 13) if fours.is_due(k, 12)] == [4, 8, 12]
    course = Course(12, 6)
    assert as_checkpoint(path, None, course) == Checkpoint(path, 6)  # an epoch
    assert as_checkpoint(str(path), 9, course) == Checkpoint(path, 9)
    assert as_checkpoint(None, None, course) is None
    for every in (0, -1, 1.5, True):
        with pytest.raises(ValueError, match=r"checkpoint_every \(steps\) must be a whole number"):
            small_race(checkpoint=path, checkpoint_every=every, progress=never)


def test_a_resume_without_a_checkpoint(path):
    with pytest.raises(ValueError, match=r"^resume needs the checkpoint to go on from$"):
        small_race(resume=True)
    with pytest.raises(FileNotFoundError, match=r"^there is no checkpoint '.*race.npz'$"):
        small_race(checkpoint=path, resume=True)


def test_a_checkpoint_is_small_and_plain(path):
    """No losses that are still to come, and no objects."""
    small_race(BOLD, epochs=50, checkpoint=path, checkpoint_every=1, progress=ctrl_c_at(3))
    text, arrays = checkpoint.read(path)
    assert arrays["losses"].shape == (5, 3)
    assert not [name for name, array in arrays.items() if array.dtype.hasobject]
    assert text["words"] == [] and text["format"] == checkpoint.FORMAT
    assert set(text["identity"]) == {
        "data", "net", "start weights", "plan", "dtype", "optimizers",
    }  # fmt: skip


def test_a_schedule_of_numpys_numbers_can_be_saved(path):
    small_race([mn.SGD(schedules.automatic(0.1, up=np.float32(1.05)))], checkpoint=path)


# ---------------------------------------------------------------------------- another race


@pytest.mark.parametrize(
    ("what", "other"),
    [
        ("data", {"data": three_classes(seed=5)}),
        ("data", {"data": three_classes(test=0.125)}),
        ("net", {"net": mn.MLP([3, 4, 3], "tanh", l2=0.02)}),
        ("net", {"net": mn.MLP([3, 4, 3], "relu", l2=0.01)}),
        ("net", {"net": mn.MLP([3, 5, 3], "tanh", l2=0.01)}),
        ("start weights", {"start": np.zeros(31)}),
        ("start weights", {"seed": 4, "plan": mn.Plan(28, 5, 2, seed=3)}),
        ("plan", {"plan": mn.Plan(28, 5, 2, seed=4)}),
        ("plan", {"epochs": 3}),
        ("plan", {"batch_size": 4}),
        ("plan", {"plan": "cyclic"}),
        ("plan", {"keep_short": False}),
        ("optimizers", {"optimizers": "sgd(0.5), adam(0.1)"}),
        ("optimizers", {"optimizers": "sgd(0.5), rprop, adam(0.1)"}),
        ("optimizers", {"optimizers": "sgd(0.5), adam(0.10000001), rprop"}),
        ("optimizers", {"optimizers": "sgd(lr=cosine(0.5)), adam(0.1), rprop"}),
    ],
)
def test_another_race_is_refused_and_told_what_differs(path, what, other):
    small_race(checkpoint=path, progress=ctrl_c_at(6))
    before = path.read_bytes()
    words = rf"^'.*race\.npz' is of another race: its {what} is .*, here .*"
    with pytest.raises(ValueError, match=words) as refusal:
        small_race(checkpoint=path, resume=True, progress=never, **other)
    assert "\n" not in str(refusal.value)
    assert path.read_bytes() == before


def test_another_dtype_is_refused(path):
    """The start weights differ too, unless they are the same in both; then the dtype is named."""
    start = np.zeros(31)
    small_race(checkpoint=path, start=start)
    with pytest.raises(ValueError, match=r"is of another race: its (dtype|start weights) is "):
        small_race(checkpoint=path, resume=True, start=start, dtype="float64")
    text, arrays = checkpoint.read(path)
    text["identity"]["dtype"] = "float64"
    archive.write(path, text, arrays)
    with pytest.raises(ValueError, match="its dtype is float64, here float32"):
        small_race(checkpoint=path, resume=True, start=start)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (mn.MLP([3, 3], l2=0.01), mn.MLP([3, 3], l2=0.01, l2_biases=True)),
        (mn.MLP([3, 3], l2=0.01), mn.MLP([3, 3], l2=0.01000001)),
        (
            mn.MLP([3, 2, 2, 2, 3], ["tanh", "relu", "tanh"]),
            mn.MLP([3, 2, 2, 2, 3], ["tanh", "relu", "relu"]),
        ),
    ],
    ids=["l2_biases", "l2 to 7 digits", "order of the units"],
)
def test_another_net_of_the_same_description_is_refused(path, one, other):
    small_race(net=one, checkpoint=path)
    with pytest.raises(ValueError, match="another race"):
        small_race(net=other, checkpoint=path, resume=True)


def light():
    def heavy(w, g, velocity, lr=0.1, momentum=0.9):
        velocity = 0.1 * velocity - lr * g
        return w + velocity, velocity

    return heavy


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (mn.SGD(schedules.given([0.1, 0.2])), mn.SGD(schedules.given([0.3, 0.4]))),
        (custom(heavy), custom(light())),
    ],
    ids=["values given outright", "a user's rule, rewritten"],
)
def test_another_optimizer_of_the_same_label_is_refused(path, one, other):
    small_race([one], checkpoint=path)
    with pytest.raises(ValueError, match="another race"):
        small_race([other], checkpoint=path, resume=True)


NESTED = """
def nested(w, g, lr=0.1):
    half = lambda x: 0.5 * x
    return w - lr * half(g)
"""


def test_a_rule_with_a_function_inside_is_the_same_in_another_process(path):
    """Played by reading the same file twice."""
    rules = [{"__name__": "mine"}, {"__name__": "mine"}]
    for scope in rules:
        exec(compile(NESTED, "mine.py", "exec"), scope)
    one, other = (custom(scope["nested"]) for scope in rules)
    whole = small_race([one], checkpoint=path)
    assert_same(small_race([other], checkpoint=path, resume=True), whole)


# ---------------------------------------------------------------------------- damage


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


# ---------------------------------------------------------------------------- the disk


def no_space(*_, **__):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("function", ["numpy.savez", "os.fsync", "os.replace"])
def test_a_disk_that_gets_full_costs_the_checkpoint_not_the_race(
    path, monkeypatch, caplog, function
):
    """The race goes on, and says so; the last good checkpoint is there, and good."""
    module, name = {"numpy": np, "os": os}[function.split(".")[0]], function.split(".")[1]
    works, calls = getattr(module, name), []

    def works_twice(*given, **options):
        calls.append(given)
        return works(*given, **options) if len(calls) < 3 else no_space()

    with monkeypatch.context() as full:
        full.setattr(function, works_twice)
        assert_same(small_race(BOLD, checkpoint=path, checkpoint_every=5), small_race(BOLD))
    (warning,) = caplog.messages
    assert warning == "checkpoint at step 12 not saved: [Errno 28] No space left on device"
    assert os.listdir(path.parent) == ["race.npz"]
    assert checkpoint.read(path)[0]["step"] == 10
    assert_same(small_race(BOLD, checkpoint=path, resume=True), small_race(BOLD))


def test_a_disk_that_has_room_again(path, monkeypatch, caplog):
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", no_space)

        def make_room(done, total):
            if done == 8:
                full.undo()

        small_race(BOLD, checkpoint=path, checkpoint_every=4, progress=make_room)
    assert len(caplog.messages) == 2 and checkpoint.read(path)[0]["step"] == 12


@pytest.mark.parametrize("folder", ["file", "none"])
def test_a_folder_that_cannot_be_written(tmp_path, caplog, folder):
    """It is refused, or costs the checkpoints; the user is told, and nothing is left behind."""
    (tmp_path / "file").write_text("")
    try:
        report = small_race(checkpoint=tmp_path / folder / "race.npz")
    except (OSError, ValueError) as error:
        told = str(error)
    else:
        assert_same(report, small_race())
        told = caplog.text
    assert folder in told
    assert os.listdir(tmp_path) == ["file"]


def test_how_often_to_save_but_not_where():
    with pytest.raises(ValueError, match="checkpoint"):
        small_race(checkpoint_every=5)


def test_two_races_that_save_to_one_file(path):
    """It is always whole, and of one of them; and neither is disturbed."""
    alone = {seed: small_race(BOLD, seed=seed, epochs=3) for seed in (3, 4)}
    found = {}

    def run(seed):
        found[seed] = small_race(BOLD, seed=seed, epochs=3, checkpoint=path, checkpoint_every=1)

    threads = [threading.Thread(target=run, args=(seed,)) for seed in (3, 4)]
    for thread in threads:
        thread.start()
    plans = set()
    while any(thread.is_alive() for thread in threads):
        try:
            text, arrays = checkpoint.read(path)
        except FileNotFoundError:  # not yet
            assert not plans
            continue
        plan = text["identity"]["plan"]
        plans.add(plan)
        (whole,) = [report for report in alone.values() if report.info["plan_hash"] == plan]
        np.testing.assert_array_equal(arrays["losses"], whole.losses[:, : text["step"]])
    for thread in threads:
        thread.join()
    for seed, report in alone.items():
        assert_same(found[seed], report)
    last = checkpoint.read(path)[0]["identity"]["plan"]
    assert last in {report.info["plan_hash"] for report in alone.values()}
    assert os.listdir(path.parent) == ["race.npz"]


# ---------------------------------------------------------------------------- the command line

WORDS = [
    "race", "--data", "xor", "--hidden", "4", "--batch-size", "100", "--epochs", "4",
    "--optimizers", "sgd(lr=automatic(2)), rprop, rmsprop(lr=cosine(0.1))",
]  # fmt: skip


def cut_off(monkeypatch, words, saves, error=SystemExit):
    """Run `minnet` until its so many-th checkpoint, after which `error` ends it."""
    save, saved = Checkpoint.save, []

    def save_and_die(self, state):
        save(self, state)
        saved.append(state.step)
        if len(saved) == saves:
            raise error

    with monkeypatch.context() as mortal:
        mortal.setattr(Checkpoint, "save", save_and_die)
        if error is KeyboardInterrupt:
            assert cli.main(words) == cli.INTERRUPTED
        else:
            with pytest.raises(error):
                cli.main(words)


def without_seconds(path):
    report = json.loads(path.read_text())
    del report["seconds"], report["info"]["seconds"]
    return report


@pytest.mark.slow
@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt])
@pytest.mark.parametrize("saves", [1, 3, 6])
def test_resume_on_the_command_line(here, monkeypatch, capsys, saves, error):
    words = [*WORDS, "--checkpoint-every", "5", "--weights"]
    assert cli.main([*words, "--output", "whole"]) == 0
    cut_off(monkeypatch, [*words, "--output", "cut"], saves, error)
    there = sorted(os.listdir("cut"))
    assert there == (
        ["checkpoint.npz"]
        if error is SystemExit
        else ["checkpoint.npz", "race.csv", "race.json", "race.npz", "race.png"]
    )
    capsys.readouterr()
    assert cli.main(["race", "--resume", "cut"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[-1] == "wrote cut/race.png, cut/race.csv, cut/race.json, cut/race.npz"
    assert without_seconds(here / "cut/race.json") == without_seconds(here / "whole/race.json")
    assert (here / "cut/race.csv").read_bytes() == (here / "whole/race.csv").read_bytes()
    assert_same(mn.Report.load("cut/race.npz"), mn.Report.load("whole/race.npz"))


def test_checkpoints_on_the_command_line_change_nothing(here):
    assert cli.main([*WORDS, "--output", "with", "--checkpoint-every", "3"]) == 0
    assert cli.main([*WORDS, "--output", "without"]) == 0
    assert not (here / "without/checkpoint.npz").exists()
    assert without_seconds(here / "with/race.json") == without_seconds(here / "without/race.json")


def test_a_finished_race_may_be_resumed(here):
    assert cli.main([*WORDS, "--output", "done", "--checkpoint-every", "100"]) == 0
    before = without_seconds(here / "done/race.json")
    assert cli.main(["race", "--resume", "done"]) == 0
    assert without_seconds(here / "done/race.json") == before


def test_other_words_are_those_of_the_race(here, monkeypatch, capsys):
    """Stopping, own rules and --json are found again; what stands beside --resume is ignored."""
    (here / "mine.py").write_text("def mine(w, g, lr=0.1):\n    return w - lr * g\n")
    words = [
        *WORDS[:-1], "mine(0.5), sgd(0.5)", "--rules", "mine.py", "--stop", "patience(1)",
        "--json", "--checkpoint-every", "5",
    ]  # fmt: skip
    assert cli.main([*words, "--output", "whole"]) == 0
    whole = json.loads(capsys.readouterr().out)
    cut_off(monkeypatch, [*words, "--output", "cut"], 2)
    capsys.readouterr()
    assert cli.main(["race", "--epochs", "9", "--resume", "cut", "--output", "elsewhere"]) == 0
    captured = capsys.readouterr()
    resumed = json.loads(captured.out)
    for report in (whole, resumed):
        del report["seconds"], report["info"]["seconds"]
    assert resumed == whole and captured.err.startswith("wrote cut/race.png")
    assert not (here / "elsewhere").exists()


def assert_one_line(capsys, words, status, message):
    capsys.readouterr()
    assert cli.main(words) == status
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1 and captured.err.startswith("minnet: ")
    assert message in captured.err and not captured.out


def test_folders_that_cannot_be_resumed(here, monkeypatch, capsys):
    resume = ["race", "--resume", "cut"]
    assert_one_line(capsys, resume, 2, "there is no checkpoint 'cut/checkpoint.npz'")
    (here / "cut").mkdir()
    assert_one_line(capsys, resume, 2, "there is no checkpoint 'cut/checkpoint.npz'")
    assert os.listdir("cut") == []
    (here / "cut/checkpoint.npz").write_text("all of my thesis")
    assert_one_line(capsys, resume, 2, "'cut/checkpoint.npz' is not a usable checkpoint: ")
    small_race().save("cut/checkpoint.npz")
    assert_one_line(capsys, resume, 2, "its format is 'minnet report 1'")
    assert os.listdir("cut") == ["checkpoint.npz"]


def test_data_that_changed_in_between(here, monkeypatch, capsys):
    np.savetxt("my.csv", np.c_[np.random.default_rng(0).normal(size=(60, 2)), np.arange(60) % 2])
    text = Path("my.csv").read_text().replace(" ", ",")
    Path("my.csv").write_text(text)
    words = ["race", "--data", "my.csv", "--hidden", "none", "--batch-size", "8", "--epochs", "2"]
    cut_off(monkeypatch, [*words, "--checkpoint-every", "2", "--output", "cut"], 2)
    Path("my.csv").write_text(text.replace("e-01", "e+00"))
    assert_one_line(capsys, ["race", "--resume", "cut"], 2, "is of another race: its data is")


@pytest.mark.parametrize("every", ["0", "-5"])
def test_checkpoints_every_nothing(here, capsys, every):
    message = f"--checkpoint-every must be a whole number at least 1, got {every}"
    assert_one_line(capsys, [*WORDS, "--checkpoint-every", every], 2, message)
    assert not list(here.iterdir())


def test_a_full_disk_on_the_command_line(here, monkeypatch, capsys, caplog):
    """No checkpoint, no file, but one line and the table."""
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", no_space)
        assert cli.main([*WORDS, "--checkpoint-every", "16"]) == 1
    captured = capsys.readouterr()
    assert captured.err.splitlines()[-1] == "minnet: [Errno 28] No space left on device"
    assert "rprop(step=0.1)" in captured.out and "wrote" not in captured.out
    assert len(caplog.messages) == 2 and not list(here.iterdir())


def test_a_checkpoint_of_the_library_on_the_command_line(here, capsys):
    words = "checkpoint.npz was not saved by `minnet race`: resume it in Python"
    small_race(checkpoint="checkpoint.npz")
    assert_one_line(capsys, ["race", "--resume", "."], 2, words)
    archive.write(Path("checkpoint.npz"), {"format": checkpoint.FORMAT}, {})
    assert_one_line(capsys, ["race", "--resume", "."], 2, words)


# ---------------------------------------------------------------------------- SIGKILL

KILLED = """
import json, os, random, signal, sys, warnings
from pathlib import Path
import numpy as np
import minnet as mn
from minnet.racing import checkpoint
from minnet.racing.checkpoint import Checkpoint
from minnet.racing.state import Race
from minnet.optimizers.notation import as_optimizers

warnings.simplefilter("ignore", DeprecationWarning)  # of fork, from Python 3.12 on
path = Path(sys.argv[1]) / "race.npz"
optimizers = "sgd(lr=automatic(1)), irprop_plus, rmsprop(lr=plateau(0.1)), adam(lr=cosine(0.1))"
rng = np.random.default_rng(4)
labels = np.arange(40) % 3
data = mn.from_arrays(rng.normal(size=(40, 3)) + labels[:, None], labels, validation=0.2, test=0.1)
net, epochs = mn.MLP([3, 4, 3]), 8

def run(**options):
    return mn.race(
        net, data, optimizers, batch_size=5, epochs=epochs, seed=3, threads=1, **options
    )

def same(a, b):
    names = ("losses", "scores", "weights", "best_weights", "best_at", "evaluated_at")
    return all(np.array_equal(getattr(a, n), getattr(b, n), equal_nan=True) for n in names)

def saving():
    return run(checkpoint=path, checkpoint_every=1, resume=path.exists())

def die_after(saves, calls):
    # SIGKILL to this process: after so many checkpoints and then so many calls of functions.
    save, left = Checkpoint.save, [saves, calls]

    def count(*_):
        left[1] -= 1
        if left[1] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(self, state):
        if left[0] == 0:
            sys.setprofile(count)
        save(self, state)
        left[0] -= 1

    Checkpoint.save = counted

whole = run(keep=range(6 * epochs + 1))
random.seed(6)
kills = looked = finished = before = 0
while kills < 100:
    worker = os.fork()
    saves, calls = random.randrange(8), random.randrange(5000)  # a save calls 3300
    if worker == 0:
        die_after(saves, calls)
        try:
            saving()
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    status = os.waitpid(worker, 0)[1]
    kills += os.WIFSIGNALED(status)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    if not path.exists():
        assert before == 0
        continue
    state = Race(
        net, data, as_optimizers(optimizers), mn.Plan(28, 5, epochs, seed=3), net.start(3), 1
    )
    checkpoint.restore(state, path)
    assert state.step >= before, "it went back"
    assert np.array_equal(state.w, whole.kept[:, state.step])
    assert np.array_equal(state.losses[:, : state.step], whole.losses[:, : state.step])
    looked, before = looked + 1, state.step
    if before == 6 * epochs:
        assert same(saving(), whole)
        path.unlink()
        finished, before = finished + 1, 0
assert same(saving(), whole)
halves = [name for name in os.listdir(path.parent) if name != path.name]
assert all(name.startswith(".race.npz-") for name in halves)
print(json.dumps([kills, looked, finished, len(halves)]))
"""


@pytest.mark.slow
@pytest.mark.skipif(PLAIN, reason="NUMBA_DISABLE_JIT: it would take minutes")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="os.fork is not of this system")
def test_a_hundred_times_killed(tmp_path):
    """SIGKILL at a hundred moments: each time the newest checkpoint is whole, and goes on.

    The moments are counted in checkpoints and calls of functions, which a busy machine makes too.
    """
    told = printed(KILLED, str(tmp_path), OPENBLAS_NUM_THREADS="1")
    kills, looked, _finished, halves = json.loads(told)
    assert kills == 100 and looked > 50
    assert halves > 0  # some were killed while they wrote


def test_what_a_killed_race_had_half_written_is_cleared_away(path):
    small_race(checkpoint=path, progress=ctrl_c_at(6))
    (path.parent / ".race.npz-x1y2z3").write_bytes(b"PK")
    old = path.stat().st_mtime - 86400
    os.utime(path.parent / ".race.npz-x1y2z3", (old, old))
    small_race(checkpoint=path, resume=True)
    assert os.listdir(path.parent) == ["race.npz"]
