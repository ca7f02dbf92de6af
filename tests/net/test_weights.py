"""Weights on disk and in other libraries' shapes come back as they were."""

import numpy as np
import pytest

import minnet as mn
from minnet.install import advice
from minnet.net import weights

NETS = [
    mn.MLP([3, 4, 2]),
    mn.MLP([3, 5, 4, 1], hidden=["relu", "softplus"], loss="squared", biases=False, l2=0.1),
]


@pytest.mark.parametrize("net", NETS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_saved_weights_come_back_with_their_net(tmp_path, net, dtype):
    w = net.start(3, dtype)
    weights.save(tmp_path / "w.npz", net, w)
    there, back = weights.load(tmp_path / "w.npz")
    np.testing.assert_array_equal(back, w)
    assert back.dtype == dtype
    assert there.settings() == net.settings() and there.describe() == net.describe()
    np.testing.assert_array_equal(weights.load_into(tmp_path / "w.npz", net), w)


def test_weights_of_another_net_are_refused(tmp_path):
    weights.save(tmp_path / "w.npz", NETS[0], NETS[0].start())
    with pytest.raises(
        ValueError, match=r"w.npz' holds a net 3-4-2, .*; this is 3-5-4-1"
    ) as caught:
        weights.load_into(tmp_path / "w.npz", NETS[1])
    assert "\n" not in str(caught.value)


def test_what_cannot_be_saved_or_read(tmp_path):
    net = NETS[0]
    with pytest.raises(ValueError, match="w must hold 26 weights"):
        weights.save(tmp_path / "w.npz", net, net.start()[:-1])
    with pytest.raises(ValueError, match=r"saved as .npz, got .*w.pth"):
        weights.save(tmp_path / "w.pth", net, net.start())
    with pytest.raises(FileNotFoundError, match="there is no file of weights"):
        weights.load(tmp_path / "none.npz")
    np.savez(tmp_path / "other.npz", w=net.start())
    with pytest.raises(ValueError, match=r"other.npz' is not a usable file of weights"):
        weights.load(tmp_path / "other.npz")
    report = mn.race(mn.MLP([2, 2]), "xor", "sgd", epochs=1)
    report.save(tmp_path / "race.npz")
    with pytest.raises(ValueError, match="its format is 'minnet report 1'"):
        weights.load(tmp_path / "race.npz")


@pytest.mark.parametrize("net", NETS)
def test_a_state_dict_computes_the_same_outputs(net):
    w, x = net.start(1, "float64"), np.random.default_rng(0).normal(size=(6, 3))
    state = weights.to_state_dict(net, w)
    act = {
        "tanh": np.tanh,
        "relu": lambda z: np.maximum(z, 0),
        "softplus": lambda z: np.log1p(np.exp(z)),
    }
    h = x
    for k in range(len(net.sizes) - 1):  # as torch.nn.Linear does it: x W' + b
        h = h @ state[f"{2 * k}.weight"].T + state.get(f"{2 * k}.bias", 0)
        if k < len(net.hidden):
            h = act[net.hidden[k]](h)
    if net.output == "softmax":
        h = np.exp(h) / np.exp(h).sum(1, keepdims=True)
    np.testing.assert_allclose(net.predict(w, x), h, rtol=1e-12)
    np.testing.assert_array_equal(weights.from_state_dict(net, state, "float64"), w)
    state["0.weight"][0, 0] += 1  # copies: the weights stay
    np.testing.assert_array_equal(net.start(1, "float64"), w)


def test_a_state_dict_that_does_not_fit():
    net = NETS[0]
    state = weights.to_state_dict(net, net.start())
    with pytest.raises(ValueError, match=r"this net needs 0.weight, .*; got 2.weight"):
        weights.from_state_dict(net, {"2.weight": state["2.weight"]})
    with pytest.raises(ValueError, match=r"0.weight must be \(4, 3\) for this net, got \(3, 4\)"):
        weights.from_state_dict(net, state | {"0.weight": state["0.weight"].T})


def test_into_torch_and_back():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    net = NETS[0]
    w = net.start(2)
    module = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2))
    state = {name: torch.from_numpy(array) for name, array in weights.to_state_dict(net, w).items()}
    module.load_state_dict(state)
    x = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
    with torch.no_grad():
        outputs = torch.softmax(module(torch.from_numpy(x)), 1).numpy()
    np.testing.assert_allclose(net.predict(w, x), outputs, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(weights.from_state_dict(net, module.state_dict()), w)


def test_safetensors(tmp_path):
    net = NETS[0]
    try:
        weights.save_safetensors(tmp_path / "w.safetensors", net, net.start(4))
    except ImportError as error:
        assert advice("weights") in str(error)  # noqa: PT017
        pytest.skip("safetensors is not installed")
    back = weights.load_safetensors(tmp_path / "w.safetensors", net)
    np.testing.assert_array_equal(back, net.start(4))
