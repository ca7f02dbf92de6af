"""Where an archive is written."""

import pytest


@pytest.fixture
def path(tmp_path):
    return tmp_path / "race.npz"
