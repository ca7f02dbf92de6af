"""idx files made by hand, byte by byte, and folders of four with something wrong in one."""

import gzip
import re
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from hypothesis.extra import numpy as hnp

from minnet.data import load
from minnet.data.idx import read_idx

CODES = {"u1": 8, "i1": 9, ">i2": 11, ">i4": 12, ">f4": 13, ">f8": 14}
RNG = np.random.default_rng(6)
IMAGES = RNG.integers(0, 256, (12, 2, 3), dtype=np.uint8)
LABELS = np.array([0, 1, 2, 1, 0, 2, 1, 0, 2, 1, 0, 2], dtype=np.uint8)


def packed(values):
    """The bytes of an idx file, as its description says."""
    values = np.asarray(values)
    code = next(code for kind, code in CODES.items() if np.dtype(kind) == values.dtype)
    head = bytes([0, 0, code, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape)
    return head + values.tobytes()


def gzipped(content):
    """Without the time of day: the names of tests hold it, and are the same in all processes."""
    return gzip.compress(content, mtime=0)


@pytest.fixture
def four(tmp_path):
    """A folder of four small files."""
    folder = tmp_path / "small"
    folder.mkdir()
    for part, count in (("train", 12), ("t10k", 4)):
        (folder / f"{part}-images-idx3-ubyte").write_bytes(packed(IMAGES[:count]))
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(packed(LABELS[:count]))
    return folder


def test_bytes_of_the_description(tmp_path):
    path = tmp_path / "pixels"
    path.write_bytes(bytes.fromhex("00000802 00000002 00000003 0001 02fd feff"))
    np.testing.assert_array_equal(read_idx(path), [[0, 1, 2], [253, 254, 255]])
    path.write_bytes(bytes.fromhex("00000b01 00000002 0102 ff00"))
    assert read_idx(path).tolist() == [258, -256]


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data(), kind=st.sampled_from([*CODES]), squeeze=st.booleans())
def test_every_type_comes_back(tmp_path, data, kind, squeeze):
    shape = data.draw(hnp.array_shapes(max_dims=4, max_side=5))
    values = data.draw(hnp.arrays(kind, shape))
    content = packed(values)
    path = tmp_path / ("values.gz" if not squeeze else "values")  # the name tells nothing
    path.write_bytes(gzip.compress(content, 1) if squeeze else content)
    read = read_idx(path)
    assert read.dtype == np.dtype(kind).newbyteorder("=") and read.dtype.isnative
    np.testing.assert_array_equal(read, values)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "it must be an idx file (0x0000, type, axes), got an empty file"),
        (b"\0\0\x08", "got 0x000008 at its start"),
        (b"x,t\n1,2\n", "got 0x782c740a at its start"),
        (bytes([0, 0, 7, 1, 0, 0, 0, 1, 5]), "got 0x00000701 at its start"),
        (bytes([0, 0, 8, 0, 5]), "got 0x00000800 at its start"),
        (bytes([0, 0, 8, 3, 0, 0, 0, 1]), "it must hold the lengths of 3 axes, got its end first"),
        (packed(IMAGES)[:-1], "it must hold 12 x 2 x 3 values (its header), got a file of 87 byt"),
        (packed(IMAGES) + b"\0", "it must hold 12 x 2 x 3 values (its header), got more"),
        (bytes([0, 0, 14, 4] + [255] * 16), "got a file of 20 bytes; it is cut off"),
        (gzipped(packed(IMAGES)[:-1]), "it must hold 12 x 2 x 3 values (its header), got fe"),
        (gzipped(packed(IMAGES) + b"\0"), "(its header), got more"),
        (gzipped(bytes([0, 0, 8, 3] + [255] * 12)), "; it is cut off"),
        (gzipped(packed(IMAGES))[:-9], "it must be an undamaged gzip file: Compressed file"),
        (gzipped(packed(IMAGES))[:-8] + bytes(8), "undamaged gzip file: CRC check failed"),
        (gzipped(packed(IMAGES))[:10] + b"\xff" * 40, "undamaged gzip file: Error -3"),
        (b"\x1f\x8bnothing", "it must be an undamaged gzip file: "),
    ],
)
def test_wrong_files(tmp_path, content, message):
    path = tmp_path / "it"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        read_idx(path)
    assert "\n" not in str(caught.value)


@settings(
    max_examples=200,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(content=st.binary(max_size=40), start=st.sampled_from([b"", b"\x1f\x8b\x08", b"\0\0\x08\1"]))
def test_junk_is_read_or_refused_in_one_line(tmp_path, content, start):
    path = tmp_path / "junk"
    path.write_bytes(start + content)
    try:
        read_idx(path)
    except ValueError as error:
        assert str(error).startswith("junk must ") and "\n" not in str(error)  # noqa: PT017


def test_the_last_sixth_validates(four):
    data = load(four)
    assert repr(data) == (
        "Data('small': 6 inputs, 3 classes, train 10 + validation 2 + test 4 cases, float32)"
    )
    assert data.source == "folder small" and data.classes == ("0", "1", "2")
    x = IMAGES.reshape(12, 6) / np.float32(255)
    np.testing.assert_array_equal(data.train.x, x[:10])
    np.testing.assert_array_equal(data.validation.x, x[10:])
    np.testing.assert_array_equal(data.test.x, x[:4])
    np.testing.assert_array_equal(data.validation.labels, LABELS[10:])
    for part in (data.train, data.validation, data.test):
        assert part.labels.dtype == np.int64 and part.x.dtype == part.t.dtype == np.float32
        np.testing.assert_array_equal(part.t, np.eye(3)[part.labels])
        for array in (part.x, part.t, part.labels):
            assert array.flags.c_contiguous and array.flags.owndata
    assert load(four, seed=3).hash == load(str(four), dtype="float64").hash == data.hash


def test_other_shares_and_names(four):
    none = load(four, validation=0, classes=["u", "v", "w", "x"], dtype="float64")
    assert none.validation is None and len(none.train) == 12 and none.n_outputs == 4
    assert none.classes == ("u", "v", "w", "x")
    np.testing.assert_array_equal(none.train.x, IMAGES.reshape(12, 6) / 255)
    half = load(four, validation=0.5)
    np.testing.assert_array_equal(half.validation.labels, LABELS[6:])


def test_gzipped_dotted_and_both(four):
    wanted = load(four).hash
    for path in [*four.iterdir()]:
        (four / f"{path.name}.gz").write_bytes(gzip.compress(b"left alone"))
    assert load(four).hash == wanted  # the plain ones win
    for path in [*four.glob("*ubyte")]:
        content = gzip.compress(path.read_bytes())
        path.unlink()
        (four / f"{path.name}.gz").unlink()
        (four / path.name.replace("-idx", ".idx")).with_name(
            path.name.replace("-idx", ".idx") + ".gz"
        ).write_bytes(content)
    assert load(four).hash == wanted


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("t10k-labels-idx1-ubyte", None, "small must hold the four idx files, got no t10k-labels-"),
        ("train-labels-idx1-ubyte", packed(LABELS[:11]), "train-images-idx3-ubyte must have 11 im"),
        ("t10k-images-idx3-ubyte", packed(IMAGES[:5]), "must have 4 images (as there are labels),"),
        ("t10k-images-idx3-ubyte", packed(IMAGES[:4, :1]), "must have images of 6 pixels (as trai"),
        ("train-images-idx3-ubyte", packed(LABELS), "must start with 0x00000803 (bytes, images), "),
        ("train-labels-idx1-ubyte", packed(IMAGES), "(bytes, labels), got 0x00000803"),
        ("train-images-idx3-ubyte", packed(IMAGES.astype(">i2")), "images), got 0x00000b03"),
        ("train-images-idx3-ubyte", packed(IMAGES)[:-20], "12 x 2 x 3 values (its header), got a"),
        ("train-labels-idx1-ubyte", packed(LABELS)[:-2], "must hold 12 values (its header), got a"),
        ("t10k-images-idx3-ubyte", packed(IMAGES[:4]) + b"!", "must hold 4 x 2 x 3 values (its he"),
        (
            "train-labels-idx1-ubyte",
            packed(LABELS[:0]),
            "must hold at least 1 value, got shape (0,",
        ),
        (
            "train-images-idx3-ubyte",
            packed(IMAGES[:, :0]),
            "at least 1 value, got shape (12, 0, 3)",
        ),
    ],
)
def test_one_wrong_file_of_four(four, file, content, message):
    (four / file).unlink()
    if content is not None:
        (four / file).write_bytes(content)
    kind = FileNotFoundError if content is None else ValueError
    with pytest.raises(kind, match=re.escape(message)) as caught:
        load(four)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"classes": ["a", "b"]}, "labels must be between 0 and 1 (2 classes), got 2 at train-lab"),
        ({"validation": 1.0}, "validation must be a share of the cases in [0, 1), got 1.0"),
        ({"validation": (IMAGES, LABELS)}, "validation must be a share of the cases"),
        ({"validation": 0.01}, "train and validation must get at least 1 case each, got a share"),
        ({"validation": 0.99}, "of 0.99 of 12 cases for validation"),
        ({"test": 0.1}, "test must be left out for 'small', which takes classes, validation"),
        ({"task": "regression"}, "task must be left out for 'small'"),
        ({"dtype": "int8"}, "dtype must be float32 or float64, got 'int8'"),
    ],
)
def test_wrong_options(four, options, message):
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        load(four, **options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("squeeze", [False, True])
def test_memory_beyond_the_data_stays_small(tmp_path, squeeze):
    """A third of MNIST: its bytes alone would be 16 MB, a second float32 copy 63 MB."""
    for part, count in (("train", 20_000), ("t10k", 2000)):
        images = packed(np.zeros((count, 28, 28), np.uint8))
        labels = packed((np.arange(count) % 10).astype(np.uint8))
        squeezed = [gzip.compress(c, 1) if squeeze else c for c in (images, labels)]
        (tmp_path / f"{part}-images-idx3-ubyte").write_bytes(squeezed[0])
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(squeezed[1])
    tracemalloc.start()
    data = load(tmp_path)
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held >= 4 * 784 * 22_000 and len(data.train) == 16_667
    assert peak - held < 8e6
