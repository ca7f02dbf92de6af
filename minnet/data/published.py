"""Digits, MNIST and Fashion-MNIST: origin, licence, web addresses, checksums, and how to load them.

N cases, d inputs (8 x 8 pixels of the digits, 28 x 28 of the others), o classes

The digits are stored with the package. The other two are larger: `minnet data NAME` downloads them
once, see `download.py`.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

from ..install import advice
from .cases import Data
from .idx import find_four, load_idx_folder
from .numpyfiles import read_npz
from .split import Share, from_arrays

DIGITS_ORIGIN = (
    "UCI Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak 1998, "
    "doi 10.24432/C50P49"
)
DIGITS_LICENCE = "CC BY 4.0"


@dataclass(frozen=True)
class Published:
    """A set to download: four gzipped idx files on the web.

    Parameters
    ----------
    classes : tuple of str
        Names of the labels 0, 1, ...
    origin, licence : str
        Who made it and when; on what terms it may be used.
    megabytes : int
        Size of the download.
    mirrors : tuple of str
        Web addresses to which a file's name is added, tried in this order.
    sha256 : dict of str to str
        Checksum of each gzipped file, by its name, as it was published.
    """

    classes: tuple[str, ...]
    origin: str
    licence: str
    megabytes: int
    mirrors: tuple[str, ...]
    sha256: dict[str, str]


PUBLISHED = {
    "mnist": Published(
        classes=tuple("0123456789"),
        origin="MNIST, Y. LeCun, C. Cortes and C. Burges 1998, from NIST Special Databases 1 and 3",
        licence="CC BY-SA 3.0",
        megabytes=12,
        mirrors=(
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ),
        sha256={
            "train-images-idx3-ubyte.gz": (
                "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"
            ),
            "train-labels-idx1-ubyte.gz": (
                "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"
            ),
            "t10k-images-idx3-ubyte.gz": (
                "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"
            ),
            "t10k-labels-idx1-ubyte.gz": (
                "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"
            ),
        },
    ),
    "fashion-mnist": Published(
        classes=(
            *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
            *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
        ),
        origin="Fashion-MNIST, H. Xiao, K. Rasul and R. Vollgraf 2017, arXiv 1708.07747, Zalando",
        licence="MIT",
        megabytes=31,
        mirrors=(
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        ),
        sha256={
            "train-images-idx3-ubyte.gz": (
                "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"
            ),
            "train-labels-idx1-ubyte.gz": (
                "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"
            ),
            "t10k-images-idx3-ubyte.gz": (
                "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"
            ),
            "t10k-labels-idx1-ubyte.gz": (
                "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"
            ),
        },
    ),
}


def load_digits(dtype: "DTypeLike") -> Data:
    """Load the 1797 stored digits in their fixed split, pixels divided by 16.

    Parameters
    ----------
    dtype : "float32" or "float64"

    Returns
    -------
    Data

    Raises
    ------
    FileNotFoundError
        If the installation is incomplete.

    References
    ----------
    `datasets/README.md`, for the file and its split.
    """
    # An installed package carries the folder inside; in the repository it stands beside.
    folder = Path(__file__).parents[1] / "datasets"
    if not folder.is_dir():
        folder = Path(__file__).parents[2] / "datasets"
    path = folder / "digits.npz"
    if not path.is_file():
        raise FileNotFoundError(
            f"digits.npz must be in {folder}, got no such file; install it again: {advice()}"
        )
    parts = {part: (x / np.float32(16), t) for part, (x, t) in read_npz(path).items()}
    return from_arrays(
        *parts["train"],
        name="digits",
        validation=parts["validation"],
        test=parts["test"],
        dtype=dtype,
        source=f"{DIGITS_ORIGIN}, {DIGITS_LICENCE}",
    )


def data_folder() -> Path:
    """The folder of downloaded sets: MINNET_DATA if it is set, else the user's cache folder.

    Returns
    -------
    Path
    """
    folder = os.environ.get("MINNET_DATA")
    if folder:
        return Path(folder)
    import platformdirs  # here: the digits, which need no such folder, need NumPy alone

    return platformdirs.user_cache_path("minnet") / "data"


def is_there(name: str) -> bool:
    """Whether all four files of a published set have been downloaded.

    Parameters
    ----------
    name : "mnist" or "fashion-mnist"

    Returns
    -------
    bool
    """
    folder = data_folder() / name
    return folder.is_dir() and len(find_four(folder)) == 4


def load_published(name: str, dtype: "DTypeLike", validation: "Share | None") -> Data:
    """Load a set that `minnet data` has downloaded; nothing is downloaded here.

    Parameters
    ----------
    name : "mnist" or "fashion-mnist"
    dtype : "float32" or "float64"
    validation : float in [0, 1), or None
        Share of the 60,000 training cases, their last ones; None for a sixth.

    Returns
    -------
    Data

    Raises
    ------
    FileNotFoundError
        If it has not been downloaded.
    ValueError
        If a file is damaged, or `validation` is no such share.
    """
    published = PUBLISHED[name]
    if not is_there(name):
        raise FileNotFoundError(
            f"{name} must be downloaded once ({published.megabytes} MB): run `minnet data {name}` "
            f"(looked in {data_folder() / name})"
        )
    return load_idx_folder(
        data_folder() / name,
        dtype=dtype,
        validation=validation,
        classes=published.classes,
        name=name,
        source=f"{published.origin}, {published.licence}",
    )
