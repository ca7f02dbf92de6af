"""Where the checkpoint of a race is saved."""

import pytest


@pytest.fixture
def path(tmp_path):
    return tmp_path / "race.npz"
