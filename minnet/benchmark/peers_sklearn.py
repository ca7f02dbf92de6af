"""scikit-learn's MLPClassifier, which has no RMSprop: SGD from its own start, so no common loss."""

import warnings

from .jobs import NetJob
from .turns import Contender

NEEDS = "sklearn"


def train(job: NetJob) -> list[Contender]:
    """One run of as many mini-batches of the same sizes, and the probabilities at the end.

    Parameters
    ----------
    job : NetJob
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    def run() -> None:
        net = MLPClassifier(
            job.sizes[1:-1], activation=job.hidden, solver="sgd", alpha=0.0, momentum=0.0,
            batch_size=job.batch, learning_rate_init=0.01, max_iter=job.epochs, tol=0.0,
            n_iter_no_change=job.epochs + 1, random_state=job.seed,
        )  # fmt: skip
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # it stops at max_iter, as asked
            net.fit(job.x, job.labels)
        net.predict_proba(job.x)

    return [Contender("scikit-learn", run, job.steps, note="SGD, its own start")]
