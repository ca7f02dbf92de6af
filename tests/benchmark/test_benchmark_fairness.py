"""Is the benchmark fair?  Nobody is timed here; everybody must reach the same loss, in turn."""

import importlib.util
import json

import numpy as np
import pytest
from benchmark_jobs import RELU, ROLL, STEP, SWEEP, TINY

import minnet as mn
from minnet.benchmark import (
    __main__,
    by_minnet,
    jobs,
    machine,
    on_gpu,
    peers_numpy,
    startup,
    tables,
    turns,
    workloads,
    yardsticks,
)

TASKS = [("train", TINY), ("train", RELU), ("sweep", SWEEP), ("roll", ROLL), ("step", STEP)]
PEERS = [importlib.import_module(f"minnet.benchmark.{name}") for name in workloads.PEERS]


def ours(task: str, job):
    """What minnet reaches."""
    return (by_minnet.race(job, 2) if task == "train" else getattr(by_minnet, task)(job)).run()


@pytest.mark.parametrize(("task", "job"), TASKS)
@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.NEEDS)
def test_installed_peers_reach_the_same(peer, task, job):
    if importlib.util.find_spec(peer.NEEDS) is None:
        pytest.skip(f"{peer.NEEDS} is not installed")
    if not hasattr(peer, task):
        pytest.skip(f"{peer.NEEDS} has no {task}")
    expected = ours(task, job)
    for contender in getattr(peer, task)(job):
        for _ in range(2):  # the second run starts where the first one did
            if contender.reset is not None:
                contender.reset()
            result = contender.run()
            if peer.NEEDS == "sklearn":
                assert result is None and contender.note
            else:
                assert turns.difference(result, expected) < 1e-4


def test_a_race_gives_everyone_what_minnet_draws():
    """The loss of every mini-batch, not only the last, is the same in NumPy."""

    report = mn.race(
        TINY.net, TINY.data, [mn.RMSprop(TINY.lr)], batch_size=TINY.batch, epochs=TINY.epochs,
        evaluate_every=0,
    )  # fmt: skip
    net = peers_numpy.Net(TINY, TINY.start())
    losses = net.train(TINY.x, TINY.t, TINY.batches(), np.float32(TINY.lr))
    np.testing.assert_allclose(losses, report.losses[0], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(net.w, report.weights[0], rtol=1e-3, atol=1e-5)
    assert TINY.batches().shape == (TINY.steps, TINY.batch) == (8, 16)


@pytest.mark.parametrize(("task", "job"), [("train", TINY), ("train", RELU), ("sweep", SWEEP)])
def test_yardsticks_run_and_are_not_compared(task, job):
    for contender in getattr(yardsticks, task)(job):
        assert contender.kind == "yardstick" and contender.run() is None


def test_the_products_of_the_yardstick():
    """Counted by hand: forward B d h + B h o, back the same and B h o again."""
    products = yardsticks.Products(RELU, stack=1)
    products.forward()
    np.testing.assert_allclose(
        products.y[1][0], products.y[0][0] @ products.weights[0][0], 1e-4, 1e-5
    )
    products.back()
    slope = products.y[1][0].T @ products.deltas[2][0]
    np.testing.assert_allclose(products.slopes[1][0], slope, 1e-4, 1e-5)
    below = products.deltas[2][0] @ products.weights[1][0].T
    np.testing.assert_allclose(products.deltas[1][0], below, 1e-4, 1e-5)
    np.testing.assert_allclose(products.slopes[0][0], products.y[0][0].T @ below, 1e-4, 1e-4)


def named(log: list, *names: str) -> list[turns.Contender]:
    return [turns.Contender(name, lambda name=name: log.append(name)) for name in names]


def test_contenders_take_turns():
    log = []
    turns.take_turns(named(log, *"abc"), 3, at_least=0, prime=False, rest=0)
    assert "".join(log) == "abc" + "abc" + "cba" + "abc"


def test_priming_and_resetting():
    log = []
    a, b = named(log, *"ab")
    a.reset = lambda: log.append("-")
    turns.take_turns([a, b], 1, at_least=0, rest=0)
    assert "".join(log) == "-a" + "b" + "-a-a" + "bb"


def clocked(monkeypatch, *seconds: float) -> turns.Contender:
    """A contender whose runs last so long, by a clock that is not the wall's."""
    now, lasting = [0.0], iter(seconds)

    def run():
        now[0] += next(lasting)

    monkeypatch.setattr(turns.time, "perf_counter", lambda: now[0])
    return turns.Contender("clocked", run, units=2)


def test_medians_and_spread(monkeypatch):
    contender = clocked(monkeypatch, 50, 3, 9, 4, 5)
    (row,) = turns.take_turns([contender], 4, at_least=0, prime=False, rest=0)
    assert row.first == 50 and row.times == [3, 9, 4, 5]
    assert row.median == 4.5 / 2 and row.spread == (1.5, 4.5)


def test_short_jobs_are_done_several_times(monkeypatch):
    contender = clocked(monkeypatch, 50, 1, 2, 3, 8)
    (row,) = turns.take_turns([contender], 2, at_least=5, prime=False, rest=0)
    assert row.times == [2, 8]


def test_time_inside_the_steps():
    (row,) = turns.take_turns([by_minnet.race(TINY, 2)], 1, at_least=0, rest=0)
    assert row.inside > 0


def test_differences():
    assert turns.difference(1.1, 1.0) == pytest.approx(0.1)
    assert turns.difference([1, 2], [1, 4]) == 0.5
    assert turns.difference([1, np.nan], [1, 4]) == np.inf


def test_who_disagrees_is_named():
    rows = [
        turns.Row(name, "peer", 1, 1, [1], off=off)
        for name, off in (("good", 1e-5), ("bad", 1e-2), ("lost", np.inf), ("other", None))
    ]
    assert [line.split()[0] for line in workloads.disagreements(rows, 1e-3)] == ["bad", "lost"]


def test_missing_peers_are_skipped_and_said():
    contenders, skipped = workloads.contenders_for(
        "train", TINY, missing=lambda name: name != "numpy"
    )
    assert [c.name for c in contenders] == ["minnet, one run", "NumPy", "BLAS alone, one run"]
    assert skipped == [f"{name} is not installed: skipped" for name in ("jax", "torch", "sklearn")]


@pytest.mark.parametrize("name", [name for name in workloads.WORKLOADS if name != "start"])
@pytest.mark.parametrize("quick", [True, False])
def test_jobs_have_no_short_mini_batches(name, quick):
    job = workloads.job_of(name, quick)
    job = getattr(job, "net_job", job)
    if isinstance(job, jobs.NetJob):
        assert job.cases % job.batch == 0
        assert job.cores == workloads.WORKLOADS[name].cores


def test_the_environment_of_a_workload():
    assert workloads.environment("W1")["OMP_NUM_THREADS"] == "1"
    assert workloads.environment("W2")["OPENBLAS_NUM_THREADS"] == "2"
    assert workloads.environment("W2")["JAX_PLATFORMS"] == "cpu"


def result(disagree=()) -> dict:
    rows = [
        {"name": name, "kind": kind, "units": 2, "first": 1.0, "times": [1e-3, 3e-3, 2e-3],
         "inside": 5e-4 if kind == "minnet" else None, "off": 1e-6, "note": ""}
        for name, kind in (("minnet", "minnet"), ("NumPy", "peer"), ("BLAS", "yardstick"))
    ]  # fmt: skip
    rows[1]["times"] = [6e-3]
    return {
        "name": "W1", "rounds": 3, "quick": False, "rows": rows,
        "skipped": ["jax is not installed"], "disagree": list(disagree),
    }  # fmt: skip


def test_the_table():
    text = tables.terminal(result())
    line = next(line for line in text.splitlines() if line.startswith("NumPy"))
    assert line.split() == ["NumPy", "3000", "3000", "-", "3000", "3.00", "3.00", "1.00", "s"]
    assert "agree within 1.0e-06 (allowed: 1e-03)" in text
    assert "500 us/step in its steps alone" in text and "jax is not installed" in text
    assert "NumPy DISAGREES" in tables.terminal(result(["NumPy DISAGREES: "]))
    assert "NOISY" not in text and "NOISY: 0.7 cores" in tables.terminal(result() | {"busy": 0.7})


def test_the_table_for_the_readme():
    head, _, row = tables.markdown([result()]).strip().splitlines()
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert dict(zip(head.strip("| ").split(" | "), cells, strict=True)) | {"workload": 0} == {
        "workload": 0, "minnet": "1000", "JAX": "-", "NumPy": "3000 (3.00)", "scikit-learn": "-",
        "PyTorch": "-", "yardstick": "1000 (1.00)",
    }  # fmt: skip


def test_the_machine_is_named():
    facts = machine.describe()
    assert facts["versions"]["numpy"] == np.__version__ and facts["cpu"]
    assert json.dumps(facts) and len(machine.lines(facts)) == 3
    assert facts["busy"] is None or 0 <= facts["busy"] <= (machine.os.cpu_count() or 1)


def test_a_command_and_its_peak_memory():
    contender = startup.command("nothing", "-c", "pass")
    contender.run()
    assert "MiB" in contender.note or not hasattr(startup.os, "wait4")
    with pytest.raises(RuntimeError, match=r"broken failed \(3\): because"):
        startup.command("broken", "-c", "import sys; sys.stderr.write('because'); exit(3)").run()


def test_list(capsys):
    assert __main__.main(["--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [*workloads.WORKLOADS, *on_gpu.WORKLOADS]


@pytest.mark.parametrize(
    ("words", "message"),
    [(["--workloads", "W1,W9"], "must be one of W1, .*, got 'W9'"), (["--repeats", "0"], "got 0")],
)
def test_wrong_words(words, message):
    with pytest.raises(SystemExit, match=message):
        __main__.main(words)


@pytest.mark.slow
def test_from_end_to_end(tmp_path, capsys):
    """One small workload in a process of its own, with all peers that are installed."""
    file = tmp_path / "times.json"
    words = ["--quick", "--repeats", "1", "--workloads", "W6", "--markdown", "--json", str(file)]
    assert __main__.main(words) == 0
    said = capsys.readouterr().out
    assert "W6  four rules" in said and "QUICK" in said and "| W6 four rules" in said
    (workload,) = json.loads(file.read_text())["workloads"]
    assert [row["name"] for row in workload["rows"]][:3] == ["minnet", "NumPy", "plain Python"]
    assert all(len(row["times"]) == 1 for row in workload["rows"])


def test_a_workload_that_fails_is_said(capsys, monkeypatch):
    monkeypatch.setattr(__main__, "in_child", lambda *_: None)
    assert __main__.main(["--workloads", "W1"]) == 1
    assert "W1  FAILED" in capsys.readouterr().out
