from __future__ import annotations

import pytest

from xaiweb.errors import XaiwebError


@pytest.mark.parametrize("message", ["there is no such file", "there is no such file."])
def test_an_error_is_whole_sentences(message: str) -> None:
    error = XaiwebError(message, where="a.csv", next="Check the path.")
    assert str(error) == "a.csv: there is no such file. Check the path."
    assert error.to_dict()["message"] == "there is no such file."
