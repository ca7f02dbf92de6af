"""Does the verdict follow from the measured value, and from nothing else?"""

import json

import pytest

from minnet.lecture import Experiment, experiment, session
from minnet.lecture.claims import Claim
from minnet.lecture.command import as_json, listing, parts_named
from minnet.lecture.parts import PARTS, table
from minnet.lecture.statements import CLAIMS
from minnet.lecture.verdicts import (
    Verdict,
    above,
    below,
    between,
    brief,
    close,
    every,
    of,
    smaller,
    that,
    wins,
)

# Claims that were worded anew after a first look at the numbers.
AFTER_A_LOOK = {
    "6a.10", "6a.20", "6b.6", "6b.16", "6b.18", "6b.19", "6b.21", "6b.22", "6c.8", "6c.12", "6c.14",
    "6d.3", "6d.9", "6e.4", "6e.10", "6e.12", "6e.18", "6e.24", "6e.25", "6e.26",
}  # fmt: skip

# The table of claims has so many rows for each part.
ROWS = {"6a": 20, "6b": 22, "6c": 14, "6d": 11, "6e": 28}
IDS = [f"{part}.{row}" for part, rows in ROWS.items() for row in range(1, rows + 1)]
SEVEN = Claim(
    "6x.1", 1, "Seven is printed.", "exact", close(7), ("if odd", close(9)), ("8", close(8))
)


@pytest.fixture
def own():
    with session.opened(folder=None, echo=False) as opened:
        yield opened


def test_every_row_is_declared_once_and_no_other():
    assert sorted(CLAIMS) == sorted(IDS)


@pytest.mark.parametrize("part", PARTS)
def test_every_claim_has_exactly_one_experiment_in_its_own_part(part):
    assert sorted(PARTS[part].claim_ids()) == sorted(id for id in IDS if id.startswith(part))


def test_every_claim_is_on_a_page_of_its_part():
    pages = {"6a": (2, 7), "6b": (9, 15), "6c": (17, 21), "6d": (23, 25), "6e": (27, 31)}
    for claim in CLAIMS.values():
        first, last = pages[claim.id[:2]]
        assert first <= claim.page <= last, claim.id


def test_exact_claims_say_what_they_expect():
    assert not [c.id for c in CLAIMS.values() if c.kind == "exact" and not (c.expect and c.source)]


@pytest.mark.parametrize(
    ("value", "verdict", "because"),
    [
        (7, Verdict.CONFIRMED, "7 within 0"),
        (9, Verdict.QUALIFIED, "if odd"),
        (8, Verdict.REFUTED, "correct is: 8"),
        (6, Verdict.REFUTED, "not found: 7 within 0"),
    ],
)
def test_the_verdict_follows_from_the_value(value, verdict, because):
    assert SEVEN.judge(value) == (verdict, because)


def test_seeds_that_disagree_leave_it_open():
    claim = Claim("6x.2", 1, "a beats b.", "measured", wins("a", "b"), seeds=4)
    verdict, because = claim.judge({"a": [1, 3, 1, 3], "b": [2, 2, 2, 2]})
    assert verdict is Verdict.NOT_CLEAR and because.startswith("undecided")


@pytest.mark.parametrize(
    ("question", "value", "answer"),
    [
        (close([1, 2], abs=0.1), [1.05, 2.05], True),
        (close([1, 2], abs=0.1), [1.05, 2.15], False),
        (close([1, 2], abs=0.1), [1, 2, 3], False),
        (close(100, rel=0.01), 100.9, True),
        (close(100, rel=0.01), 101.1, False),
        (close({"a": float("inf")}), {"a": float("inf"), "b": 0}, True),
        (close(1.0), float("nan"), False),
        (below(3), [1, 2], True),
        (below(3), [1, 3], False),
        (above(3), float("nan"), False),
        (above(3), 4, True),
        (between(1, 2), [1, 2], True),
        (between(1, 2), [1, 2.1], False),
        (of("a", below(1)), {"a": 0}, True),
        (every(below(2), above(0)), 1, True),
        (every(below(2), above(1)), 1, False),
        (smaller("a", "b", by=2), {"a": 1, "b": 2}, False),
        (smaller("a", "b", by=2), {"a": 1, "b": 2.1}, True),
        (smaller("a", "b"), {"a": [1, 2], "b": [2, 2]}, False),
        (wins("a", "b", by=2), {"a": [1, 1, 1, 1, 9], "b": [3, 3, 3, 3, 3]}, True),
        (wins("a", "b", by=4), {"a": [1, 1, 1, 1, 9], "b": [3, 3, 3, 3, 3]}, None),
        (wins("a", "b"), {"a": [3, 3, 3, 3, 1], "b": [2, 2, 2, 2, 2]}, False),
        (wins("a", "b"), {"a": [float("inf")], "b": [2]}, False),
        (that("is even", lambda value: value % 2 == 0), 4, True),
    ],
)
def test_questions(question, value, answer):
    assert question(value) is answer


def test_an_open_question_stays_open_unless_another_is_answered_no():
    unknown = that("?", lambda value: None)
    assert every(unknown, below(2))(1) is None
    assert every(unknown, below(2))(3) is False


@pytest.mark.parametrize(
    ("value", "text"),
    [(691.0, "691"), (10760.55, "10761"), (1 / 3, "0.3333"), (4.95e-5, "4.95e-05"),
     ([1.0, 2.5], "[1, 2.5]"), ({"a": [1], 2: True}, "a: [1], 2: True"), (float("inf"), "inf")],
)  # fmt: skip
def test_brief(value, text):
    assert brief(value) == text


def test_an_experiment_gets_its_seeds_fewer_when_quick(own):
    real = next(claim for claim in CLAIMS.values() if claim.seeds >= 5)
    asked = experiment(real.id)(lambda seeds: (len(seeds), None))
    assert asked.measure()[0] == real.seeds
    own.quick = True
    assert asked.measure()[0] == 2
    assert asked.measure(seeds=[4])[0] == 1


def test_a_finding_is_entered_and_told(own, capsys):
    made = Experiment(SEVEN, lambda: (7, "for the figure"))
    own.echo = True
    finding = made()
    assert own.findings == {"6x.1": finding} and finding.data == "for the figure"
    assert capsys.readouterr().out == "6x.1   CONFIRMED: 7\n"
    text = table(own)
    assert "Seven is printed." in text and text.endswith("1 claims: 1 CONFIRMED")
    told = json.loads(json.dumps(as_json(own)))["claims"][0]
    assert told["verdict"] == "CONFIRMED" and told["measured"] == 7


def test_a_question_that_was_worded_anew_says_so(own):
    assert {claim.id for claim in CLAIMS.values() if claim.after_a_look} == AFTER_A_LOOK
    throws = {"share above 100": 1.0, "share that arrives": 0.0, "least throw": 101.0}
    for id, said in (("6e.4", True), ("6e.7", False)):
        value = throws if said else {"after 1, 10, 100 cycles": [0.0, 0.0, 0.0]}
        finding = experiment(id)(lambda value=value: value)()
        assert ("after a first look" in finding.because) == said


def test_unknown_words():
    with pytest.raises(ValueError, match="'6f'"):
        parts_named(["6f"])
    with pytest.raises(ValueError, match=r"'6a\.99'"):
        experiment("6a.99")
    assert [part.id for part in parts_named(["6e", "6a"])] == ["6a", "6e"]
    assert len(parts_named(["all"])) == 5 and "6e" in listing()


def test_a_kind_is_one_of_three():
    with pytest.raises(ValueError, match="guessed"):
        Claim("6x.3", 1, "", "guessed", close(1))
