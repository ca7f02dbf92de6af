"""A race whose process is killed (SIGKILL) goes on from its last checkpoint."""

import json
import os

import pytest
from checkpoint_races import ctrl_c_at, small_race
from new_python import printed
from small_races import PLAIN

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
