"""The generated sets have the geometry they promise, and the seed decides every number."""

import numpy as np
import pytest

from minnet.data import load

POINTS = ("moons", "circles", "spirals", "xor", "gaussians")


def whole(name, **options):
    """All cases of a set as (x, labels) in float64."""
    data = load(name, validation=0, test=0, dtype="float64", **options)
    return data.train.x, data.train.labels


@pytest.mark.parametrize("name", [*POINTS, "redundant"])
def test_seeds(name):
    assert load(name, seed=3).hash == load(name, seed=3).hash
    assert load(name, seed=3).hash != load(name, seed=4).hash
    assert load(name, noise=0.3).hash != load(name).hash


@pytest.mark.parametrize("name", POINTS)
def test_sizes_and_balance(name):
    data = load(name, cases=301)
    assert [len(p) for p in (data.train, data.validation, data.test)] == [241, 30, 30]
    _, labels = whole(name, cases=301)
    counts = np.bincount(labels)
    assert len(counts) == data.n_outputs
    assert np.ptp(counts) <= (60 if name == "xor" else 1)


def test_moons():
    x, labels = whole("moons", noise=0)
    upper, lower = x[labels == 0], x[labels == 1]
    np.testing.assert_allclose(np.hypot(*upper.T), 1)
    np.testing.assert_allclose(np.hypot(*(lower - [1, 0.5]).T), 1)
    assert upper[:, 1].min() >= 0 and lower[:, 1].max() <= 0.5
    assert upper[:, 0].min() < -0.9 and lower[:, 0].max() > 1.9


def test_circles():
    x, labels = whole("circles", noise=0)
    np.testing.assert_allclose(np.hypot(*x.T), np.array([1, 0.5])[labels])
    x, labels = whole("circles", cases=4000, noise=0.05)
    off = np.hypot(*x.T) - np.array([1, 0.5])[labels]
    assert 0.04 < off.std() < 0.06


def test_spirals():
    x, labels = whole("spirals", noise=0)
    radius = np.hypot(*x.T)
    assert radius.max() <= 1 and radius.max() > 0.95
    angle = 3 * np.pi * radius
    sign = np.array([1, -1])[labels]
    np.testing.assert_allclose(x[:, 0], sign * radius * np.cos(angle), atol=1e-12)
    np.testing.assert_allclose(x[:, 1], sign * radius * np.sin(angle), atol=1e-12)


def test_xor():
    x, labels = whole("xor")
    assert np.abs(x).max() <= 1 and np.abs(x).max() > 0.95
    np.testing.assert_array_equal(labels == 1, x[:, 0] * x[:, 1] < 0)
    noisy, same = whole("xor", noise=0.1)
    np.testing.assert_array_equal(labels, same)
    assert 0.08 < (noisy - x).std() < 0.12


def test_gaussians():
    x, labels = whole("gaussians", cases=6000)
    centres = np.array([x[labels == k].mean(axis=0) for k in range(3)])
    np.testing.assert_allclose(
        centres, [[0, 1], [-np.sqrt(0.75), -0.5], [np.sqrt(0.75), -0.5]], atol=0.05
    )
    assert 0.38 < (x - centres[labels]).std() < 0.42


def test_redundant_repeats_with_bounded_jitter():
    data = load("redundant", dtype="float64")
    assert [len(p) for p in (data.train, data.validation, data.test)] == [1000, 100, 100]
    assert data.n_inputs == 16 and data.n_outputs == 4
    blocks = data.train.x.reshape(10, 100, 16)
    labels = data.train.labels.reshape(10, 100)
    jitter = np.abs(blocks[1:] - blocks[0])
    assert 0.049 < jitter.max() <= 0.05 + 1e-12 and jitter.min() < 0.001
    assert (labels == labels[0]).all() and np.bincount(labels[0]).tolist() == [25] * 4
    # Distinct cases are far apart, and the other parts hold none of them.
    others = np.concatenate([blocks[0], data.validation.x, data.test.x])
    gaps = np.abs(others[:, None] - others[None]).max(axis=2)
    assert gaps[~np.eye(len(gaps), dtype=bool)].min() > 0.3


def test_redundant_options():
    data = load("redundant", cases=60, copies=3, noise=0)
    np.testing.assert_array_equal(data.train.x[:20], data.train.x[40:])
    assert len(data.validation) == len(data.test) == 6
    single = load("redundant", cases=8, copies=1)
    assert len(np.unique(single.train.x, axis=0)) == 8
