"""An old archive and a new one, and how they are read back or refused."""

import numpy as np
import pytest

from minnet import archive

FORM = "minnet test 1"
OLD = ({"format": FORM, "which": "old"}, {"a": np.arange(1000.0), "b": np.ones((2, 3), "f4")})
NEW = ({"format": FORM, "which": "new"}, {"a": np.arange(2000.0), "b": np.zeros((2, 3), "f4")})


def read(path):
    return archive.read(path, "thing", FORM)


def assert_is(path, kept):
    text, arrays = read(path)
    assert text == kept[0] and arrays.keys() == kept[1].keys()
    for name, array in kept[1].items():
        np.testing.assert_array_equal(arrays[name], array)
        assert arrays[name].dtype == array.dtype


def assert_refused(path, words, error=ValueError):
    with pytest.raises(error, match=words) as refusal:
        read(path)
    assert "\n" not in str(refusal.value) and repr(str(path)) in str(refusal.value)
