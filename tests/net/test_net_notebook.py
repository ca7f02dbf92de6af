"""What a notebook shows of a net: its layers."""

import minnet as mn


def test_a_net_is_a_table_of_its_layers():
    shown = mn.MLP([3, 5, 2], hidden="relu")._repr_html_()
    assert "<td>3 → 5</td><td>relu</td><td>20</td>" in shown
    assert "<td>5 → 2</td><td>softmax</td><td>12</td>" in shown
    assert "32 weights" in shown
