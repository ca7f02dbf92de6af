"""Is the benchmark fair?  Nobody is timed here; everybody must reach the same loss, in turn."""

import importlib.util
import json

import numba
import numpy as np
import pytest

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

TINY = jobs.NetJob((64, 6, 5, 10), "tanh", batch=16, cases=64, epochs=2, lr=1e-3, cores=1)
RELU = jobs.NetJob((7, 6, 10), "relu", batch=16, cases=64, epochs=2, lr=1e-3, cores=2)
SWEEP = jobs.SweepJob(TINY, seeds=2, rates=3)
ROLL = jobs.SurfaceJob(steps=20)
STEP = jobs.StepJob(n=1000, steps=3)
# A step is at most lr / sqrt(1 - decay), some 3 lr, and has about four roundings of float32: that
# is the error which is left of a weight that three steps bring close to zero.
STEP_CLOSE = {
    "rtol": 1e-6,
    "atol": 4 * float(np.finfo(np.float32).eps) * STEP.steps * 3.2 * STEP.lr,
}
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
    import minnet as mn

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


# ---------------------------------------------------------------------------- on a card


@pytest.fixture
def simulated():
    """The CUDA simulator as the device: for what is computed, not for how long it takes."""
    pytest.importorskip("numba_cuda")
    from minnet import gpu

    if not numba.config.ENABLE_CUDASIM:
        pytest.skip("CUDA is not simulated in this process")
    return gpu.named("cuda-sim")


ON_CARD = {
    "G1": jobs.StepJob(n=50, steps=2),
    "G2": jobs.StepJob(n=7, steps=3),
    "G3": jobs.SweepJob(jobs.NetJob((64, 3, 10), "tanh", 8, 16, 1, 1e-2, 1), seeds=1, rates=2),
    "G4": jobs.NetJob((7, 6, 5, 4), "relu", 4, 8, 1, 1e-3, 1),
}


@pytest.mark.slow
@pytest.mark.parametrize("key", ON_CARD)
def test_gpu_workloads_run_in_the_simulator(simulated, key):
    """All but the timing; every row that is compared agrees, and the table has every row."""
    result = on_gpu.measure(key, simulated, "cuda-sim", ON_CARD[key], rounds=1, at_least=0)
    assert result["disagree"] == [] and result["rows"][0]["kind"] == "minnet"
    facts = machine.describe() | {"card": "none", "driver": "0"}
    text = on_gpu.markdown([result], facts)
    assert text.count(f"| {key} ") == len(result["rows"]) and facts["date"][:10] in text
    json.dumps(result)


def test_the_gpu_step_is_the_cpu_step(simulated):
    from minnet.benchmark import gpu_minnet

    ours, *copies = gpu_minnet.step(simulated, STEP)
    for _ in range(2):
        ours.reset()
        ours.run()
        np.testing.assert_allclose(ours.result(), by_minnet.step(STEP).run(), **STEP_CLOSE)
    assert ours.bytes == 20 * STEP.n and {c.bytes for c in copies} == {8 * STEP.n}
    for contender in copies:
        contender.run()


def test_the_gpu_sweep_is_the_cpu_sweep(simulated):
    from minnet.benchmark import gpu_minnet

    job = ON_CARD["G3"]
    (ours,) = gpu_minnet.sweep(simulated, job, "cuda-sim")
    ours.run()
    np.testing.assert_allclose(ours.result(), by_minnet.sweep(job).run()[0], rtol=1e-5, atol=1e-6)
    assert len(ours.inside) == 1


def test_the_gpu_products_are_those_of_a_step(simulated):
    """Each of the eight, by minnet's kernels, by NumPy from what lies in the same room."""
    from minnet.benchmark import gpu_minnet
    from minnet.gpu.wide import WideRace

    job = ON_CARD["G4"]
    plan = mn.Plan(job.cases, job.batch, job.epochs)
    state = WideRace(simulated, job.net, job.data, [mn.SGD(0.1)], plan, job.start(), 1)
    state.compile()
    rng = np.random.default_rng(0)
    x, last = rng.normal(size=(4, 7)), rng.normal(size=(4, 4))
    room = np.zeros(state.room.size, np.float32)
    room[state.room.deltas :][4 * 11 : 4 * 15] = last.ravel()
    state.rows.copy_to_device(x.astype(np.float32).ravel())
    state.bench.copy_to_device(room)
    with simulated.in_use():
        gpu_minnet.multiply(state, 4)
    w = [weights for weights, _ in job.net.named(job.start())]
    hidden = [np.maximum(x @ w[0], 0)]
    hidden.append(np.maximum(hidden[0] @ w[1], 0))
    deltas = [last @ w[2].T * (hidden[1] > 0), last]
    deltas.insert(0, deltas[0] @ w[1].T * (hidden[0] > 0))
    expected = [y.T @ delta for y, delta in zip([x, *hidden], deltas, strict=True)]
    for found, (matrix, _) in zip(expected, job.net.named(state.g.copy_to_host()), strict=True):
        np.testing.assert_allclose(matrix, found, rtol=1e-4, atol=1e-5)


def test_gpu_products_and_their_yardstick_count_the_same(simulated):
    from minnet.benchmark import gpu_minnet, gpu_peers

    job, made, done = ON_CARD["G4"], [], []
    assert gpu_minnet.operations(job) == 2 * 4 * (3 * (42 + 30 + 20) - 42)
    step, products = gpu_minnet.train(simulated, job)
    assert step.units == products.units == 2 and step.operations == products.operations
    for contender in (step, products):
        contender.run()

    def room(*shape):
        made.append(np.random.default_rng(len(made)).standard_normal(shape))
        return made[-1]

    def multiply(a, b, out):
        done.append(a.shape[0] * a.shape[1] * b.shape[1])
        np.matmul(a, b, out=out)

    gpu_peers.products("NumPy", job, room, multiply, lambda: None).run()
    assert 2 * sum(done) == job.steps * gpu_minnet.operations(job)


def test_gpu_rows_say_their_speed():
    rows = [
        {"name": "minnet", "kind": "minnet", "median": 2e-3, "bytes": 20e6, "operations": 0},
        {"name": "copy", "kind": "yardstick", "median": 1e-3, "bytes": 16e6, "operations": 0},
        {"name": "slow copy", "kind": "yardstick", "median": 1e-2, "bytes": 16e6, "operations": 0},
    ]
    assert on_gpu.speed(rows[0], rows) == "10.0 GB/s, 62% of the yardstick"
    assert on_gpu.speed(rows[1], rows) == "16.0 GB/s"
    products = {"kind": "aside", "median": 1.0, "bytes": 0, "operations": 3e12}
    assert on_gpu.speed(products, [products]) == "3.00 TFLOP/s"
    assert on_gpu.speed(products | {"operations": 0}, []) == ""


def test_gpu_results_that_disagree_are_named(simulated, monkeypatch):
    from minnet.benchmark import gpu_minnet, gpu_peers

    def wrong(number, job):
        return [gpu_minnet.OnCard("wrong", lambda: None, result=lambda: np.zeros(1))]

    monkeypatch.setattr(gpu_peers, "step", wrong)
    result = on_gpu.measure("G1", simulated, "cuda-sim", jobs.StepJob(1, 1), 1, 0)
    assert result["disagree"][0].startswith("wrong DISAGREES") and not result["missing"]


@pytest.mark.parametrize("how", ["default", "foreach"])
def test_pytorchs_step_is_the_same_job(how):
    pytest.importorskip("numba_cuda")
    torch = pytest.importorskip("torch")
    from minnet.benchmark import gpu_peers

    contender = gpu_peers.rmsprop(torch, torch.device("cpu"), STEP, how)
    contender.reset()
    contender.run()
    np.testing.assert_allclose(contender.result(), by_minnet.step(STEP).run(), **STEP_CLOSE)


def test_the_benchmark_refuses_the_simulator(capsys):
    assert __main__.main(["--device", "cuda-sim"]) == 2
    assert capsys.readouterr().err == (
        "minnet.benchmark: device cuda-sim: timings of the CUDA simulator mean nothing; "
        "use --device cuda\n"
    )


def test_without_a_card_the_benchmark_says_so(capsys, monkeypatch):
    from minnet import gpu

    def none(text):
        raise ValueError(f"device {text}: no usable NVIDIA driver")

    monkeypatch.setattr(gpu, "named", none)
    assert __main__.main(["--device", "cuda", "--quick"]) == 2
    assert capsys.readouterr().err == "minnet.benchmark: device cuda: no usable NVIDIA driver\n"


def test_gpu_jobs_are_those_that_are_named():
    nets = {key: on_gpu.WORKLOADS[key].job(False) for key in on_gpu.WORKLOADS}
    assert (nets["G1"].n, nets["G2"].n) == (10_000_000, 40_000_000)
    assert (nets["G3"].rates, nets["G3"].net_job.sizes, nets["G3"].net_job.epochs) == (
        10_000, (64, 32, 10), 5,
    )  # fmt: skip
    assert nets["G4"].sizes == (784, 1024, 1024, 10) and nets["G4"].batch == 256
    assert nets["G4"].cases % 256 == 0
    with pytest.raises(ValueError, match="one of G1, G2, G3, G4, got 'W1'"):
        on_gpu.workload_names("G1,W1")
