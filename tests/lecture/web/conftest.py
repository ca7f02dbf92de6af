"""The site of the tiny lecture, built once a test run, and its pages, read.

The fixtures import the lecture: a conftest must not skip where its libraries are missing.
"""

import pytest


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    from tiny_site import FIRST, SECOND, built

    folder = tmp_path_factory.mktemp("web")
    front = built(folder, FIRST, SECOND)
    assert front == folder / "site" / "index.html"
    return front.parent


@pytest.fixture(scope="session")
def read(site):
    from tiny_site import PAGES, Reader

    return {name: Reader(site / name) for name in PAGES}
