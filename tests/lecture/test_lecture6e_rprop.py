"""Slides 27 to 29: are slide 28's numbers right, and would a wrong rule be found out?"""

import numpy as np
import pytest

import minnet as mn
from minnet.dialects import slide
from minnet.lecture.probes import streams
from minnet.lecture.statements import CLAIMS
from minnet.lecture.verdicts import Verdict

CONFIRMED, QUALIFIED, REFUTED, NOT_CLEAR = Verdict
EXACT = {
    "scale_free": CONFIRMED, "leave_plateau": CONFIRMED, "limits": CONFIRMED, "averaged": CONFIRMED,
    "signed": CONFIRMED, "grows": CONFIRMED, "own_size": CONFIRMED, "first_steps": CONFIRMED,
    "restores": QUALIFIED, "rescaled": CONFIRMED, "floor": CONFIRMED,
}  # fmt: skip


# ---------------------------------------------------------------------------- slide 28's stream


def test_a_cycle_sums_to_nothing_in_any_order():
    plain, shuffled = streams.stream(3), streams.stream(3, shuffled_by=1)
    assert plain.tolist() == ([0.1] * 9 + [-0.9]) * 3
    assert shuffled.tolist() != plain.tolist() == streams.stream(3).tolist()
    assert np.sort(shuffled.reshape(3, 10)).tolist() == np.sort(plain.reshape(3, 10)).tolist()
    assert shuffled.tolist() == streams.stream(3, shuffled_by=1).tolist()
    assert np.mean(plain**2) == pytest.approx(0.09) == streams.MEAN_SQUARE


@pytest.mark.parametrize(("decay", "cycles"), [(0.9, 4), (0.99, 2)])
def test_the_drift_of_rmsprop_is_that_of_a_naive_loop(decay, cycles):
    w, mean_square, ends = 0.0, 0.09, [0.0]
    for _ in range(cycles):
        for g in [0.1] * 9 + [-0.9]:
            mean_square = decay * mean_square + (1 - decay) * g**2
            w += g / mean_square**0.5
        ends.append(w)
    rule = streams.with_starts(slide.RMSprop(1.0, decay=decay), mean_square=0.09)
    assert streams.drift(rule, cycles) == pytest.approx(ends[-1] - ends[-2], rel=1e-12)
    assert streams.drift(slide.RMSprop(1.0, decay=decay), cycles) != pytest.approx(ends[-1])


def test_what_rprop_remembers_of_the_stream():
    """By hand: eight agreements, a disagreement, and one more when the nine begin again."""
    size = streams.slot_trace("rprop", streams.stream(2), "size")
    assert len(size) == 21
    assert size[[0, 1, 9, 10, 11, 20]] == pytest.approx(
        0.1 * np.array([1, 1, 1.2**8, 0.5 * 1.2**8, 0.25 * 1.2**8, 0.125 * 1.2**16])
    )
    before = streams.slot_trace("rprop", [3.0, -2.0], "g_before")
    assert before.tolist() == [0, 3, -2]


def test_a_weight_moves_the_way_it_is_pushed():
    assert streams.displacement("sgd(0.5)", [1.0, 3.0]).tolist() == [0, 0.5, 2]
    assert streams.displacement(streams.sign_step, [7.0, 0.0, -2.0, -2.0]) == pytest.approx(
        [0, 0.1, 0.1, 0, -0.1]
    )


# ---------------------------------------------------------------------------- the exact rows


@pytest.mark.parametrize("name", EXACT)
def test_exact_rows_have_the_numbers_of_theory(shown, name):
    experiment = shown("6e")[0][name]
    value, _ = experiment.measure()
    assert experiment.claim.expect(value)
    assert experiment.claim.judge(value)[0] is EXACT[name]


def no_root(w, g, mean_square, lr=0.1, decay=0.9):
    mean_square = decay * mean_square + (1 - decay) * g * g
    return w - lr * g / mean_square, mean_square


def no_complement(w, g, mean_square, lr=0.1, decay=0.9):
    mean_square = decay * mean_square + g * g
    return w - lr * g / mean_square**0.5, mean_square


def made(rule):
    return lambda lr=0.1, decay=0.9: mn.custom(rule, lr=lr, decay=decay)


@pytest.mark.parametrize(("name", "wrong", "verdict"), [
    ("scale_free", {"rules": (streams.sign_step, "rmsprop(0.1, eps=0.01)", "sgd(0.015)")}, REFUTED),
    ("leave_plateau", {"rules": ("sgd(0.1)", streams.sign_step, "sgd(0.1)")}, REFUTED),
    ("leave_plateau", {"rules": ("rprop(eta_plus=1.05)", streams.sign_step, "sgd(0.1)")}, REFUTED),
    ("limits", {"variants": (lambda: mn.Rprop(eta_plus=1.3),) * 4}, REFUTED),
    ("limits", {"variants": (lambda: mn.Rprop(step_max=40.0),) * 4}, REFUTED),
    ("averaged", {"rule": "rprop"}, REFUTED),
    ("averaged", {"rule": "momentum(1.0)"}, REFUTED),
    ("signed", {"rule": "sgd(1.0)"}, REFUTED),
    ("grows", {"eta_minus": 0.4}, REFUTED),
    ("own_size", {"rule": made(no_root)}, REFUTED),
    ("first_steps", {"rule": made(no_complement)}, REFUTED),
    ("restores", {"rule": made(no_root)}, REFUTED),
    ("restores", {"rule": lambda lr, decay=0: slide.RMSprop(lr, decay=0.5)}, REFUTED),
    ("rescaled", {"rules": "rmsprop(0.003, eps=0.1), sgd(0.5)"}, REFUTED),
    ("floor", {"rule": made(no_complement)}, REFUTED),
    ("throws", {"rule": lambda rate: mn.Rprop()}, REFUTED),
])  # fmt: skip
def test_a_wrong_rule_is_found_out(shown, name, wrong, verdict):
    experiment = shown("6e")[0][name]
    value, _ = experiment.measure(**wrong)
    assert experiment.claim.judge(value)[0] is verdict
    assert not (experiment.claim.expect and experiment.claim.expect(value))


def test_divisors_are_read_off_the_moves(shown):
    """A rule that divides by |g| is as restless as the sign."""
    divisors = shown("6e")[0]["divisors"]
    value, _ = divisors.measure(rule=lambda lr: slide.RMSprop(lr, decay=0), seeds=[0])
    assert value["rmsprop"] == pytest.approx(value["sign step"], rel=1e-6)
    assert divisors.claim.judge(value)[0] is REFUTED


# ---------------------------------------------------------------------------- the measured rows


def five(number):
    return [number] * 5


@pytest.mark.parametrize(("id", "value", "verdict"), [
    ("6e.1", {"between weights": five(400), "in time": five(30)}, CONFIRMED),
    ("6e.1", {"between weights": [400, 90], "in time": five(30)}, QUALIFIED),
    ("6e.1", {"between weights": five(5), "in time": five(30)}, REFUTED),
    ("6e.6", {"Rprop-": five(0.001), "SGD": five(0.1)}, CONFIRMED),
    ("6e.6", {"Rprop-": five(0.2), "SGD": five(0.1)}, REFUTED),
    ("6e.6", {"Rprop-": [0.001, 0.2, 0.2, 0.001, 0.001], "SGD": five(0.1)}, NOT_CLEAR),
    ("6e.14", {"rmsprop": five(0.1), "sign step": five(0.7)}, CONFIRMED),
    ("6e.14", {"rmsprop": five(0.3), "sign step": five(0.7)}, QUALIFIED),
])  # fmt: skip
def test_what_counts(id, value, verdict):
    assert CLAIMS[id].judge(value)[0] is verdict


@pytest.mark.parametrize(("loss", "verdict"), [(0.02, CONFIRMED), (0.5, REFUTED)])
def test_mini_batch_rprop_must_lose_to_both(loss, verdict):
    value = dict.fromkeys(("Rprop-", "iRprop-", "Rprop+"), five(0.1))
    value |= {"SGD": five(loss), "rmsprop": five(0.001)}
    assert CLAIMS["6e.11"].judge(value)[0] is (QUALIFIED if loss > 0.1 else verdict)
    value["rmsprop"] = five(loss)
    assert CLAIMS["6e.11"].judge(value)[0] is verdict


def test_growth_counts_only_with_the_control():
    value = {"10": five(170), "100": five(160), "1000": five(0.5), "1000, 200 epochs": five(2),
             "loss 100": five(0.2), "loss 1000, 200 epochs": five(1e-9)}  # fmt: skip
    assert CLAIMS["6e.10"].judge(value)[0] is CONFIRMED
    value["1000, 200 epochs"] = five(900.0)
    assert CLAIMS["6e.10"].judge(value)[0] is QUALIFIED
    value["loss 1000, 200 epochs"] = five(0.2)
    assert CLAIMS["6e.10"].judge(value)[0] is REFUTED


def test_cautious_factors_are_asked_at_each_batch_size():
    better = {"1.02 / 0.95": five(0.01), "1.2 / 0.5": five(0.1)}
    worse = {"1.02 / 0.95": five(0.1), "1.2 / 0.5": five(0.1)}
    judge = CLAIMS["6e.12"].judge
    assert judge({100: better, 250: better, 500: better})[0] is CONFIRMED
    assert judge({100: better, 250: better, 500: worse})[0] is QUALIFIED
    assert judge({100: worse, 250: better, 500: better})[0] is REFUTED


def test_much_better_means_by_half():
    value = {"SGD to 0.1": five(120), "rmsprop to 0.1": five(60),
             "SGD to 0.01": five(700), "rmsprop to 0.01": five(200)}  # fmt: skip
    assert CLAIMS["6e.18"].judge(value)[0] is CONFIRMED
    assert CLAIMS["6e.18"].judge(value | {"rmsprop to 0.1": five(100)})[0] is QUALIFIED
    assert CLAIMS["6e.18"].judge(value | {"rmsprop to 0.01": five(699)})[0] is REFUTED
