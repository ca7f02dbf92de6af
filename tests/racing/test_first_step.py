"""How far is it from `race` to the first weight that moves?

Counted are the stays: each time a call leads into another file of the package than the call before.
"""

import pytest
from new_python import printed

STAYS = """
import sys
from pathlib import Path

import minnet as mn

package = str(Path(mn.__file__).parent)
data, net, sgd = mn.load("digits"), mn.MLP([64, 32, 10]), [mn.SGD(0.5)]
options = {"epochs": 1, "threads": 1, "evaluate_every": 0}
mn.race(net, data, sgd, **options)  # imports, and what is remembered
stays = []


def note(frame, event, argument):
    file = frame.f_code.co_filename
    if event == "call" and file.startswith((package, "<step.")) and stays[-1:] != [file]:
        stays.append(file)
    if event == "call" and frame.f_code.co_name == "sgd":
        sys.setprofile(None)


sys.setprofile(note)
mn.race(net, data, sgd, **options)
print(len(stays), len(set(stays)), Path(stays[0]).name, Path(stays[-1]).name)
"""


@pytest.mark.slow
def test_from_race_to_the_first_weight_that_moves():
    stays, files, first, last = printed(STAYS, NUMBA_DISABLE_JIT="1").split()
    assert (first, last) == ("racing.py", "lecture.py")
    assert int(stays) <= 50 and int(files) <= 24
