"""CSV files: what is written is read, and each fault is named by line and column."""

import csv
import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from hypothesis.extra import numpy as hnp

from minnet.data.csvtable import read_csv

ROUND_TRIPS = settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def table(tmp_path):
    def write(content):
        path = tmp_path / "table.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def save(path, x, t, at, ending="\r\n", header=()):
    """The table as the csv module writes it, its target in column `at`."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator=ending)
        if header:
            writer.writerow(header)
        for row, value in zip(x.tolist(), t, strict=True):
            writer.writerow([*map(repr, row[:at]), value, *map(repr, row[at:])])


TABLES = hnp.arrays(
    np.float64,
    st.tuples(st.integers(1, 12), st.integers(1, 5)),
    elements=st.floats(allow_nan=False, allow_infinity=False),
)
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1).filter(
    lambda name: name.strip() and not re.fullmatch(r"(?i)[-+.\de]+|[-+]?(nan|inf.*)", name.strip())
)


@ROUND_TRIPS
@given(x=TABLES, data=st.data(), ending=st.sampled_from(["\n", "\r\n"]))
def test_numbers_come_back_bit_for_bit(tmp_path, x, data, ending):
    path = tmp_path / "numbers.csv"
    at = data.draw(st.integers(0, x.shape[1]))
    floats = st.floats(allow_nan=False, allow_infinity=False)
    t = data.draw(hnp.arrays(np.float64, len(x), elements=floats))
    save(path, x, map(repr, t.tolist()), at, ending)
    read_x, read_t = read_csv(path, at)
    np.testing.assert_array_equal(read_x, x)
    np.testing.assert_array_equal(read_t, t)
    assert read_t.dtype in (np.int64, np.float64)


@ROUND_TRIPS
@given(x=TABLES, data=st.data(), header=st.booleans())
def test_names_come_back(tmp_path, x, data, header):
    path = tmp_path / "names.csv"
    t = data.draw(st.lists(NAMES, min_size=len(x), max_size=len(x)))
    at = x.shape[1]
    save(path, x, t, at, header=[*"abcde"[:at], "kind"] if header else ())
    read_x, read_t = read_csv(path)
    np.testing.assert_array_equal(read_x, x)
    assert read_t.tolist() == [name.strip() for name in t]


@pytest.mark.parametrize(
    "content",
    [
        "1,2,u\n3,4,v\n",
        "1,2,u\r\n3,4,v\r\n",
        "1,2,u\r3,4,v\r",
        "1,2,u\n3,4,v",
        "\ufeff1,2,u\n3,4,v\n",
        "\n1,2,u\n\n\n3,4,v\n\n",
        " 1, 2 , u\n3,4 ,v \n",
        '"1","2","u"\n"3","4","v"\n',
        "1e0,2.,u\n+3,.4e1,v\n",
        "a,b,c\n1,2,u\n3,4,v\n",
        '\ufeff"a\nb",b,c\n\n1,2,u\n3,4,v\n',
        ",,\n1,2,u\n3,4,v\n",
    ],
)
def test_spellings_of_one_table(table, content):
    x, t = read_csv(table(content))
    assert x.tolist() == [[1, 2], [3, 4]] and t.tolist() == ["u", "v"]


@pytest.mark.parametrize(
    ("content", "dtype"),
    [
        ("1,0\n2,1\n", np.int64),
        ("1,0\n2,1.0\n", np.int64),
        ("1,-3\n2,1e3\n", np.int64),
        ("1,0.5\n2,1\n", np.float64),
        ("1,1e300\n2,1\n", np.float64),
        ("1,x\n2,y\n", np.dtype("<U1")),
    ],
)
def test_dtype_of_targets(table, content, dtype):
    assert read_csv(table(content))[1].dtype == dtype


def test_target_column(table):
    path = table("a,b,c\n1,2,3\n4,5,6\n")
    for target in ("b", 1, -2):
        x, t = read_csv(path, target)
        assert x.tolist() == [[1, 3], [4, 6]] and t.tolist() == [2, 5]
    x, t = read_csv(path, "a")
    assert x.tolist() == [[2, 3], [5, 6]] and t.tolist() == [1, 4]
    # A header of digits is told by the name asked for.
    x, t = read_csv(table("0,1,2\n1,2,3\n4,5,6\n"), "0")
    assert t.tolist() == [1, 4]
    # Or by a target that is a name once and a number after.
    assert read_csv(table("0,1,class\n1,2,3\n4,5,6\n"))[1].tolist() == [3, 6]


def test_mixed_targets_are_names_on_request(table):
    path = table("1,3\n2,3b\n")
    assert read_csv(path, task="classification")[1].tolist() == ["3", "3b"]


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("", {}, "table.csv must hold at least one case, got an empty file"),
        ("\n\r\n", {}, "got an empty file"),
        ("a,b,c\n", {}, "table.csv must hold at least one case, got only a header line"),
        ("1;2;3\n", {}, "table.csv line 1 must have at least 2 fields (inputs, then the target)"),
        ("1,2,0\n3,4\n", {}, "table.csv line 2 must have 3 fields (as line 1), got 2"),
        ("a,b,c\n\n1,2,0\n1,2,3,4\n", {}, "line 4 must have 3 fields (as line 1), got 4"),
        ("a,b,c\n1,2\n1,2\n", {}, "line 2 must have 3 fields (as line 1), got 2"),
        ("a,b\n1,2,0\n1,2,1\n", {}, "line 2 must have 2 fields (as line 1), got 3"),
        ("1,2,0\n3,4,1\n  \n", {}, "line 3 must have 3 fields (as line 1), got 1"),
        ("a,b,c\n1,2,0\n3,four,1\n", {}, "line 3, column 2 ('b') must be a number, got 'four'"),
        ("1,2,0\n3,,1\n", {}, "table.csv line 2, column 2 must be a number, got ''; fill in"),
        ("x,2,0\n3,4,1\n", {}, "table.csv line 1, column 1 must be a number, got 'x'"),
        ("1,2,0\n1_0,4,1\n", {}, "line 2, column 1 must be a number, got '1_0'"),
        ("1,2,0\n\u0661,4,1\n", {}, "line 2, column 1 must be a number, got '\u0661'"),
        ("1,2,0\n" + "9x" * 99 + ",4,1\n", {}, "9x9x9...'; fill in"),
        ("1,2,0\n\n3,nan,1\n", {}, "line 3, column 2 must be finite, got nan; fill in or drop"),
        ("1,2,0\n-inf,4,1\n", {}, "line 2, column 1 must be finite, got -inf"),
        ('"a\nb",c\n1,0\ninf,1\n', {}, r"line 4, column 1 ('a\nb') must be finite, got inf"),
        ("1,2,0\n1e999,4,1\n", {}, "line 2, column 1 must be finite, got 1e999"),
        ("1,2,0\n3,4,\n", {}, "line 2, column 3 must be filled in, got ''"),
        ("a,b\n1,u\n2, \n", {"task": "classification"}, "line 3, column 2 ('b') must be filled in"),
        ("1,.5\n2,nan\n", {}, "line 2, column 2 must be finite, got nan"),
        ("1,.5\n2,N/A\n", {}, "a number as other targets are, got 'N/A'; task='classification'"),
        ("1,u\n2,v\n", {"task": "regression"}, "line 1, column 2 must be a number as other"),
        ("a,b\n1,2\n3,4\n", {"target": "bb"}, "(line 1: 'a, b'), got 'bb'; did you mean 'b'?"),
        ("b,b\n1,2\n3,4\n", {"target": "b"}, "must name one column of table.csv (line 1: 'b, b')"),
        ("1,2\n3,4\n", {"target": 2}, "target must be between -2 and 1 (columns of table.csv)"),
        ("1,2\n3,4\n", {"target": -3}, "or a name, got -3"),
        ("1,2\n3,4\n", {"target": 0.5}, "or a name, got 0.5"),
        (b"\x89PNG\r\n\x1a\n", {}, "table.csv must be text in UTF-8, got byte 0x89; is it a CSV"),
        (b"1,2\n3,4\n5,\xe9\n", {}, "table.csv must be text in UTF-8, got byte 0xe9"),
        ("a,b\n1,2\n".encode("utf-16"), {}, "table.csv must be text in UTF-8, got byte 0xff"),
        ("1,2\n3,4" + "0" * 140_000 + "\n,\n", {}, "table.csv must be comma-separated text: field"),
    ],
)
def test_wrong_files(table, content, options, message):
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        read_csv(table(content), **options)
    assert "\n" not in str(caught.value)


@settings(
    max_examples=200,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(content=st.binary(max_size=60) | st.text('0123,.\n"\rxe- ', max_size=60).map(str.encode))
def test_junk_is_read_or_refused_in_one_line(table, content):
    try:
        x, t = read_csv(table(content))
    except ValueError as error:
        assert str(error).startswith("table.csv ") and "\n" not in str(error)  # noqa: PT017
    else:
        assert len(x) == len(t) > 0 and np.isfinite(x).all()
