"""Ctrl-C and other exceptions during a race: what was reached is reported. And its progress."""

import signal
import threading

import numpy as np
import pytest
from small_races import NET, three_classes
from threadpoolctl import threadpool_limits
from walked_races import BOLD, assert_same, blas_threads, small_race, walked

import minnet as mn
from minnet.racing import blas, state as lockstep


def assert_stopped(report, step):
    """All runs are at `step`, and nothing later is told."""
    assert report.interrupted and report.losses.shape == (5, step)
    for r, optimizer in enumerate(BOLD.split(", ")):
        errors, path = walked(NET, three_classes(), optimizer, mn.Plan(28, 5, 2, seed=3), "float32")
        np.testing.assert_array_equal(report.losses[r], errors[:step])
        np.testing.assert_array_equal(report.weights[r], path[step])
    assert f"stopped after {step} of 12 steps" in str(report)


@pytest.mark.parametrize("stop", [1, 6, 7])
def test_an_interrupt_between_chunks(monkeypatch, stop):
    def interrupt(done, total):
        assert total == 12
        if done == stop:
            raise KeyboardInterrupt

    monkeypatch.setattr(lockstep, "CHUNK_BYTES", 1)
    report = small_race(progress=interrupt, keep=[0, 1, 12])
    assert_stopped(report, stop)
    assert report.kept_at.tolist() == [0, 1]
    assert report.evaluated_at.tolist() == ([0] if stop < 6 else [0, 6])


@pytest.mark.parametrize("stop", [1, 6, 7])
@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_between_chunks(monkeypatch, stop, times):
    """The signal itself; and a second one, which is as sudden as ever."""

    def interrupt(done, total):
        if done == stop:
            for _ in range(times):
                signal.raise_signal(signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(lockstep, "CHUNK_BYTES", 1)
    assert_stopped(small_race(progress=interrupt), stop)
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_while_runs_are_at_work(monkeypatch):
    """It is a request: the chunk is finished, and what belongs to its end is done."""
    submit = lockstep.Race.submit

    def interrupted(state, pool, chunk):
        tasks = submit(state, pool, chunk)
        if state.step == 6:
            signal.raise_signal(signal.SIGINT)
        return tasks

    monkeypatch.setattr(lockstep, "CHUNK_BYTES", 1)
    monkeypatch.setattr(lockstep.Race, "submit", interrupted)
    report = small_race(keep=[6, 7])
    assert_stopped(report, 6)
    assert report.evaluated_at.tolist() == [0, 6] and report.kept_at.tolist() == [6]


def test_ctrl_c_at_the_end_is_no_interruption():
    before = signal.getsignal(signal.SIGINT)
    report = small_race(
        progress=lambda done, total: done == total and signal.raise_signal(signal.SIGINT)
    )
    assert_same(report, small_race())
    assert not report.interrupted and signal.getsignal(signal.SIGINT) is before


def test_a_callers_own_handler_of_ctrl_c_comes_back():
    mine = []
    before = signal.signal(signal.SIGINT, lambda *told: mine.append(told))
    try:
        own = signal.getsignal(signal.SIGINT)
        with pytest.raises(ValueError):
            small_race(progress=lambda *told: int("fails"))
        assert signal.getsignal(signal.SIGINT) is own
        assert small_race(progress=lambda *told: signal.raise_signal(signal.SIGINT)).interrupted
        assert signal.getsignal(signal.SIGINT) is own and mine == []
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_race_in_another_thread_leaves_ctrl_c_alone():
    """Python lets only the main thread set a handler."""
    before, during, reports = signal.getsignal(signal.SIGINT), [], []
    thread = threading.Thread(
        target=lambda: reports.append(
            small_race(progress=lambda *told: during.append(signal.getsignal(signal.SIGINT)))
        )
    )
    thread.start()
    thread.join()
    assert set(during) == {before}
    assert_same(reports[0], small_race())


def interrupt_once(monkeypatch, when):
    """Ctrl-C while runs are at work: the `when`-th wait for them is interrupted."""
    waits, wait = [], lockstep.wait

    def interrupted(tasks):
        waits.append(len(tasks))
        if len(waits) == when:
            raise KeyboardInterrupt
        return wait(tasks)

    monkeypatch.setattr(lockstep, "wait", interrupted)


def test_an_interrupt_while_runs_are_at_work(monkeypatch):
    """They finish the chunk, all of them."""
    monkeypatch.setattr(lockstep, "CHUNK_BYTES", 1)
    interrupt_once(monkeypatch, 5)  # the first wait is for the evaluation of the start
    assert_stopped(small_race(), 4)


def test_an_interrupt_during_an_evaluation(monkeypatch):
    interrupt_once(monkeypatch, 3)
    report = small_race()
    assert report.interrupted
    assert set(report.best_at.tolist()) <= {0, *report.evaluated_at.tolist()}
    assert not np.isnan(report.best_error()).any()


def test_an_interrupt_gives_blas_its_threads_back():
    def interrupt(done, total):
        raise KeyboardInterrupt

    blas.blas()
    with threadpool_limits(2, user_api="blas"):
        assert small_race(progress=interrupt).interrupted
        assert set(blas_threads()) == {2}


def test_other_errors_of_a_callback_are_not_swallowed():
    def fail(done, total):
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        small_race(progress=fail)


def test_progress_is_told_up_to_the_end():
    ticks = []
    small_race(epochs=3, progress=lambda *told: ticks.append(told))
    assert ticks[-1] == (18, 18) and ticks == sorted(ticks)


def test_a_progress_bar(capsys):
    small_race("sgd", progress=True)
    assert "mini-batches" in capsys.readouterr().err
