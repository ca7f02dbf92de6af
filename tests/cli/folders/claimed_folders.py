"""What is in a folder, and how a folder is refused."""

from pathlib import Path

import pytest

import minnet as mn
from minnet.cli.folders import claimed

ROOT = Path(mn.__file__).parents[1]


def everything(folder=".") -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in Path(folder).rglob("*"))


def refused(words, wanted):
    with pytest.raises(ValueError, match=words) as refusal, claimed(wanted):
        pytest.fail("it was claimed")
    assert "\n" not in str(refusal.value)
