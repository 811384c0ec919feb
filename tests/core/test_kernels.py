"""The compiled hot loops against numpy's way and against the definition; bad arrays raise before C sees them."""

from __future__ import annotations

import hashlib
import math
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.core.test_trees import case, finished
from wasm.kernels import build
from xaiweb.core import compiled
from xaiweb.core.compiled import address, forced, loaded
from xaiweb.core.kernels import cholesky, forward, hybrid_rows, hyperbolic, inverse, multiply
from xaiweb.core.shapley.ensemble import Ensemble
from xaiweb.core.shapley.game import shapley_values
from xaiweb.core.shapley.leaf_shares import pair_shares, shares
from xaiweb.core.shapley.paths import Misses, Paths
from xaiweb.core.shapley.trees import _blocks, shap_values

SIZES = st.integers(1, 70)  # blocks have 4, 32, 64 and 256 rows
SEEDS = st.integers(0, 2**32 - 1)
QUICK = settings(max_examples=60, deadline=None)


@pytest.fixture(scope="module", autouse=True)
def library() -> None:
    assert loaded()[0] is not None, f"make build/stamps/kernels: {loaded()[1]}"


def near(found: NDArray[Any], expected: NDArray[Any]) -> None:
    """To 1e-12 of the largest number: sums have terms of that size."""
    assert found.shape == expected.shape
    largest = np.abs(expected).max(initial=1e-300)
    np.testing.assert_allclose(found / largest, expected / largest, rtol=0, atol=1e-12)


def definite(rng: np.random.Generator, n: int) -> NDArray[np.float64]:
    x = rng.normal(size=(n, n))
    matrix: NDArray[np.float64] = x @ x.T + n * np.eye(n)
    return matrix


@QUICK
@given(SIZES, st.integers(0, 300), SIZES, SEEDS, st.booleans(), st.booleans())
def test_products_of_any_shape_and_layout(n: int, depth: int, m: int, seed: int, left: bool, right: bool) -> None:
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(depth, n)).T if left else rng.normal(size=(n, 2 * depth))[:, ::2]
    b = rng.normal(size=(m, depth)).T if right else rng.normal(size=(depth, m))[::-1]
    found = multiply.compiled(a, b)
    near(found, multiply.numpy(a, b))
    exactly = math.fsum(a[-1, k] * b[k, -1] for k in range(depth))
    assert found[-1, -1] == pytest.approx(exactly, abs=1e-12 * max(1, depth))


@QUICK
@given(SIZES, SIZES, SEEDS)
def test_factors_inverses_and_triangular_systems(n: int, m: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    matrix, right = definite(rng, n), rng.normal(size=(n, m))
    root = cholesky.compiled(matrix)
    near(root, cholesky.numpy(matrix))
    near(root @ root.T, matrix)
    assert not np.triu(root, 1).any()
    near(forward.compiled(root, right), forward.numpy(root, right))
    near(root @ forward.compiled(root, right), right)
    upper = forward.compiled(root[::-1, ::-1].T, right)  # a view, and a triangle of its own
    near(root[::-1, ::-1].T @ upper, right)
    (found, determinant), (expected, known) = inverse.compiled(matrix), inverse.numpy(matrix)
    near(found, expected)
    near(found @ matrix, np.eye(n))
    np.testing.assert_array_equal(found, found.T)
    assert determinant == pytest.approx(known, rel=1e-12)


@pytest.mark.parametrize("n", [1, 3, 40, 130])
def test_what_is_not_positive_definite_is_refused(n: int) -> None:
    for last in (-1.0, 0.0, np.nan):
        matrix = definite(np.random.default_rng(n), n)
        matrix[-1] = matrix[:, -1] = 0
        matrix[-1, -1] = last
        for way in (cholesky.compiled, inverse.compiled):
            with pytest.raises(np.linalg.LinAlgError):
                way(matrix)


@QUICK
@given(st.lists(st.floats(-700, 700), min_size=1, max_size=9), st.floats(-700, 0))
def test_hyperbolic_functions_to_the_last_digits(u: list[float], log_c: float) -> None:
    sinh, cosh = hyperbolic.compiled(np.array([u]), np.array([log_c]))
    for value, s, c in zip(u, sinh[0], cosh[0], strict=True):
        digits = 1e-15 * math.cosh(value)
        plain = hyperbolic.compiled(np.array([[value]]), np.zeros(1))
        assert plain[0][0, 0] == pytest.approx(math.sinh(value), rel=0, abs=digits)
        assert plain[1][0, 0] == pytest.approx(math.cosh(value), rel=0, abs=digits)
        if log_c > -300 and abs(value) < 300:
            share = math.exp(log_c)
            assert s / share == pytest.approx(math.sinh(value), rel=0, abs=1e3 * digits)
            assert c / share == pytest.approx(math.cosh(value), rel=0, abs=1e3 * digits)
    # sinh is a difference of two numbers of cosh's size, so near 0 it has fewer digits of its own.
    near(np.hstack([sinh, cosh]), np.hstack(hyperbolic.numpy(np.array([u]), np.array([log_c]))))


def test_hyperbolic_functions_beyond_the_range_of_numbers() -> None:
    u = np.array([[0.0, -0.0, 800, -800, 1e300, -1e300, np.inf, -np.inf, np.nan]])
    with np.errstate(over="ignore"):
        expected = hyperbolic.numpy(u, np.zeros(1))
    for found, known in zip(hyperbolic.compiled(u, np.zeros(1)), expected, strict=True):
        np.testing.assert_array_equal(found, known)
    # sinh(900) is no float64, a tiny C times it is: e^-800 (e^900) / 2.
    sinh, cosh = hyperbolic.compiled(np.array([[900.0, -900.0]]), np.array([-800.0]))
    np.testing.assert_allclose(sinh, [[math.exp(100) / 2, -math.exp(100) / 2]], rtol=1e-13)
    np.testing.assert_allclose(cosh, np.abs(sinh), rtol=0)


@QUICK
@given(st.integers(0, 40), st.integers(1, 9), st.integers(1, 9), SEEDS)
def test_hybrid_rows_are_identical(n: int, d: int, n_players: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    masks, owner = rng.random((n, 2 * n_players))[:, ::2] < 0.5, rng.integers(0, n_players, d)
    x = rng.normal(size=d).astype(np.float32)
    background = rng.normal(size=(n, d)).astype(np.float32)
    x[0] = np.nan
    arguments = (masks, owner, x, background)
    np.testing.assert_array_equal(hybrid_rows.compiled(*arguments), hybrid_rows.numpy(*arguments))
    brute = [[x[j] if masks[i, owner[j]] else background[i, j] for j in range(d)] for i in range(n)]
    np.testing.assert_array_equal(hybrid_rows.compiled(*arguments), np.array(brute, np.float32).reshape(n, d))


def leaves(seed: int, longest: int, n_leaves: int, n_rows: int) -> tuple[Paths, Misses, Any, Any]:
    """Random sets of players missed at leaves, by background rows and by explained ones."""
    rng = np.random.default_rng(seed)
    kind = next(kind for kind in (np.uint8, np.uint16, np.uint32, np.uint64) if longest <= 8 * kind().itemsize)
    thin = rng.random((2, longest)) ** 2  # most sets are small, so that some share no player

    def sets(*shape: int) -> NDArray[Any]:
        members = rng.random((*shape, longest)) < thin[0] * thin[1]
        return np.bitwise_or.reduce(members * (kind(1) << np.arange(longest, dtype=kind)), axis=-1).astype(kind)

    paths = Paths(np.zeros((1, longest), dtype=np.intp), np.zeros(1, dtype=kind))
    place = rng.integers(0, n_leaves, 2 * n_leaves).astype(np.intp)
    return paths, Misses.of(sets(n_leaves, n_rows)), place, sets(len(place))


@QUICK
@given(SEEDS, st.sampled_from([1, 3, 8, 9, 17, 33, 64]), st.integers(1, 6), st.integers(1, 12))
def test_what_leaves_give(seed: int, longest: int, n_leaves: int, n_rows: int) -> None:
    arguments = leaves(seed, longest, n_leaves, n_rows)
    near(shares.compiled(*arguments), shares.numpy(*arguments))
    near(pair_shares.compiled(*arguments), pair_shares.numpy(*arguments))


def test_a_leafs_game_by_its_definition() -> None:
    """A row arrives where A is inside of the coalition and U outside of it."""
    d, (a, u) = 4, (0b0011, 0b0100)
    paths = Paths(np.zeros((1, d), dtype=np.intp), np.zeros(1, dtype=np.uint8))
    misses = Misses.of(np.array([[a, a, 0b0110]], dtype=np.uint8))  # the last shares a player with U
    found = shares.compiled(paths, misses, np.zeros(1, dtype=np.intp), np.array([u], dtype=np.uint8))[0]
    arrives = [2.0 * (s & a == a and not s & u) for s in range(2**d)]
    for i in range(d):
        others = [j for j in range(d) if j != i]
        expected = 0.0
        for size in range(d):
            for chosen in combinations(others, size):
                s = sum(1 << j for j in chosen)
                expected += (arrives[s | 1 << i] - arrives[s]) / d / math.comb(d - 1, size)
        assert found[i] == pytest.approx(expected, abs=1e-15)


def test_whole_explanations_agree() -> None:
    def game(masks: NDArray[np.bool_]) -> NDArray[np.float64]:
        values: NDArray[np.float64] = np.tanh(masks @ np.sin(np.arange(16) + 1)) + masks[:, 0] * masks[:, -1]
        return values

    table, _, x, background = case(5, n_features=9, n_trees=6, n_background=40)[:4]
    found = []
    for way in ("numpy", "compiled"):
        _blocks.cache_clear()  # what was computed the other way
        with forced(way):  # type: ignore[arg-type]
            sampled = shapley_values(game, 16, budget=400, seed=1, estimator="gaussian_process")
            trees = finished(shap_values(Ensemble.read(table), np.arange(x.size), x, background, x.size, pairs=True))
            found.append((sampled.values, sampled.std_error, *trees))
    for theirs, ours, rtol in zip(*found, (1e-6, 1e-6, 1e-12, 1e-12), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=1e-12)


SQUARE, FLAT = np.eye(3), np.zeros(3, dtype=np.intp)
U8 = np.zeros(3, dtype=np.uint8)
ONE = Misses.of(np.zeros((1, 2), dtype=np.uint8))
PATHS = Paths(np.zeros((1, 2), dtype=np.intp), U8)
ROWS = np.zeros((3, 3), dtype=np.float32)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: multiply.compiled(SQUARE.astype(np.float32), SQUARE), TypeError),
        (lambda: multiply.compiled(SQUARE, np.eye(4)), ValueError),
        (lambda: cholesky.compiled(np.zeros((3, 4))), ValueError),
        (lambda: cholesky.compiled(np.eye(3, dtype=int)), TypeError),
        (lambda: forward.compiled(np.eye(4), SQUARE), ValueError),
        (lambda: forward.compiled(SQUARE, SQUARE.astype(np.float32)), TypeError),
        (lambda: inverse.compiled(np.zeros((2, 3))), ValueError),
        (lambda: hyperbolic.compiled(SQUARE, np.zeros(2)), ValueError),
        (lambda: hyperbolic.compiled(SQUARE.astype(np.float32), np.zeros(3)), TypeError),
        (lambda: hybrid_rows.compiled(ROWS > 0, np.array([0, 1, 3]), ROWS[0], ROWS), IndexError),
        (lambda: hybrid_rows.compiled(ROWS > 0, np.arange(3, dtype=np.int32), ROWS[0], ROWS), TypeError),
        (lambda: hybrid_rows.compiled(ROWS > 0, np.arange(3), ROWS[0], SQUARE), TypeError),
        (lambda: shares.compiled(PATHS, ONE, FLAT + 1, U8), IndexError),
        (lambda: shares.compiled(PATHS, ONE, FLAT, U8.astype(np.uint16)), TypeError),
        (lambda: pair_shares.compiled(PATHS, ONE, FLAT, U8[:2]), ValueError),
        (lambda: address(SQUARE.T[:, ::2], np.float64, (3, 2)), ValueError),
    ],
)
def test_wrong_arrays_raise_and_do_not_crash(call: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        call()


def said(**environment: str) -> str:
    code = """from xaiweb.core import compiled
from xaiweb.core.shapley.game import shapley_values
print(compiled.loaded()[1], shapley_values(lambda masks: masks[:, 0] * 1.0, 2).provenance.core_kernels)"""
    return subprocess.run(
        [sys.executable, "-c", code], env=os.environ | environment, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_the_environment_can_leave_it_to_numpy_and_provenance_says_so() -> None:
    assert said() == f"{compiled.LIBRARY} compiled"
    assert said(XAIWEB_COMPILED="no") == "XAIWEB_COMPILED=no numpy"


@pytest.mark.parametrize("way", ["numpy", "compiled"])
def test_provenance_says_which_way_was_forced(way: Any) -> None:
    with forced(way):
        assert shapley_values(lambda masks: masks[:, 0] * 1.0, 2).provenance.core_kernels == way


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(compiled, "LIBRARY", tmp_path / "kernels")
    loaded.cache_clear()
    yield tmp_path / "kernels"
    monkeypatch.undo()
    loaded.cache_clear()


def test_without_a_library_numpy_does_the_work_and_says_why(elsewhere: Path) -> None:
    assert loaded() == (None, "it isn't built")
    assert compiled.in_use() == "numpy"
    assert not inverse.is_compiled
    near(inverse(SQUARE)[0], SQUARE)
    with pytest.raises(RuntimeError, match="isn't built"):
        inverse.compiled(SQUARE)


@pytest.mark.parametrize("content", [b"", b"\0asm\1\0\0\0", b"MZ\x90"])
def test_a_damaged_library_is_left_alone_and_it_is_told(elsewhere: Path, content: bytes) -> None:
    elsewhere.write_bytes(content)
    with pytest.warns(RuntimeWarning, match="compiled core, slower: it can't be loaded"):
        assert loaded()[0] is None
    assert "can't be loaded" in loaded()[1]
    assert compiled.in_use() == "numpy"


def test_a_library_of_another_version_is_left_alone(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere.write_bytes(build.NATIVE.read_bytes())
    monkeypatch.setattr(compiled, "ABI", compiled.ABI + 1)
    with pytest.warns(RuntimeWarning, match="of another version"):
        assert loaded()[0] is None
    assert "of another version" in loaded()[1]


def test_the_same_sources_give_the_same_bytes(tmp_path: Path) -> None:
    for make in (build.side_module, build.native):
        first, second = (make(tmp_path / name / "kernels").read_bytes() for name in "ab")
        assert hashlib.sha256(first).digest() == hashlib.sha256(second).digest()
        assert build.digest().encode() in first
        assert str(Path.home()).encode() not in first
        assert str(build.ROOT).encode() not in first


def test_the_side_module_asks_for_memory_and_nothing_else() -> None:
    code = """const module = new WebAssembly.Module(require("fs").readFileSync(process.argv[1]));
    console.log(WebAssembly.Module.imports(module).map(({ name }) => name).join(" "));"""
    done = subprocess.run(["node", "-e", code, str(build.SIDE_MODULE)], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= {"memory", "__stack_pointer", "__memory_base", "__table_base"}


@pytest.mark.parametrize(
    ("machine", "system", "alone"),
    [
        ("aarch64-linux-gnu", "linux", ["-Wl,-z,defs"]),
        ("aarch64-macos", "darwin", ["-nostdlib"]),
        ("x86_64-windows-gnu", "win32", ["-nostdlib", "-mno-stack-arg-probe", "-Wl,--no-entry"]),
    ],
)
def test_it_links_for_other_machines_and_calls_nothing_from_outside(
    elsewhere: Path, machine: str, system: str, alone: list[str]
) -> None:
    """It is linked alone: a function that isn't its own would be missing."""
    before = set(build.HERE.iterdir())
    build.native(elsewhere, [*build.ZIG, "-target", machine, *alone], system)
    made = elsewhere.read_bytes()
    for name in (*compiled._SIGNATURES, "xw_abi", "xw_sources"):
        assert f"{name}\0".encode() in made
    assert set(build.HERE.iterdir()) == before
    if system != sys.platform or not machine.startswith(platform.machine().replace("arm64", "aarch64")):
        with pytest.warns(RuntimeWarning, match="can't be loaded"):
            assert loaded()[0] is None


@pytest.mark.skipif(shutil.which("cc") is None, reason="no compiler of the system's")
def test_the_systems_compiler_makes_a_library_that_loads(elsewhere: Path) -> None:
    """The way of `pip install`."""
    build.native(elsewhere, ["cc"])
    assert loaded()[0] is not None, loaded()[1]
    arguments = leaves(3, 17, 6, 12)
    near(pair_shares.compiled(*arguments), pair_shares.numpy(*arguments))
    near(inverse.compiled(SQUARE + 1)[0], np.linalg.inv(SQUARE + 1))


def test_a_compiler_that_fails_is_told(tmp_path: Path) -> None:
    for compiler in (["false"], [str(tmp_path / "none")]):
        with pytest.raises(build.CompilerError):
            build.native(tmp_path / "kernels", compiler)
    assert not list(tmp_path.iterdir())
