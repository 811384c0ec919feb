"""captum's Shapley sampling as a method: asked in another process, since torch isn't in the bench's environment."""

from __future__ import annotations

import inspect
import json
import subprocess
from functools import cache, cached_property
from importlib import metadata
from pathlib import Path

import numpy as np

from tests.bench.accuracy.cells import digest, meaning
from tests.bench.accuracy.counted import Counted
from tests.bench.accuracy.methods import Answer, Method, Refused

ROOT = Path(__file__).parents[3]
PYTHON = ROOT / ".venv" / "bin" / "python"
WORKER = Path(__file__).with_name("torch_worker.py")


class Captum(Method):
    """A method of captum's, whose version is that of the other environment."""

    @cached_property
    def version(self) -> str:
        """Changes whenever captum or how it is called does."""
        code = meaning(inspect.getsource(shapley_sampling)), meaning(WORKER.read_text("utf-8"))
        return digest(self.name, installed(), code)


def installed() -> str:
    """captum's version.

    Raises:
        RuntimeError: It isn't there.
    """
    places = [str(folder) for folder in (ROOT / ".venv").glob("lib/python3.*/site-packages")]
    found = [package.version for package in metadata.distributions(name="captum", path=places)]
    if not found:
        raise RuntimeError("captum isn't in .venv: run `make bench`, which installs it.")
    return found[0]


@cache
def _worker() -> subprocess.Popen[str]:
    return subprocess.Popen([PYTHON, WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def shapley_sampling(game: Counted, d: int, budget: int, seed: int) -> Answer:
    # A permutation one way: of its d coalitions the full one is the same in all.
    n_samples = (budget - 2) // (d - 1)
    if n_samples == 0:
        raise Refused("less than one permutation")
    worker = _worker()

    def say(message: dict[str, object]) -> dict[str, list[float]]:
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdin.write(json.dumps(message) + "\n")
        worker.stdin.flush()
        answer: dict[str, list[float]] = json.loads(worker.stdout.readline())
        return answer

    answer = say({"d": d, "n_samples": n_samples, "seed": seed})
    while "found" not in answer:
        masks = np.array([[mark == "1" for mark in mask] for mask in answer["masks"]])
        answer = say({"values": game(masks).tolist()})
    return np.array(answer["found"]), None


CAPTUM = Captum("captum Shapley sampling", "captum", shapley_sampling)
