"""Make digits.npz, the one data set stored here, from the copy in scikit-learn.

N = 1797 cases, d = 64 inputs (8 x 8 pixels, 0..16), 10 classes

Run `python datasets/make_digits.py` where scikit-learn is installed. It writes digits.npz beside
this file and prints the sha256, which README.md and the tests state. scikit-learn is needed here
only, never by minnet itself.
"""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

SIZES = {"train": 1437, "validation": 180, "test": 180}


def split_digits(x: np.ndarray, t: np.ndarray) -> dict[str, np.ndarray]:
    """Split the cases into the three fixed parts.

    Parameters
    ----------
    x : array (1797, 64)
        Pixels from 0 to 16.
    t : array (1797,)
        The digits.

    Returns
    -------
    dict of str to array, uint8
        x_train, t_train and so on, by the names in the archive.
    """
    order = np.random.default_rng(0).permutation(len(x))
    arrays: dict[str, np.ndarray] = {}
    start = 0
    for part, size in SIZES.items():
        rows = order[start : start + size]
        arrays[f"x_{part}"] = x[rows].astype(np.uint8)
        arrays[f"t_{part}"] = t[rows].astype(np.uint8)
        start += size
    return arrays


def main() -> None:
    """Write digits.npz beside this file and print its sha256."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    path = Path(__file__).with_name("digits.npz")
    # NumPy dates every member 1980-01-01, so equal arrays and an equal zlib give equal bytes.
    arrays: dict[str, Any] = split_digits(digits.data, digits.target)
    np.savez_compressed(path, **arrays)
    print(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}")


if __name__ == "__main__":
    main()
