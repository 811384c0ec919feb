"""Ours and the peers, each asked for Shapley values of a game with a budget of distinct coalitions.

The empty and the full coalition count. What a method really used is measured: a peer that takes whole
permutations, say, is given as many as fit.
"""

from __future__ import annotations

import inspect
import logging
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from importlib import metadata
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, TypeAlias

import numpy as np
import shap
import shapiq
from numpy.typing import NDArray

import xaiweb
from tests.bench.accuracy.bootstrap import pair_bootstrap
from tests.bench.accuracy.cells import code_digest, digest, meaning
from tests.bench.accuracy.counted import Counted, Values
from xaiweb.errors import XaiwebError

Answer: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64] | None]
"""Shapley values and their standard errors, each ``(n_players,)``; None for a method that tells none."""

logging.getLogger("shap").setLevel(logging.ERROR)


class Refused(Exception):
    """A method does without this budget."""


def ours(game: Counted, d: int, budget: int, seed: int, estimator: str) -> Answer:
    result = xaiweb.shapley_values(game, d, budget=budget, seed=seed, estimator=estimator)
    return result.values, result.std_error


def shap_kernel(game: Counted, d: int, budget: int, seed: int, **settings: Any) -> Answer:
    np.random.seed(seed)  # noqa: NPY002 - shap draws from it
    explainer = shap.KernelExplainer(lambda rows: game(rows > 0.5), np.zeros((1, d)))
    # It evaluates the empty and the full coalition besides.
    return explainer.shap_values(np.ones(d), nsamples=budget - 2, silent=True, **settings), None


def shap_permutation(game: Counted, d: int, budget: int, seed: int) -> Answer:
    # A permutation there and back: 2d + 1 calls, of which 2d - 2 are neither empty nor full.
    n_permutations = (budget - 2) // (2 * d - 2)
    if n_permutations == 0:
        raise Refused("less than one permutation")
    masker = shap.maskers.Independent(np.zeros((1, d)))
    explainer = shap.explainers.Permutation(lambda rows: game(rows > 0.5), masker, seed=seed)
    values = explainer(np.ones((1, d)), max_evals=n_permutations * (2 * d + 1), batch_size=budget, silent=True)
    return values.values[0], None


def shap_exact(game: Counted, d: int, budget: int, seed: int) -> Answer:
    if 2**d > max(budget, 2**13):
        raise Refused(f"it needs 2^{d} coalitions")
    masker = shap.maskers.Independent(np.zeros((1, d)))
    explainer = shap.explainers.Exact(lambda rows: game(rows > 0.5), masker)
    return explainer(np.ones((1, d)), max_evals=2**d, silent=True).values[0], None


def shapiq_kernel(game: Counted, d: int, budget: int, seed: int) -> Answer:
    return _shapiq(shapiq.KernelSHAP(d, pairing_trick=True, random_state=seed), game, budget)


def shapiq_leverage(game: Counted, d: int, budget: int, seed: int) -> Answer:
    return _shapiq(shapiq.approximator.LeverageSHAP(d, random_state=seed), game, budget)


def shapiq_poly(game: Counted, d: int, budget: int, seed: int) -> Answer:
    # Of order 3, since order 2 on pairs is KernelSHAP again (Fumagalli et al. 2026); at most a term for every two
    # coalitions, as it is underdetermined otherwise.
    terms = max(d + 1, budget // 2)
    polynomial = shapiq.approximator.PolySHAP(d, max_order=3, max_terms=terms, pairing_trick=True, random_state=seed)
    return _shapiq(polynomial, game, budget)


def shapiq_msr(game: Counted, d: int, budget: int, seed: int) -> Answer:
    return _shapiq(shapiq.approximator.RegressionMSR(d, index="SV", random_state=seed), game, budget)


def shapiq_proxy(game: Counted, d: int, budget: int, seed: int) -> Answer:
    proxy = shapiq.approximator.ProxySHAP(d, max_order=1, index="SV", adjustment=True, random_state=seed)
    return _shapiq(proxy, game, budget)


def shapiq_odd(game: Counted, d: int, budget: int, seed: int) -> Answer:
    return _shapiq(shapiq.approximator.OddSHAP(d, random_state=seed), game, budget)


def _shapiq(approximator: Any, game: Counted, budget: int) -> Answer:
    try:
        values = approximator.approximate(budget, game)
    except (ValueError, np.linalg.LinAlgError) as error:
        raise Refused(str(error)) from error
    return values.get_n_order_values(1), None


@dataclass(frozen=True)
class Method:
    """A way to Shapley values.

    Attributes:
        name: Its name in tables and in the cache.
        home: ``xaiweb``, ``shap`` or ``shapiq``.
        ask: Called with a counted game, the number of players, the budget and the seed.
        estimates: Whether it is one of those compared; the pair bootstrap is there for its standard errors alone.
    """

    name: str
    home: str
    ask: Callable[[Counted, int, int, int], Answer]
    estimates: bool = True

    @cached_property
    def version(self) -> str:
        """Changes whenever the method may answer otherwise: our code, or a peer's version, and how it is called."""
        how = self.ask.func if isinstance(self.ask, partial) else self.ask
        code = own_code() if self.home == "xaiweb" else metadata.version(self.home)
        call = (how.func, how.keywords) if isinstance(how, partial) else (how, getattr(self.ask, "keywords", {}))
        return digest(self.name, code, meaning(inspect.getsource(call[0])), call[1], np.__version__)

    def __call__(self, values: Values, d: int, budget: int, seed: int) -> dict[str, Any]:
        """What it says and what that took, ready to be kept as JSON."""
        game = Counted(values)
        wall, cpu = perf_counter(), process_time()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of underdetermined systems, feature names, deprecations
                found, std_error = self.ask(game, d, budget, seed)
        except (Refused, XaiwebError) as refused:
            return {"refused": str(refused)}
        wall, cpu = perf_counter() - wall, process_time() - cpu
        return {
            "values": np.asarray(found, dtype=np.float64).tolist(),
            "std_error": None if std_error is None else [None if np.isnan(s) else float(s) for s in std_error],
            "n_calls": game.n_calls,
            "n_distinct": game.n_distinct,
            "wall": round(wall - game.seconds, 4),
            "cpu": round(cpu, 4),
        }


def own_code() -> str:
    """The version of our estimators and of what drives them."""
    core = Path(xaiweb.__file__).parent / "core"
    return code_digest([*core.glob("shapley/*.py"), core / "drive.py"])


OURS = tuple(
    Method(f"xaiweb {estimator}", "xaiweb", partial(ours, estimator=estimator))
    for estimator in ("auto", "permutation", "least_squares", "gaussian_process")
)
BOOTSTRAP = Method("pair bootstrap", "xaiweb", pair_bootstrap, estimates=False)
PEERS = (
    Method("shap Kernel, l1_reg=0", "shap", partial(shap_kernel, l1_reg=0)),
    Method("shap Kernel, default", "shap", shap_kernel),
    Method("shap Permutation", "shap", shap_permutation),
    Method("shap Exact", "shap", shap_exact),
    Method("shapiq KernelSHAP, paired", "shapiq", shapiq_kernel),
    Method("shapiq LeverageSHAP", "shapiq", shapiq_leverage),
    Method("shapiq PolySHAP", "shapiq", shapiq_poly),
    Method("shapiq RegressionMSR", "shapiq", shapiq_msr),
    Method("shapiq ProxySHAP", "shapiq", shapiq_proxy),
    Method("shapiq OddSHAP", "shapiq", shapiq_odd),
)
METHODS = (*OURS, BOOTSTRAP, *PEERS)
