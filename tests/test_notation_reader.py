"""Is every text read by one grammar, or refused in one short line, and never run?"""

import string

import pytest
from hypothesis import example, given, strategies as st

from minnet.data.transforms import TRANSFORMS
from minnet.notation import Call, Term, bind, one_term, terms
from minnet.optimizers.catalogue import OPTIMIZERS
from minnet.optimizers.notation import BY_NAME
from minnet.optimizers.schedules import SCHEDULES
from minnet.racing.stopping import CRITERIA
from minnet.surfaces.gallery import SURFACES

EXAMPLE = "boat(2, sails=1)"


def boat(length, sails=2, *, name="", crew=None):
    return {"length": length, "sails": sails, "name": name, "crew": crew}


def long_boat(sea, /, length=9.0):
    return sea, length


MAKERS = {"boat": boat, "long_boat": long_boat, "yard.boat": boat, "boat_plus": boat, "raft": dict}


def bound(text, **how) -> Call:
    return bind(one_term(text, EXAMPLE), "vessel", MAKERS, **how)


def value(text):
    """What is read as the crew."""
    return bound(f"boat(1, crew={text})").values["crew"]


def built(text, **how):
    return bound(text, **how)()


def inner(term: Term):
    return bind(term, "vessel", MAKERS, inner=inner)()


def refused(words, read, *given, **how):
    with pytest.raises(ValueError, match=words) as refusal:
        read(*given, **how)
    assert "\n" not in str(refusal.value) and len(str(refusal.value)) < 300


# ---------------------------------------------------------------------------- terms


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        ("  \n ", []),
        ("boat", ["boat"]),
        ("boat,", ["boat"]),
        (" boat ( 1 ) ,\n raft ", ["boat", "raft"]),
        ("Boat(1), yard.Boat(2)", ["Boat", "yard.Boat"]),
        ("long-boat, long_boat", ["long_boat", "long_boat"]),
        ("a-b-c.d-e(f=1)", ["a_b_c.d_e"]),
        ("boat+, boat-", ["boat_plus", "boat_minus"]),
        ("boat+(1), boat- (2), iboat-", ["boat_plus", "boat_minus", "iboat_minus"]),
        ("boat_2+", ["boat_2_plus"]),
    ],
)
def test_names(text, names):
    assert [term.name for term in terms(text, EXAMPLE)] == names


@pytest.mark.parametrize(
    "text",
    [
        ",", "a,,b", "a b", "a(", "a)", "a(1", "a]+[b", "a], [b", "3", "-a", "'a'", "[a]", "(a, b)",
        "a(1)(2)", "a().b", "a.b().c(1)", "*a", "**a", "a=1", "a(b=)", "a(=1)", "a(b=1, 2)",
        "a(b c)", "a:=1", "a for a in a", "lambda: a", "a if a else a", "f'{a}'", "a # b",
        "a--", "a+b", "a.", ".a", "a-1", "1.5.real", "...", "None()()", "{}", "a;b", "a\0",
        "\ud800", "a\\", "a(0.1or 0.2)", "a(b=1in)",
    ],
)  # fmt: skip
def test_what_is_no_list_of_names_and_calls(text):
    refused(r"^cannot read .*; write e\.g\. 'boat\(2, sails=1\)'$", terms, text, EXAMPLE)


def test_the_part_that_cannot_be_read_is_quoted_and_what_it_is():
    refused(r"^cannot read vessels 'a\(1\)\(2\)'; ", terms, "boat, a(1)(2)", EXAMPLE, "vessels")
    refused(r"^cannot read vessels 'boat, a\('; ", terms, "boat, a(", EXAMPLE, "vessels")


@pytest.mark.parametrize("thing", [3, None, b"boat", ["boat"], 0.5, boat])
def test_what_is_no_text(thing):
    refused("^cannot read ", terms, thing, EXAMPLE)


def test_one_term():
    assert one_term(" boat(1) ", EXAMPLE).text == "'boat(1)'"
    for text in ("", "boat, boat"):
        refused(f"^cannot read a vessel '{text}'; write", one_term, text, EXAMPLE, "a vessel")


# ---------------------------------------------------------------------------- values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", 1), ("-1", -1), ("+1.5", 1.5), (".5", 0.5), ("5.", 5.0), ("1e-5", 1e-5),
        ("1.e-5", 1e-5), ("- 2E3", -2000.0), ("1_000", 1000), ("(1)", 1), ("1e999", float("inf")),
        ("true", True), ("TRUE", True), ("False", False), ("none", None), ("None", None),
        ("'a-b, c+(1)'", "a-b, c+(1)"), ('"it\'s"', "it's"), ("''", ""), ("'none'", "none"),
        ("[]", []), ("()", ()), ("[1, -2.5]", [1, -2.5]), ("(1, 2)", (1, 2)), ("(1,)", (1,)),
        ("[[1, 2], (3, 'x'), [none, true]]", [[1, 2], (3, "x"), [None, True]]),
    ],
)  # fmt: skip
def test_plain_values(text, expected):
    assert value(text) == expected and type(value(text)) is type(expected)


@pytest.mark.parametrize(
    "text",
    [
        "x", "nan", "inf", "a.b", "a-b", "1/0", "2**9", "1+1", "--1", "-true", "-'a'", "not 1",
        "~1", "1j", "1+2j", "...", "b'a'", "{}", "{1}", "{[]: 1}", "{'a': 1}", "f'{x}'",
        "lambda: 1", "[x]", "(1, [y])", "[*[1]]", "[1 for _ in 'a']", "x if 1 else 2", "f(1)",
        "[f(1)]", "f(1)(2)", "f(1).a", "(x := 1)", "1 < 2", "a[0]",
    ],
)  # fmt: skip
def test_what_is_no_value(text):
    refused("^parameters of boat must be plain numbers or lists of them: ", value, text)


def test_stars_are_no_values():
    for text in ("boat(*[1])", "boat(**{'length': 1})", "boat(length=1, **{})"):
        refused(r"^parameters of boat must be plain .*: ['\"]\*", built, text)


def test_calls_among_the_values():
    outer = built("boat(long-boat(1), crew=[Boat(2), (3, boat(4))])", inner=lambda term: term.text)
    assert outer["length"] == "'long_boat(1)'"
    assert outer["crew"] == ["'Boat(2)'", (3, "'boat(4)'")]
    deep = built("boat(boat(boat(7, sails=1)))", inner=inner)
    assert deep["length"]["length"] == {"length": 7, "sails": 1, "name": "", "crew": None}
    refused("^unknown vessel 'ship'", built, "boat(ship(1))", inner=inner)
    refused("^parameters of boat must be plain .*: 'boat'$", built, "boat(boat)", inner=inner)


# ---------------------------------------------------------------------------- calls


def test_names_are_found_by_their_spelling():
    for text in ("boat(3)", "BOAT(Length=3)", "yard.Boat(3)", "Yard.boat(LENGTH=3)", "Boat+(3)"):
        assert built(text)["length"] == 3
    assert built("boat(1, Sails=5)")["sails"] == 5
    assert bound("Long-Boat").name == "long_boat"


def test_a_name_as_it_is_comes_before_one_that_differs_in_its_capitals():
    makers = {"boat": lambda: 1, "Boat": lambda: 2, "BOAT": lambda: 3}
    for text, expected in {"boat": 1, "Boat": 2, "BOAT": 3, "bOAT": 1}.items():
        assert bind(one_term(text, EXAMPLE), "vessel", makers)() == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("boad(1)", r"^unknown vessel 'boad' \(did you mean 'boat'\?\)$"),
        ("BOAD(1)", r"\(did you mean 'boat'\?\)$"),
        ("xyzzy", "^unknown vessel 'xyzzy'; there is boat, long_boat, yard.boat, boat_plus, raft$"),
        ("boat(1, sail=2)", r"^unknown parameter of boat 'sail' \(did you mean 'sails'\?\)$"),
        ("boat(1, xyz=2)", "^unknown .* of boat 'xyz'; there is length, sails, name, crew$"),
        ("boat", r"^'boat\(\)' must be boat\(length, sails, name, crew\)$"),
        ("boat(sails=1)", r"^'boat\(sails=1\)' must be boat\(length, "),
        ("boat(1, 2)", r"^name the parameters of boat after the first one: 'boat\(1, 2\)'$"),
        (
            "boat(1, length=2)",
            r"^length of boat is given twice: 'boat\(1, length=2\)' must be boat",
        ),
        ("boat(1, sails=1, sails=1)", "^sails of boat is given twice"),
        ("boat(1, sails=1, SAILS=2)", "^sails of boat is given twice"),
        ("long_boat(sea=1)", r"^unknown parameter of long_boat 'sea'; there is length$"),
    ],
)
def test_what_is_not_the_makers(text, words):
    refused(words, built, text)


def test_several_values_without_a_name_where_the_caller_allows_it():
    assert built("boat(1, 5)", several=True)["sails"] == 5
    refused(r"^length of boat is given twice", built, "boat(1, 5, length=2)", several=True)
    refused(
        r"' must be boat\(length, sails, name, crew\)$", built, "boat(1, 2, 3, 4, 5)", several=True
    )


def test_positional_only_parameters_are_the_callers():
    assert bound("long-boat")("North") == ("North", 9.0)
    assert bound("long-boat(3)")("North") == ("North", 3)


def test_values_keep_their_order():
    assert list(bound("boat(1, crew=2, sails=3)").values) == ["length", "crew", "sails"]


def test_a_value_that_the_maker_cannot_take():
    def rope(length):
        return float(length) + len(length) if isinstance(length, int) else 1 / length[2]

    for text in ("rope(3)", f"rope(1{'0' * 400})", "rope([1, 2])", "rope([1, 2, 0])"):
        call = bind(one_term(text, EXAMPLE), "thing", {"rope": rope})
        refused(r"' must be rope\(length\)$", call)


# ---------------------------------------------------------------------------- any text


def test_text_that_is_too_long_or_too_deep():
    assert len(terms(", ".join(["boat"] * 1600), EXAMPLE)) == 1600
    refused(r"^cannot read 'boat, .*\.\.\.'; write", terms, ", ".join(["boat"] * 1700), EXAMPLE)
    assert value("[" * 29 + "]" * 29)
    refused(r"^cannot read 'boat\(1, crew=\[\[.*'; write", value, "[" * 30 + "]" * 30)
    refused("^cannot read", value, "(" * 5000)
    refused("^cannot read", value, "-" * 5000 + "1")
    refused("^cannot read", terms, "a" + ".a" * 4000, EXAMPLE)
    refused("^cannot read", terms, "a" * 10**7, EXAMPLE)
    refused(r"^unknown vessel 'aaa.*\.\.\.'; there is", built, "a" * 9000)
    refused(r"must be plain .*: 'aaa.*\.\.\.'$", value, "a" * 9000)
    refused("^cannot read", value, "9" * 5000)


EVERY_MAKER = {
    "optimizer": dict(BY_NAME), "schedule": SCHEDULES, "criterion": CRITERIA, "surface": SURFACES,
    "transform": TRANSFORMS, "vessel": MAKERS,
}  # fmt: skip
pieces = st.sampled_from(
    [*MAKERS, *SCHEDULES, *CRITERIA, *SURFACES, *TRANSFORMS, *(make().name for make in OPTIMIZERS),
     "lr", "condition", "by", "start", "=", "(", ")", "[", "]", "{", "}", ",", "0.5", "7", "1e999",
     "-", "+", "*", "**", " ", "rprop+", "irprop-", "long-boat", "torch.adam", "true", "none", "'",
     '"', "'a'", "#", "\\", "\n", ":", ":=", "lambda", "if", "for", "in", ".", "...", "1j", "0x",
     "1if", "\0", "\ud800", "\u00e9", "\u00b2", "\ufb01"]
)  # fmt: skip
calls = st.recursive(
    st.one_of(
        st.integers(-9, 10**400),
        st.floats(),
        st.booleans(),
        st.none(),
        st.text(max_size=3).map(repr),
    ).map(str),
    lambda inside: st.one_of(
        st.lists(inside, max_size=3).map(lambda parts: f"[{', '.join(parts)}]"),
        st.lists(inside, max_size=3).map(lambda parts: f"({', '.join(parts)},)"),
        st.builds(
            lambda name, parts: f"{name}({', '.join(parts)})",
            pieces,
            st.lists(st.one_of(inside, st.builds("{}={}".format, pieces, inside)), max_size=3),
        ),
    ),
    max_leaves=8,
)
texts = st.one_of(
    st.text(max_size=30),
    st.text(string.printable, max_size=30),
    st.lists(pieces, max_size=15).map("".join),
    st.lists(pieces, max_size=15).map(" ".join),
    calls,
)


def within(term):
    return bind(term, "schedule", SCHEDULES, inner=within)


def refusals(read, *given, **how):
    """The error of a text that is refused, in a list."""
    try:
        read(*given, **how)
    except ValueError as refusal:
        return [str(refusal)]
    return []


def errors_in(text):
    """Bind each term of a text to whatever it may name, without making it."""
    errors = refusals(terms, text, EXAMPLE)
    for term in [] if errors else terms(text, EXAMPLE):
        for what, makers in EVERY_MAKER.items():
            errors += refusals(bind, term, what, makers, several=what == "surface", inner=within)
    return errors


@given(texts)
@example("sgd(" + "(" * 500)
@example("bowl(condition=10, condition=20)")
@example("drop({[]: 1})")
@example("a-" * 4999)
@example("a+ " * 3333)
@example("'" * 9999)
@example("a('\\N{BULLET}')")
@example("a" + " " * 9000 + "+")
def test_any_text_is_read_or_a_value_error_of_one_line(text):
    assert not [error for error in errors_in(text) if "\n" in error or len(error) > 600]
