"""Is what a reader writes read as meant, and is everything else refused without being run?"""

import string

import numba
import pytest
from hypothesis import example, given, strategies as st
from small_races import heavy

from minnet import rules
from minnet.optimizers.catalogue import OPTIMIZERS, SGD
from minnet.optimizers.notation import BY_NAME, as_optimizer, as_optimizers, parse
from minnet.optimizers.optimizer import Optimizer
from minnet.rules.lift import RuleError

MAKERS = {make().name: make for make in OPTIMIZERS}


def read(text) -> list[str]:
    return [str(optimizer) for optimizer in parse(text)]


def same(a: Optimizer, b: Optimizer) -> bool:
    return (a.name, a.rule, a.jump, a.hyperparameters) == (
        b.name,
        b.rule,
        b.jump,
        b.hyperparameters,
    )


# ---------------------------------------------------------------------------- what is read


def test_names_and_numbers():
    sgd, rprop, rmsprop = parse("sgd(lr=0.5), rprop, rmsprop(lr=2e-3, decay=0.99)")
    assert sgd.hyperparameters == {"lr": 0.5}
    assert same(rprop, MAKERS["rprop"]())
    assert rmsprop.hyperparameters == {"lr": 0.002, "decay": 0.99, "eps": 1e-8}


@pytest.mark.parametrize(
    "text", ["sgd(0.5)", "sgd(lr=0.5)", "SGD(0.5)", " sgd ( lr = .5 ) ", "Sgd(5e-1)"]
)
def test_many_ways_to_write_one_thing(text):
    assert read(text) == ["sgd(lr=0.5)"]


def test_a_first_number_without_a_name_is_the_first_parameter():
    assert parse("rprop(0.25)")[0].hyperparameters["step"] == 0.25
    assert parse("adam(0.25, beta1=0)")[0].hyperparameters == dict(
        MAKERS["adam"](0.25, 0).hyperparameters
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("rprop+", ["rprop_plus"]),
        ("rprop-", ["rprop"]),
        ("rprop_minus", ["rprop"]),
        ("irprop+, irprop-", ["irprop_plus", "irprop_minus"]),
        ("rprop+(step=0.2),rprop-( 0.2 )", ["rprop_plus", "rprop"]),
        ("rprop-,irprop-", ["rprop", "irprop_minus"]),
        ("irprop+ (0.2)", ["irprop_plus"]),
    ],
)
def test_the_rprops_as_their_papers_spell_them(text, names):
    optimizers = parse(text)
    assert [optimizer.name for optimizer in optimizers] == names
    for optimizer in optimizers:
        assert optimizer.hyperparameters["step"] == (0.2 if "0.2" in text else 0.1)


@pytest.mark.parametrize(
    ("text", "same_text"),
    [
        ("rmsprop-momentum(Decay=0.8)", "rmsprop_momentum(decay=0.8)"),
        ("RMSprop-Nesterov-Jump", "rmsprop_nesterov_jump"),
        ("rprop(eta-plus=1.3, ETA_MINUS=0.4)", "rprop(eta_plus=1.3, eta_minus=0.4)"),
        ("sgd(Inverse-Time(0.1))", "sgd(inverse_time(0.1))"),
        ("Torch.RMSprop(centered=true)", "torch.rmsprop(centered=True)"),
        ("keras.sgd(momentum=0, nesterov=false)", "keras.sgd(momentum=0, nesterov=False)"),
        ("torch.adam(betas=(0.8, 0.9))", "torch.adam(betas=(0.8, 0.9))"),
        ("sgd(lr=(0.1, 0.2),),", "sgd(lr=[0.1, 0.2])"),
    ],
)
def test_capitals_and_hyphens(text, same_text):
    assert read(text) == read(same_text)


def test_a_list_makes_one_optimizer_each_the_last_list_fastest():
    assert read("momentum(lr=[0.1, 0.2], momentum=[0, 0.5]), sgd([1, 2])") == [
        "momentum(lr=0.1, momentum=0)",
        "momentum(lr=0.1, momentum=0.5)",
        "momentum(lr=0.2, momentum=0)",
        "momentum(lr=0.2, momentum=0.5)",
        "sgd(lr=1)",
        "sgd(lr=2)",
    ]
    assert read("momentum(momentum=[0, 0.5], lr=[0.1, 0.2])")[1] == "momentum(lr=0.2, momentum=0)"


def test_a_users_rule_by_name():
    mine, sgd = parse("heavy(0.2, momentum=0.5), sgd", {"heavy": heavy})
    assert mine.rule is heavy and mine.hyperparameters == {"lr": 0.2, "momentum": 0.5}
    assert sgd.name == "sgd"
    with pytest.raises(
        ValueError, match=r"hyperparameter of heavy 'mometum' \(did you mean 'momentum'"
    ):
        parse("heavy(mometum=1)", {"heavy": heavy})


def test_a_users_rule_that_differs_in_its_capitals_only():
    def Heavy(w, g, K=0.1, k=0.2):
        return w - K * k * g

    rules = {"my-rule": Heavy, "SGD": Heavy}
    (mine,) = parse("My_Rule(k=0.3, K=0.4)", rules)
    assert mine.rule is Heavy and mine.hyperparameters == {"K": 0.4, "k": 0.3}
    assert parse("sgd", rules)[0].rule is Heavy  # a user's own rule comes first


def test_a_users_rule_that_is_no_rule_says_so_when_it_is_named():
    wrong = {"wrong": lambda x: x}
    assert read("sgd") == [str(optimizer) for optimizer in parse("sgd", wrong)]
    with pytest.raises(RuleError, match="a rule takes w, g"):
        parse("wrong", wrong)


def test_a_users_rule_with_a_capital():
    def Heavy(w, g, lr=0.1):
        return w - lr * g

    for text in ("Heavy", "heavy", "HEAVY(lr=0.1)"):
        assert parse(text, {"Heavy": Heavy})[0].rule is Heavy


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Rprop+", "rprop_plus"),
        ("RPROP-", "rprop"),
        ("iRprop-", "irprop_minus"),
        ("iRprop+(0.1)", "irprop_plus"),
    ],
)
def test_the_rprops_with_their_capitals(text, name):
    assert [optimizer.name for optimizer in parse(text)] == [name]


# ---------------------------------------------------------------------------- there and back


@pytest.mark.parametrize("name", MAKERS)
def test_what_is_printed_can_be_read(name):
    optimizer = MAKERS[name]()
    (again,) = parse(str(optimizer))
    assert same(again, optimizer)
    assert same(parse(name.upper())[0], optimizer)


def test_many_at_once():
    every = [make() for make in OPTIMIZERS]
    assert all(map(same, parse(", ".join(map(str, every))), every))


fractions = st.floats(0, 1, exclude_max=True)


@given(lr=st.floats(0, 1e300, exclude_min=True), decay=fractions, momentum=fractions)
@example(lr=0.1 + 0.2, decay=0.9, momentum=0.9)
@example(lr=1e16, decay=5e-324, momentum=1 - 2**-53)
def test_every_digit_is_printed(lr, decay, momentum):
    optimizer = MAKERS["rmsprop_momentum"](lr=lr, decay=decay, momentum=momentum)
    assert same(parse(str(optimizer))[0], optimizer)


@given(
    lr=st.decimals("1e-9", "1e5", places=9).map(lambda d: float(f"{d:.5g}")).filter(bool),
    momentum=st.integers(0, 999).map(lambda k: k / 1000),
)
def test_short_numbers_are_printed_whole(lr, momentum):
    optimizer = MAKERS["momentum"](lr=lr, momentum=momentum)
    assert same(parse(str(optimizer))[0], optimizer)


# ---------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no optimizers given"),
        ("  ", "no optimizers given"),
        (",", "cannot read ','; write e.g. 'sgd\\(lr=0.5\\), rprop'"),
        ("sgd(", r"cannot read 'sgd\('; write e.g. 'sgd\(lr=0.5\), rprop'"),
        ("sgd rprop", "cannot read 'sgd rprop'"),
        ("sgd], [rprop", "cannot read"),
        ("0.5", "cannot read '0.5'"),
        ("'sgd'", "cannot read"),
        ("sgd.lr", r"unknown optimizer 'sgd.lr' \(did you mean 'sgd'"),
        ("sgd(1)(2)", r"cannot read 'sgd\(1\)\(2\)'"),
        ("*sgd", "cannot read"),
        ("sgd for sgd in sgd", "cannot read"),
        ("rmspop", r"unknown optimizer 'rmspop' \(did you mean 'rmsprop'\?\)"),
        ("xyzzy", "unknown optimizer 'xyzzy'; there is sgd, momentum, nesterov"),
        ("sgd(rate=0.1)", "unknown hyperparameter of sgd 'rate'; there is lr"),
        (
            "rmsprop(decai=0.1)",
            r"unknown hyperparameter of rmsprop 'decai' \(did you mean 'decay'\?\)",
        ),
        ("sgd(0.1, 0.2)", "name the hyperparameters of sgd after the first one"),
        ("sgd(lr=x)", "hyperparameters of sgd must be plain numbers or lists of them: 'x'"),
        ("sgd(lr=nan)", "hyperparameters of sgd must be plain"),
        ("sgd(lr=1/0)", "hyperparameters of sgd must be plain"),
        ("sgd(lr=2**9)", "hyperparameters of sgd must be plain"),
        ("sgd(*[0.1])", "hyperparameters of sgd must be plain"),
        ("sgd(lr='0.1')", "lr must be a finite number, got '0.1'"),
        ("sgd(lr=None)", "lr must be a finite number, got None"),
        ("sgd(lr=1e999)", "lr must be a finite number, got inf"),
        ("sgd(lr=[[0.1]])", "lr must be a finite number, got "),
        ("sgd(**{'lr': 1})", r"hyperparameters of sgd must be plain .*: \"\*\*{'lr': 1}\"$"),
        ("sgd(lr={'a': 1})", "hyperparameters of sgd must be plain"),
        ("torch.adam(betas=3)", r"^'torch.adam\(betas=3\)' must be torch.adam\(lr, betas, eps"),
        (
            "torch.rprop(etas=(0.5,))",
            r"^'torch.rprop\(etas=\(0.5,\)\)' must be torch.rprop\(lr, etas, ",
        ),
        ("optax.adam", r"^'optax.adam\(\)' must be optax.adam\(learning_rate, "),
        ("sgd(lr=[0.1, -1])", "lr must be greater than 0, got -1"),
        ("rprop(step_min=0.5)", "step_min must not exceed step, got 0.5 > 0.1"),
    ],
)
def test_what_cannot_be_read(text, words):
    with pytest.raises(ValueError, match=words):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "sgd(lr=open({path!r}, 'w'))",
        "sgd(open({path!r}, 'w'))",
        "open({path!r}, 'w')",
        "sgd(lr=[open({path!r}, 'w')])",
        "__import__('pathlib').Path({path!r}).touch()",
        "sgd(lr=__import__('pathlib').Path({path!r}).touch())",
        "[open({path!r}, 'w') for _ in '1']",
        "sgd(lr=f'{{open({path!r}, chr(119))}}')",
        "sgd] + [open({path!r}, 'w')",
        "(lambda: open({path!r}, 'w'))()",
    ],
)
def test_nothing_is_run(text, tmp_path):
    path = tmp_path / "run"
    with pytest.raises(ValueError):
        parse(text.format(path=str(path)))
    assert not path.exists()


words = st.sampled_from(
    [*BY_NAME, "lr", "momentum", "=", "(", ")", "[", "]", ",", "0.5", "-", "+", "*", "1e9", " ",
     "rprop+", "irprop-", "cosine", "warmup", "steps",
     "lambda:", "if", "for", "in", ".", "'", '"', "#", "\\", "\n", ":=", "**"]
)  # fmt: skip
texts = st.one_of(
    st.text(max_size=30),
    st.text(string.printable, max_size=30),
    st.lists(words, max_size=12).map("".join),
    st.lists(words, max_size=12).map(" ".join),
)


@given(texts)
@example("\0")
@example("\ud800")
@example("sgd(lr=" + "9" * 5000 + ")")
@example("sgd(" + "(" * 500)
def test_any_text_is_optimizers_or_a_value_error(text):
    try:
        optimizers = parse(text)
    except ValueError:
        pass
    else:
        assert all(isinstance(optimizer, Optimizer) for optimizer in optimizers)


@pytest.mark.parametrize(
    "text",
    [
        "sgd(lr=1" + "0" * 400 + ")",
        "sgd(" + "-" * 3000 + "1)",
        "sgd(" + "-" * 100_000 + "1)",
        "sgd(" + "+".join(["1"] * 5000) + ")",
        "sgd" + ".a" * 5000,
        "sgd(" + "+".join(["1"] * 2000) + ")",
        "sgd" + ".a" * 2000,
    ],
    ids=[
        "too large", "minus signs", "more minus signs", "long sum", "long path",
        "shorter sum", "shorter path",
    ],
)  # fmt: skip
def test_overlong_text_is_a_value_error(text):
    with pytest.raises(ValueError) as refusal:
        parse(text)
    assert "\n" not in str(refusal.value)


def test_a_long_text_may_be_read_but_is_not_told_whole():
    assert len(parse(", ".join(["sgd"] * 2000))) == 2000  # 9,998 characters
    with pytest.raises(ValueError, match=r"^cannot read 'sgd, sgd, .*\.\.\.'; write") as refusal:
        parse(", ".join(["sgd"] * 2001))
    assert len(str(refusal.value)) < 200


@pytest.mark.parametrize("text", ["sgd(lr=0.1, lr=0.2)", "sgd(0.1, lr=0.2)", "sgd(lr=1, lr=1)"])
def test_a_number_given_twice(text):
    with pytest.raises(ValueError, match=r"^lr of sgd is given twice"):
        parse(text)


def test_lists_that_would_make_very_many():
    ones = "[" + ", ".join("1" * 100) + "]"
    with pytest.raises(
        ValueError, match=r"^lists of gains may make 10000 .* at most, got 1000000$"
    ):
        parse(f"gains(lr={ones}, up={ones}, high={ones})")
    assert len(parse(f"gains(lr={ones}, high={ones})")) == 10_000


@pytest.mark.parametrize("text", ["cosine('a')", "exponential(None)", "cosine([0.1, 0.2])"])
def test_a_schedule_of_something_else_than_numbers(text):
    with pytest.raises(ValueError, match=r"^start of [a-z]+ must be a finite number, got "):
        parse(f"sgd(lr={text})")


def test_a_number_of_a_schedule_given_twice():
    with pytest.raises(ValueError, match="twice"):
        parse("sgd(lr=cosine(0.1, end=0, end=0.05))")


@pytest.mark.parametrize(
    "text", ["sgd(lr=[])", "sgd([])", "sgd(lr=())", "momentum(0.1, momentum=[])"]
)
def test_an_empty_list_of_values(text):
    with pytest.raises(ValueError, match=r"^a list of (sgd|momentum) is empty: it names no opt"):
        parse(text)


# ---------------------------------------------------------------------------- what is taken for one


def test_what_counts_as_an_optimizer():
    optimizer = SGD()
    assert as_optimizer(optimizer) is optimizer
    assert as_optimizer("rmsprop(0.5)").hyperparameters["lr"] == 0.5
    assert as_optimizer(heavy).rule is heavy
    compiled = numba.njit(heavy)
    assert as_optimizer(compiled).rule is compiled
    assert as_optimizer(rules.momentum).slots == ("velocity",)


@pytest.mark.parametrize("bad", [3, None, 0.1, ["sgd"], SGD])
def test_what_does_not(bad):
    with pytest.raises((TypeError, RuleError)):
        as_optimizer(bad)


def test_one_optimizer_is_wanted():
    with pytest.raises(ValueError, match="expected one optimizer, got 2 in 'sgd, rprop'"):
        as_optimizer("sgd, rprop")


def test_what_counts_as_optimizers():
    names = [o.name for o in as_optimizers(["sgd, rprop", SGD(), heavy, "adam(lr=[1, 2])"])]
    assert names == ["sgd", "rprop", "sgd", "heavy", "adam", "adam"]
    assert [o.name for o in as_optimizers("sgd, rprop")] == ["sgd", "rprop"]
    assert as_optimizers(heavy)[0].rule is heavy and len(as_optimizers(SGD())) == 1
    with pytest.raises(ValueError, match="at least one optimizer"):
        as_optimizers([])
    with pytest.raises(TypeError, match=r"an optimizer is .* got 3"):
        as_optimizers([SGD(), 3])
