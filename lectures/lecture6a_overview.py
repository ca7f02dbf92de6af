# %% [markdown]
# # 6a · Overview of mini-batch gradient descent
#
# Each cell states one claim of the slides, tests it with a few lines of minnet, and draws what
# came out.  Run the cells in order in an editor that knows `# %%`, or the whole file as a script.

# %%
import numpy as np

from minnet.lecture import experiment, show

# %% [markdown]
# ## Slide 3 · Downhill is not towards the minimum
#
# On an elliptical bowl $E = \frac12 w^\top H w$ the gradient is $Hw$ while the minimum lies at
# $-w$.  With condition number $\kappa$ the angle between the two is at most
# $\arccos\frac{2\sqrt\kappa}{1+\kappa}$.


# %% 6a.5 Steepest descent does not point at the minimum unless the ellipse is a circle
@experiment("6a.5")
def widest_angle(conditions=(1, 2, 10, 100, 10_000)):
    t, angles = np.linspace(0, np.pi / 2, 200_001), {}
    for condition in conditions:
        w = np.array([np.cos(t), np.sin(t) / np.sqrt(condition)])  # a quarter of an ellipse
        g = np.diag([1, condition]) @ w
        cosine = (w * g).sum(0) / np.linalg.norm(w, axis=0) / np.linalg.norm(g, axis=0)
        angles[condition] = np.degrees(np.arccos(np.minimum(cosine, 1)))
    return {condition: angle.max() for condition, angle in angles.items()}, (t, angles)


found = widest_angle()
t, angles = found.data
with show.sheet(
    "slide03-angle", "How far downhill points past the minimum", claims=[found]
) as axes:
    show.lines(axes, angles, np.degrees(t), xlabel="place on the ellipse (degrees)",
               ylabel="angle between downhill and the minimum (degrees)")  # fmt: skip
