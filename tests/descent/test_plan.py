"""A plan is an order of cases: each one once, the same for all runs, and known by its hash.

N training cases, K mini-batches of one epoch
"""

import hashlib
import itertools
import re

import numpy as np
import pytest
from hypothesis import example, given, settings, strategies as st

from minnet import naive
from minnet.descent.plan import ORDERS, GivenPlan, Plan

DRAWN = ("shuffled", "balanced", "replacement")
EACH_CASE_ONCE = ("shuffled", "cyclic", "balanced", "full")


def plan_of(order, cases=11, batch_size=3, epochs=2, seed=0, keep_short=True):
    labels = np.arange(cases) % 3 if order == "balanced" else None
    return Plan(cases, batch_size, epochs, order, seed, keep_short, labels)


def listed(plan):
    return [batch.tolist() for batch in plan]


# ---------------------------------------------------------------------------- every order


@settings(deadline=None, max_examples=150)
@given(data=st.data(), order=st.sampled_from(ORDERS), keep_short=st.booleans())
def test_epochs_are_cut_into_mini_batches(data, order, keep_short):
    cases = data.draw(st.integers(1, 40))
    batch_size = data.draw(st.integers(1, cases))
    epochs, seed = data.draw(st.integers(1, 3)), data.draw(st.integers(0, 2**40))
    plan = plan_of(order, cases, batch_size, epochs, seed, keep_short)
    size = cases if order == "full" else batch_size
    for number in range(epochs):
        chosen, starts = plan.epoch(number)
        lengths = np.diff(starts)
        assert starts[0] == 0 and starts[-1] == len(chosen)
        assert len(lengths) == plan.steps_per_epoch
        assert (lengths[:-1] == size).all() and 1 <= lengths[-1] <= size
        assert len(chosen) == (cases if keep_short else cases - cases % size)
        assert chosen.min() >= 0 and chosen.max() < cases
        if order in EACH_CASE_ONCE:
            assert len(set(chosen.tolist())) == len(chosen)
    assert plan.steps == epochs * plan.steps_per_epoch == len(listed(plan))


@pytest.mark.parametrize("keep_short", [True, False])
@pytest.mark.parametrize("order", ORDERS)
def test_iterating_is_the_epochs_one_after_another(order, keep_short):
    plan = plan_of(order, epochs=3, keep_short=keep_short)
    pieces = []
    for number in (2, 0, 1):  # an epoch does not depend on those before it
        chosen, starts = plan_of(order, epochs=3, keep_short=keep_short).epoch(number)
        pieces.append([chosen[a:b].tolist() for a, b in itertools.pairwise(starts)])
    assert listed(plan) == pieces[1] + pieces[2] + pieces[0]
    assert listed(plan) == listed(plan)


@pytest.mark.parametrize("remembered", [0, 10**6])
@given(data=st.data(), order=st.sampled_from([*ORDERS, "given"]), keep_short=st.booleans())
def test_a_cut_is_some_of_its_mini_batches(remembered, data, order, keep_short):
    """Wherever it begins and ends, within an epoch or across some."""
    plan = plan_of(order, epochs=4, keep_short=keep_short) if order != "given" else None
    plan = plan or GivenPlan([[3, 1], [0], [2, 2, 2]], cases=4, epochs=4)
    first = data.draw(st.integers(0, plan.steps - 1))
    stop = data.draw(st.integers(first + 1, plan.steps))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("minnet.descent.plan.REMEMBERED", remembered)
        cases, starts = plan.cut(first, stop)
    assert starts[0] == 0 and starts[-1] == len(cases) and len(starts) == stop - first + 1
    cut = [cases[a:b].tolist() for a, b in itertools.pairwise(starts)]
    assert cut == listed(plan)[first:stop]


@pytest.mark.parametrize("order", DRAWN)
def test_epochs_and_seeds_differ(order):
    plan, other = plan_of(order, seed=0), plan_of(order, seed=1)
    first, second = plan.epoch(0)[0].tolist(), plan.epoch(1)[0].tolist()
    assert first != second
    assert first != other.epoch(0)[0].tolist()
    assert second != other.epoch(0)[0].tolist()  # seed 1 is not seed 0 an epoch later


@pytest.mark.parametrize("order", ["cyclic", "full"])
def test_orders_that_draw_nothing(order):
    assert listed(plan_of(order, seed=0)) == listed(plan_of(order, seed=9))
    assert plan_of(order).epoch(0)[0].tolist() == list(range(11))


@settings(deadline=None, max_examples=50)
@given(cases=st.integers(1, 30), seed=st.integers(0, 999), keep_short=st.booleans())
def test_the_cut_is_the_twins(cases, seed, keep_short):
    for order in ("shuffled", "cyclic", "replacement"):
        batch_size = 1 + seed % cases
        plan = plan_of(order, cases, batch_size, 1, seed, keep_short)
        whole = plan_of(order, cases, batch_size, 1, seed).epoch(0)[0]
        assert listed(plan) == [b.tolist() for b in naive.batches(whole, batch_size, keep_short)]


def test_shuffled_is_a_permutation_and_no_order_is_preferred():
    """Every case leads about as often as any other: 6,000 epochs, 5 cases, 1,200 +- 31 each."""
    plan = Plan(5, 5, 6000, seed=3)
    epochs = np.array([plan.epoch(e)[0] for e in range(6000)])
    assert (np.sort(epochs, axis=1) == np.arange(5)).all()
    for place in range(5):
        assert abs(np.bincount(epochs[:, place], minlength=5) - 1200).max() < 5 * 31


def test_replacement_draws_n_cases_an_epoch_and_leaves_some_out():
    """A case is missed with probability (1 - 1/N)^N, about 1/e."""
    plan = plan_of("replacement", cases=500, batch_size=20, epochs=10)
    missed = [500 - len(set(plan.epoch(e)[0].tolist())) for e in range(10)]
    assert all(len(plan.epoch(e)[0]) == 500 for e in range(10))
    assert np.mean(missed) / 500 == pytest.approx(np.exp(-1), abs=0.03)


def test_full_is_one_mini_batch_whatever_the_batch_size():
    plan = Plan(7, 3, 4, "full")
    assert plan.batch_size == 7 and plan.steps_per_epoch == 1 and plan.steps == 4
    assert listed(plan) == [list(range(7))] * 4
    assert Plan(7, 4000, 1, "full").steps == 1


def test_the_short_mini_batch():
    kept = Plan(7, 3, 1, "cyclic")
    assert listed(kept) == [[0, 1, 2], [3, 4, 5], [6]]
    dropped = Plan(7, 3, 2, "cyclic", keep_short=False)
    assert listed(dropped) == [[0, 1, 2], [3, 4, 5]] * 2 and dropped.steps == 4
    assert Plan(6, 3, 1, keep_short=False).hash == Plan(6, 3, 1).hash


# ---------------------------------------------------------------------------- balanced


def farthest_from_share(plan, labels):
    """How many cases a class is off its share, at most: in full mini-batches, in shorter ones."""
    off = {True: 0.0, False: 0.0}
    for batch in plan:
        for label in np.unique(labels):
            share = np.sum(labels == label) * len(batch) / len(labels)
            full = len(batch) == plan.batch_size
            off[full] = max(off[full], abs(np.sum(labels[batch] == label) - share))
    return off[True], off[False]


@settings(deadline=None, max_examples=150)
@given(
    counts=st.lists(st.integers(1, 25), min_size=1, max_size=12),
    seed=st.integers(0, 10**6),
    size=st.integers(1, 100),
    keep_short=st.booleans(),
)
@example(counts=[9, 1, 1, 1, 1, 1, 1, 1, 1, 1], seed=0, size=6, keep_short=True)
@example(counts=[1, 5, 14, 14, 1], seed=0, size=4, keep_short=True)
@example(counts=[1, 18, 15, 1], seed=0, size=7, keep_short=False)
@example(counts=[1] * 24, seed=0, size=9, keep_short=True)
def test_any_classes_are_within_one_of_their_share(counts, seed, size, keep_short):
    """However uneven the classes; a shorter last mini-batch is within two of its own."""
    labels = np.random.default_rng(seed).permutation(np.repeat(range(len(counts)), counts))
    size = min(size, len(labels))
    plan = Plan(len(labels), size, 3, "balanced", seed, keep_short, labels)
    full, shorter = farthest_from_share(plan, labels)
    assert full < 1 and shorter < 2
    if len(labels) % size == 0 or not keep_short:
        assert shorter == 0  # there is none


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_equal_classes_are_shared_out_exactly(classes):
    labels = np.random.default_rng(0).permutation(np.repeat(range(classes), 12))
    plan = Plan(len(labels), 2 * classes, 3, "balanced", labels=labels)
    for batch in plan:
        assert np.bincount(labels[batch]).tolist() == [2] * classes


def test_many_classes_are_near_their_share_which_shuffled_is_not():
    labels = np.random.default_rng(1).integers(10, size=500)
    balanced = Plan(500, 32, 3, "balanced", labels=labels)
    assert max(farthest_from_share(balanced, labels)) < 1
    assert farthest_from_share(Plan(500, 32, 3), labels)[0] > 4


def test_no_place_of_a_balanced_plan_is_preferred():
    """Cases that are alone in their class come to any mini-batch and any place in it.

    3,000 epochs, 12 cases: 250 +- 15 each.
    """
    labels = np.arange(12)
    epochs = np.array(
        [Plan(12, 4, 3000, "balanced", 5, labels=labels).epoch(e)[0] for e in range(3000)]
    )
    for place in range(12):
        counts = np.bincount(epochs[:, place], minlength=12)
        assert abs(counts - 250).max() < 5 * 15.2


def test_labels_may_be_any_numbers_in_any_order():
    labels = np.array([7, -3, 7, -3, 7, -3, 7, -3])
    for batch in Plan(8, 2, 2, "balanced", labels=labels):
        assert sorted(labels[batch].tolist()) == [-3, 7]


# ---------------------------------------------------------------------------- given outright


def test_given_mini_batches_come_every_epoch():
    plan = GivenPlan([[3, 1], [0], [2, 2, 2]], cases=4, epochs=2)
    assert listed(plan) == [[3, 1], [0], [2, 2, 2]] * 2
    assert plan.steps_per_epoch == 3 and plan.steps == 6 and plan.epochs == 2
    assert plan.describe() == "3 mini-batches given, 2 epochs"


def test_a_given_mini_batch_may_be_larger_than_the_data():
    assert listed(GivenPlan([[0, 1, 0, 1, 0]], cases=2)) == [[0, 1, 0, 1, 0]]


# ---------------------------------------------------------------------------- hash


def test_the_hash_is_sha_256_of_indices_and_starts():
    plan = GivenPlan([[3, 1], [0]], cases=4)
    assert plan.hash == hashlib.sha256(np.array([3, 1, 0, 0, 2, 3], "<i8")).hexdigest()[:12]


@pytest.mark.parametrize("order", ORDERS)
def test_equal_indices_have_equal_hashes(order):
    plan = plan_of(order, epochs=1)
    assert plan.hash == plan_of(order, epochs=1).hash
    chosen, starts = plan.epoch(0)
    given = GivenPlan(np.split(chosen, starts[1:-1]), plan.cases)
    assert given.hash == plan.hash
    assert given.hash == GivenPlan([b.astype("int32") for b in plan], plan.cases).hash


def test_cyclic_is_the_given_plan_of_the_same_arrays():
    cyclic = Plan(7, 3, 4, "cyclic")
    assert cyclic.hash == GivenPlan([[0, 1, 2], [3, 4, 5], [6]], 7, epochs=4).hash
    assert cyclic.hash != GivenPlan([[0, 1, 2], [3, 4, 5], [6]], 7, epochs=3).hash


def test_whatever_changes_an_index_changes_the_hash():
    plans = [
        plan_of("shuffled"),
        plan_of("shuffled", seed=1),
        plan_of("shuffled", epochs=3),
        plan_of("shuffled", batch_size=4),
        plan_of("shuffled", keep_short=False),
        plan_of("shuffled", cases=12),
        plan_of("cyclic"),
        plan_of("cyclic", batch_size=4),
        plan_of("cyclic", batch_size=4, keep_short=False),
        plan_of("balanced"),
        plan_of("replacement"),
        plan_of("full"),
        GivenPlan([[0, 1], [2]], 3),
        GivenPlan([[0], [1, 2]], 3),
        GivenPlan([[0], [1], [2]], 3),
        GivenPlan([[0], [2], [1]], 3),
        GivenPlan([[0, 1, 2]], 3),
    ]
    assert len({plan.hash for plan in plans}) == len(plans)
    assert all(len(plan.hash) == 12 and int(plan.hash, 16) >= 0 for plan in plans)


def test_describe():
    assert plan_of("shuffled").describe() == "shuffled, batch 3, 2 epochs, seed 0"
    assert plan_of("cyclic", keep_short=False).describe().endswith("short batch dropped")


# ---------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"batch_size": 0}, r"batch_size must be .* between 1 and 10 .*got 0"),
        ({"batch_size": 11}, r"between 1 and 10 \(cases in training part\), got 11"),
        ({"batch_size": 2.0}, "batch_size must be a whole number .*got 2.0"),
        ({"batch_size": True}, "batch_size must be a whole number .*got True"),
        ({"batch_size": None}, "batch_size .*got None"),
        ({"epochs": 0}, "epochs must be a whole number at least 1, got 0"),
        ({"epochs": 1.5}, "epochs .*got 1.5"),
        ({"seed": -1}, "seed must be a whole number at least 0, got -1"),
        ({"seed": "1"}, "seed .*got '1'"),
        ({"order": "shufled"}, "unknown order 'shufled' .*did you mean 'shuffled'"),
        ({"order": "random"}, "unknown order 'random'"),
        ({"order": "balanced"}, "'balanced' needs class labels.*use 'shuffled'"),
    ],
)
def test_what_is_no_plan_is_refused_in_one_line(arguments, told):
    with pytest.raises(ValueError, match=told) as refusal:
        Plan(**({"cases": 10, "batch_size": 5, "epochs": 1} | arguments))
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("shape", [(9,), (11,), (10, 1), ()])
def test_labels_must_be_one_a_case(shape):
    told = f"labels must be (10,), one a case, got {shape}"
    with pytest.raises(ValueError, match=re.escape(told)):
        Plan(10, 5, 1, "balanced", labels=np.zeros(shape, int))


@pytest.mark.parametrize(
    ("batches", "told"),
    [
        ([], "at least one mini-batch"),
        ([[0, 1], []], "mini-batch 1 must be a non-empty list"),
        ([[0, 1.5]], "mini-batch 0 must be a non-empty list of case numbers"),
        ([[[0, 1], [2, 3]]], "mini-batch 0 must be a non-empty list of case numbers"),
        ([[0], ["1"]], "mini-batch 1 must be"),
        ([[True, False]], "mini-batch 0 must be"),
        ([0, 1], "mini-batch 0 must be"),
        ([[0, 4]], r"mini-batch 0 names cases outside 0\.\.3"),
        ([[0, 1], [-1, 2]], r"mini-batch 1 names cases outside 0\.\.3"),
    ],
)
def test_mini_batches_that_cannot_be(batches, told):
    with pytest.raises(ValueError, match=told):
        GivenPlan(batches, cases=4)


@pytest.mark.parametrize("epochs", [0, -1, 1.5])
def test_a_given_plan_needs_whole_epochs(epochs):
    with pytest.raises(ValueError, match="epochs must be a whole number at least 1"):
        GivenPlan([[0]], cases=4, epochs=epochs)
