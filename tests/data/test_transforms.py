"""Shift, scale, decorrelate, whiten, drop: against NumPy, and against slides 11 to 13."""

import re

import numpy as np
import pytest
from hypothesis import given, strategies as st

from minnet.data import from_arrays, load, transformed
from minnet.data.transforms import TRANSFORMS, decorrelate, drop, scale, shift, whiten

RNG = np.random.default_rng(13)
MIX = RNG.standard_normal((5, 5)) * [1, 3, 0.1, 10, 0.5]
X = RNG.standard_normal((400, 5)) @ MIX + [3, -2, 0, 100, 1]
ALL = {"validation": 0, "test": 0, "dtype": "float64"}


@pytest.fixture
def data():
    return from_arrays(X, X[:, 0], validation=0.25, test=0.25, dtype="float64")


def curvature(x):
    """Eigenvalues of the Hessian of a linear neuron's squared error, sum of x x'."""
    return np.linalg.eigvalsh(x.T @ x)


def condition(x):
    values = curvature(np.asarray(x, float))
    return values[-1] / values[0]


def line_of(cases):
    return from_arrays(cases, [2.0, 0.0], **ALL)


def test_slide_11_shifting():
    slide = line_of([[101, 101], [101, 99]])
    assert condition(slide.train.x) == pytest.approx(40005.9, abs=0.05)
    spoken = transformed(slide, "shift(by=100)")
    assert spoken.train.x.tolist() == [[1, 1], [1, -1]]
    assert condition(spoken.train.x) == pytest.approx(1)
    # The mean is (101, 100): taken at its word the slide leaves w1 nothing to learn from (E3),
    literal = transformed(slide, "shift")
    assert literal.train.x.tolist() == [[0, 1], [0, -1]]
    assert curvature(literal.train.x) == pytest.approx([0, 2])
    # and what w1 could say, a bias says instead.
    assert condition(np.column_stack([literal.train.x[:, 1], [1, 1]])) == pytest.approx(1)


def test_slide_12_scaling():
    slide = line_of([[0.1, 10], [0.1, -10]])
    assert condition(slide.train.x) == pytest.approx(1e4)
    drawn = transformed(slide, "scale(about=0)")
    np.testing.assert_allclose(drawn.train.x, [[1, 1], [1, -1]])
    assert condition(drawn.train.x) == pytest.approx(1)
    # An input of no variance cannot be brought to unit variance, and stays.
    np.testing.assert_allclose(transformed(slide, "scale").train.x, [[0.1, 1], [0.1, -1]])


def test_slide_13_decorrelating():
    """Correlated inputs (0.99) have condition 199; whitened, 1 to the tenth digit."""
    rng = np.random.default_rng(0)
    circle = rng.standard_normal((1000, 2))
    circle = np.linalg.qr(circle - circle.mean(axis=0))[0] * np.sqrt(1000)
    x = circle @ np.linalg.cholesky([[1, 0.99], [0.99, 1]]).T
    data = from_arrays(x, x[:, 0], **ALL)
    assert condition(data.train.x) == pytest.approx(199)
    assert condition(transformed(data, "decorrelate").train.x) == pytest.approx(199)
    assert abs(condition(transformed(data, "whiten").train.x) - 1) < 1e-10


def test_shift_and_scale_by_training_statistics(data):
    mean, sd = data.train.x.mean(axis=0), data.train.x.std(axis=0)
    done = transformed(data, "shift, scale")
    for part in ("train", "validation", "test"):
        before, after = getattr(data, part), getattr(done, part)
        np.testing.assert_allclose(after.x, (before.x - mean) / sd, rtol=1e-12)
        assert after.t is before.t
    np.testing.assert_allclose(done.train.x.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(done.train.x.std(axis=0), 1)
    assert np.abs(done.test.x.mean(axis=0)).max() > 0.01
    np.testing.assert_allclose(transformed(data, "scale").train.x, data.train.x / sd)
    rms = np.sqrt((data.train.x**2).mean(axis=0))
    np.testing.assert_allclose(transformed(data, "scale(about=0)").test.x, data.test.x / rms)


def test_decorrelate(data):
    done = transformed(data, "decorrelate").train.x
    values, axes = np.linalg.eigh(np.cov(data.train.x.T, ddof=0))
    covariance = np.cov(done.T, ddof=0)
    np.testing.assert_allclose(np.diag(covariance), values[::-1], rtol=1e-9)
    np.testing.assert_allclose(covariance, np.diag(np.diag(covariance)), atol=1e-10 * values[-1])
    # A rotation keeps lengths, up to the signs of the axes it is NumPy's.
    np.testing.assert_allclose(
        np.linalg.norm(done, axis=1), np.linalg.norm(data.train.x, axis=1), rtol=1e-12
    )
    np.testing.assert_allclose(np.abs(done), np.abs(data.train.x @ axes[:, ::-1]), atol=1e-9)


def test_whiten(data):
    done = transformed(data, "shift, whiten")
    np.testing.assert_allclose(done.train.x.mean(axis=0), 0, atol=1e-10)
    np.testing.assert_allclose(np.cov(done.train.x.T, ddof=0), np.eye(5), atol=1e-10)
    assert np.abs(np.cov(done.test.x.T, ddof=0) - np.eye(5)).max() > 1e-3


def test_drop(data):
    values = np.linalg.eigvalsh(np.cov(data.train.x.T, ddof=0))[::-1]
    rotated = transformed(data, "decorrelate")
    for text in ("drop(2)", "drop(components=2)"):
        done = transformed(data, text)
        assert done.transforms == ("drop(components=2)",) and done.n_inputs == 2
        np.testing.assert_allclose(done.test.x, rotated.test.x[:, :2], rtol=1e-9, atol=1e-9)
    shares = np.cumsum(values) / values.sum()
    for share in (shares[0] / 2, shares[1] - 1e-9, shares[1] + 1e-9, 1.0):
        kept = transformed(data, f"drop(variance={share})").n_inputs
        assert kept == min(5, 1 + np.count_nonzero(shares < share))
    whitened = transformed(data, "shift, drop(3), whiten")
    np.testing.assert_allclose(np.cov(whitened.train.x.T, ddof=0), np.eye(3), atol=1e-10)


def test_parameters_and_new_cases():
    new = np.array([[1.0, 2, 3, 4, 5]])
    fitted = shift(X)
    np.testing.assert_allclose(fitted.offset, X.mean(axis=0))
    np.testing.assert_allclose(fitted.apply(new), new - X.mean(axis=0))
    np.testing.assert_allclose(scale(X).spread, X.std(axis=0))
    assert decorrelate(X).axes.shape == (5, 5) and drop(X, 2).axes.shape == (5, 2)
    assert whiten(X).eigenvalues[0] == pytest.approx(np.linalg.eigvalsh(np.cov(X.T, ddof=0))[-1])
    assert fitted.apply(new.astype(np.float32)).dtype == np.float32
    assert fitted.apply(new.astype(int)).dtype == np.float64
    with pytest.raises(ValueError, match=r"x must have shape \(N, 5\) for shift, got \(1, 4\)"):
        fitted.apply(new[:, :4])


def test_recorded_and_the_original_kept(data):
    before = data.train.x.copy()
    done = transformed(data, "shift, scale, drop(0.99)")
    assert done.transforms == ("shift", "scale", "drop(variance=0.99)")
    assert repr(done).endswith("float64, shift, scale, drop(variance=0.99))")
    np.testing.assert_array_equal(data.train.x, before)
    assert data.transforms == () and done.hash != data.hash
    assert transformed(data, ", ".join(done.transforms)).hash == done.hash
    again = transformed(transformed(data, "shift"), "scale")
    assert again.transforms == ("shift", "scale")
    assert again.hash == transformed(data, "shift, scale").hash
    assert transformed(data, " ") is data
    assert done.astype("float32").transforms == done.transforms


def test_dtype_and_layout_are_kept():
    digits = load("digits")
    done = transformed(digits, "shift, scale, drop(20), whiten")
    for part in (done.train, done.validation, done.test):
        assert part.x.dtype == np.float32 and part.x.flags.c_contiguous
        assert part.x.shape == (len(part), 20)
    np.testing.assert_allclose(np.cov(done.train.x.T, ddof=0), np.eye(20), atol=1e-5)
    assert "CC BY 4.0" in done.source and done.classes == digits.classes


def test_constant_inputs_and_faint_components():
    """A pixel that is never lit has no variance, and must not become infinite."""
    x = np.column_stack([X, np.full(400, 0.1), np.zeros(400)]).astype(np.float32)
    data = from_arrays(x, X[:, 0], validation=0, test=0, dtype="float64")
    np.testing.assert_allclose(transformed(data, "scale").train.x[:, 5:], x[:, 5:], atol=1e-9)
    done = transformed(data, "shift, scale, whiten").train.x
    assert np.isfinite(done).all()
    np.testing.assert_allclose(np.cov(done.T, ddof=0), np.diag([1.0] * 5 + [0] * 2), atol=1e-9)
    digits = transformed(load("digits"), "shift, whiten")
    assert np.abs(digits.train.x).max() < 50  # sqrt(1437) is the most a training case can reach


def test_fewer_cases_than_inputs():
    data = from_arrays(X[:3], X[:3, 0], **ALL)
    done = transformed(data, "shift, whiten").train.x
    np.testing.assert_allclose(np.cov(done.T, ddof=0), np.diag([1.0, 1, 0, 0, 0]), atol=1e-9)


@pytest.mark.slow
@given(
    names=st.lists(
        st.sampled_from(["shift", "scale", "decorrelate", "drop(3)", "whiten"]), max_size=4
    )
)
def test_any_order_goes(names):
    data = from_arrays(X, X[:, 0], dtype="float64", test=0)
    done = transformed(data, ", ".join(names))
    assert np.isfinite(done.train.x).all() and len(done.transforms) == len(names)
    assert done.n_inputs == (3 if "drop(3)" in names else 5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("shft", "unknown transform 'shft' (did you mean 'shift'?)"),
        ("shift scale", "cannot read transforms 'shift scale'; write e.g. 'shift, scale, drop(0"),
        ("shift,,scale", "cannot read transforms 'shift,,scale'"),
        ("shift(", "cannot read transforms 'shift('"),
        ("x]+[y", "cannot read transforms 'x]+[y'"),
        (
            "shift(by=open)",
            "parameters of shift must be plain numbers or lists of them: 'open'",
        ),
        ("a.b()", "unknown transform 'a.b'; there is shift, scale"),
        ("shift(1)(2), scale", "cannot read transforms 'shift(1)(2)'; write e.g."),
        ("3", "cannot read transforms '3'"),
        (3, "cannot read transforms 3"),
        ("shift(by='a')", "by of shift must be a finite number, got 'a'"),
        ("shift(by=1e999)", "by of shift must be a finite number, got inf"),
        ("scale(about=True)", "about of scale must be a finite number, got True"),
        ("scale(2, 3)", "name the parameters of scale after the first one: 'scale(2, 3)'"),
        ("whiten(eps=1)", "unknown parameter of whiten 'eps'; there is nothing"),
        ("whiten(1)", "'whiten(1)' must be whiten()"),
        ("shift(x=1)", "unknown parameter of shift 'x'; there is by"),
        ("shift(1, by=2)", "by of shift is given twice: 'shift(1, by=2)' must be shift(by)"),
        ("shift(**{})", "parameters of shift must be plain numbers or lists of them: '**{}'"),
        (
            "drop({[]: 1})",
            "parameters of drop must be plain numbers or lists of them: '{[]: 1}'",
        ),
        (f"shift(by=1{'0' * 400})", "by of shift must be a finite number, got 1000"),
        ("drop", "drop must be given one number, e.g. drop(0.99) or drop(components=20)"),
        ("drop(2, variance=0.5)", "drop must be given one number"),
        ("drop(0)", "components of drop must be a whole number between 1 and 5 (inputs), got 0"),
        ("drop(6)", "between 1 and 5 (inputs), got 6"),
        ("drop(components=0.5)", "components of drop must be a whole number"),
        ("drop(True)", "components of drop must be a whole number"),
        ("drop(1.5)", "variance of drop must be above 0 and at most 1, got 1.5"),
        ("drop(variance=0)", "variance of drop must be above 0 and at most 1, got 0"),
        ("drop('a')", "variance of drop must be above 0 and at most 1, got 'a'"),
        ("drop(2), drop(3)", "between 1 and 2 (inputs), got 3"),
    ],
)
def test_wrong_text(data, text, message):
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        transformed(data, text)
    assert "\n" not in str(caught.value)


def test_capitals_are_as_good(data):
    done = transformed(data, "Shift(By=1), Drop(Components=3)")
    assert done.transforms == transformed(data, "shift(by=1), drop(3)").transforms


def test_all_names_are_known_before_anything_is_fitted(data, monkeypatch):
    monkeypatch.setitem(TRANSFORMS, "shift", lambda x, /: pytest.fail("fitted"))
    with pytest.raises(ValueError, match="unknown transform 'scal'"):
        transformed(data, "shift, scal")


def test_inputs_that_do_not_vary_or_grow_too_large():
    flat = from_arrays(np.ones((4, 2)), [0.0, 1, 2, 3], **ALL)
    for text in ("decorrelate", "whiten", "drop(1)"):
        with pytest.raises(ValueError, match="inputs must vary over the training part"):
            transformed(flat, text)
    tiny = np.array([[0.0], [1e-30], [0.0], [1e-30]])
    data = from_arrays(tiny, [0.0, 1, 2, 3], validation=0, test=([[1e30]], [0.0]))
    with pytest.raises(ValueError, match=r"^x after scale must be .* got inf at x after scale\[0"):
        transformed(data, "scale")
