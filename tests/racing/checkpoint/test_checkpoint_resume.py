"""Is a race that was saved, cut off and resumed the race that nobody disturbed, bit for bit?

28 training cases in mini-batches of 5 are 6 steps an epoch
"""

import signal
from functools import partial

import numpy as np
import pytest
from checkpoint_races import BOLD, assert_same, ctrl_c_at, small_race
from small_races import LINE, PLAIN, a_regression, never

import minnet as mn
from minnet.optimizers import schedules
from minnet.optimizers.catalogue import OPTIMIZERS
from minnet.optimizers.schedules import Course
from minnet.racing import checkpoint
from minnet.racing.checkpoint import Checkpoint, as_checkpoint
from minnet.racing.state import Race

EVERY_RULE = [make() for make in OPTIMIZERS]
SCHEDULED = (
    "sgd(lr=step(0.5, factor=0.5, every=1)), momentum(lr=cosine(0.2), momentum=ramp(0.5, steps=9)),"
    "sgd(lr=automatic(3)), sgd(lr=plateau(3, factor=0.5, patience=1)),"
    "nesterov(lr=warmup(automatic(0.5), steps=8), momentum=sutskever()),"
    "rmsprop(lr=plateau(0.3, patience=1), decay=ramp(0.5, steps=20))"
)
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
