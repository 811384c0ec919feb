"""The compiled core in Chromium, from the built site: it is loaded, and gives numpy's numbers."""

from __future__ import annotations

import inspect

import numpy as np

from tests import pyodide_worker
from tests.browser.conftest import Server, Visit


def numbers() -> dict[str, object]:
    import numpy as np

    from xaiweb.core import compiled
    from xaiweb.core.kernels import cholesky, forward, hyperbolic, inverse, multiply
    from xaiweb.core.shapley.game import shapley_values

    x = np.random.default_rng(0).normal(size=(70, 70))
    found: dict[str, object] = {"library": compiled.loaded()[1], "used": multiply.is_compiled}
    for way in ("numpy", "compiled"):
        with compiled.forced(way):  # type: ignore[arg-type]
            square = multiply(x, x.T) + 70 * np.eye(70)
            arrays = [square, cholesky(square), forward(np.tril(square), x), inverse(square)[0], *hyperbolic(x, x[0])]
            estimate = shapley_values(lambda m: np.tanh(m @ x[0, :16]), 16, budget=300)
            found[way] = [array.tolist() for array in arrays], estimate.values.tolist()
    return found


def test_the_page_has_the_compiled_core_and_it_agrees_with_numpy(warm: Visit, server: Server) -> None:
    program = f"{inspect.getsource(numbers)}\nOUTPUT = numbers()"
    found = pyodide_worker.run(warm.page, server.url, program)
    assert found["library"].endswith("/xaiweb/core/kernels.wasm")
    assert found["used"]
    (theirs, plain), (ours, quick) = found["numpy"], found["compiled"]
    for one, other in zip(ours, theirs, strict=True):
        largest = np.abs(other).max()
        np.testing.assert_allclose(np.divide(one, largest), np.divide(other, largest), rtol=0, atol=1e-12)
    np.testing.assert_allclose(quick, plain, rtol=1e-6, atol=1e-9)
