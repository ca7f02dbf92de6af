"""Slides 9 and 10 drawn: a rate turned down, hidden units that start alike, and big fan-ins."""

import numpy as np

from .. import show


def turned_down(found, curves, turns, ratios):
    """Expected errors with means of sampled runs, {name: both}; their ratio (turns, updates)."""
    with show.sheet(
        "slide09-turn-down",
        "Turning the rate down at update 250: a quick win, then the other run overtakes",
        claims=[found], columns=2,
    ) as (once, whenever):  # fmt: skip
        for (name, (expected, sampled)), color in zip(
            curves.items(), (show.GREEN, show.ORANGE), strict=True
        ):
            once.plot(sampled, color=color, linewidth=0.8, alpha=0.5)
            once.plot(expected[:1000], color=color, linewidth=2.5, label=name)
        once.annotate("reduce the rate", (250, 0.66), (330, 0.95), arrowprops={"arrowstyle": "->"})
        once.set(ylim=(0, 1.5), xlim=(100, 1000), xlabel="update",
                 ylabel="expected error (thin: mean of 60 sampled runs)")  # fmt: skip
        once.legend(frameon=False)
        updates = np.arange(0, 1400, 10)
        image = whenever.pcolormesh(updates, turns, np.log2(ratios)[:, updates], cmap="PuOr_r",
                                    vmin=-1.5, vmax=1.5)  # fmt: skip
        bar = whenever.figure.colorbar(image, ax=whenever, label="error: turned down / not")
        bar.ax.set_yticks([-1, 0, 1], ["half", "same", "double"])
        whenever.set(xlabel="update", ylabel="update at which the rate is turned down")
        whenever.grid(visible=False)


def symmetry(alike, escaped):
    """What units look for after an equal and a random start; when the least noise parts them."""
    decades, updates = escaped.data
    with show.sheet(
        "slide10-symmetry",
        "Equal hidden units stay one feature; the least difference grows until they part",
        claims=[alike, escaped], columns=3,
    ) as (clones, random, parting):  # fmt: skip
        for axes, (start, weights) in zip((clones, random), alike.data.items(), strict=True):
            loss = np.median(alike.value[f"{start} loss"])
            show.weight_images(axes, weights, f"20 units, {start} start: loss {loss:.2f}")
        noise = 10.0 ** -np.array(decades)
        parting.plot(noise, updates, ".", color=show.BLACK)
        parting.plot(noise, updates.mean(axis=1), color=show.BLUE, linewidth=2)
        parting.set(xscale="log", xlabel="noise that makes the clones differ (sd)",
                    ylabel="updates until the loss is below 1",
                    title=f"{escaped.value['a decade']:.0f} updates for each decade")  # fmt: skip


def fan_in(overshoot, started, learned, by_power):
    """Rates that diverge, net inputs, learning from each size of weights, and rates by layer.

    `learned` is {name of a size: (losses, validation error)}.
    """
    (fan_ins, rates), log = overshoot.data, {"xlabel": "fan-in n", "log": "xy"}
    with show.sheet(
        "slide10-fan-in", "What a big fan-in does to rates and start weights",
        claims=[overshoot, started, by_power], rows=2, columns=2,
    ) as ((edge, size), (learning, powers)):  # fmt: skip
        show.lines(edge, rates, fan_ins, ylabel="rate at which learning diverges", **log)
        edge.set_title("one error, n weights: the rate must fall as 1/n")
        show.lines(size, started.value, started.data, ylabel="sd of the net input", **log)
        size.set_title("start weights ~ sqrt(n), as printed, explode (E1)")
        curves = {f"{name}: validation error {100 * error:.1f} %": losses
                  for name, (losses, error) in learned.items()}  # fmt: skip
        show.lines(learning, curves, xlabel="update", ylabel="training loss", log="y")
        learning.set_title("start weights in a 64-500-10 net, each at its best rate")
        show.bars(powers, by_power.value, ylabel="training loss after 60 updates")
        powers.set_title("rate of a layer ~ (fan-in)$^{-p}$, net 16-1024-10")
        for label in powers.get_xticklabels():
            label.set(rotation=0, ha="center")
