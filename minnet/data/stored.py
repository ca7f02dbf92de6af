"""The digits travel with the package: small enough to store, real enough to learn from.

N cases, d inputs (8 x 8 pixels), o classes
"""

from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

from .cases import Data
from .npztable import read_npz
from .split import from_arrays

DIGITS_SOURCE = (
    "UCI Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak 1998, "
    "doi 10.24432/C50P49, CC BY 4.0"
)


def load_digits(dtype: DTypeLike) -> Data:
    """The 1797 digits in their stored split, pixels divided by 16."""
    # An installed package carries the folder inside; in the repository it stands beside.
    folder = Path(__file__).parents[1] / "datasets"
    if not folder.is_dir():
        folder = Path(__file__).parents[2] / "datasets"
    path = folder / "digits.npz"
    if not path.is_file():
        raise FileNotFoundError(
            f"digits.npz must be in {folder}, got no such file; reinstall minnet"
        )
    parts = {part: (x / np.float32(16), t) for part, (x, t) in read_npz(path).items()}
    return from_arrays(
        *parts["train"],
        name="digits",
        validation=parts["validation"],
        test=parts["test"],
        dtype=dtype,
        source=DIGITS_SOURCE,
    )
