"""Rebuild digits.npz, the one data set stored here, from the copy that scikit-learn carries.

N = 1797 cases, d = 64 inputs (8 x 8 pixels, 0..16), 10 classes

Run `python datasets/make_digits.py` where scikit-learn is installed. It writes digits.npz beside
this file and prints the sha256, which README.md and the tests state. scikit-learn is needed here
only, never by minnet itself.
"""

import hashlib
from pathlib import Path

import numpy as np

SIZES = {"train": 1437, "validation": 180, "test": 180}


def split_digits(x: np.ndarray, t: np.ndarray) -> dict[str, np.ndarray]:
    """Cut x (1797, 64) and t (1797,) into the three fixed parts, all uint8."""
    order = np.random.default_rng(0).permutation(len(x))
    arrays, start = {}, 0
    for part, size in SIZES.items():
        rows = order[start : start + size]
        arrays[f"x_{part}"] = x[rows].astype(np.uint8)
        arrays[f"t_{part}"] = t[rows].astype(np.uint8)
        start += size
    return arrays


def main() -> None:
    from sklearn.datasets import load_digits

    digits = load_digits()
    path = Path(__file__).with_name("digits.npz")
    # NumPy dates every member 1980-01-01, so equal arrays and an equal zlib give equal bytes.
    np.savez_compressed(path, **split_digits(digits.data, digits.target))
    print(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}")


if __name__ == "__main__":
    main()
