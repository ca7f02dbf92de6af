"""What a notebook shows of a race: its figure and its table."""

import base64
import re

import minnet as mn


def test_a_report_is_a_picture_and_its_table():
    report = mn.race(mn.MLP([2, 3, 2]), "xor", "sgd(0.5), rprop", batch_size=200, epochs=2)
    shown = report._repr_html_()
    picture = base64.b64decode(re.search(r'src="data:image/png;base64,([^"]+)"', shown)[1])
    assert picture.startswith(b"\x89PNG")
    assert "rprop(step=0.1)" in shown and report.info["plan_hash"] in shown
    assert "http" not in shown and "<script" not in shown


def test_a_users_name_cannot_break_the_page():
    data = mn.from_arrays([[0.0], [1.0]] * 20, [0, 1] * 20, name="<b>&")
    report = mn.race(mn.MLP([1, 2]), data, "sgd", batch_size=8, epochs=1)
    assert "<b>&" not in report._repr_html_() and "&lt;b&gt;&amp;" in report._repr_html_()
