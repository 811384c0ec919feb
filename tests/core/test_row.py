"""A row as a subject, and what is known of its table on the way to the worker and back."""

import json

import numpy as np
import pytest

from xaiweb.core.explanation import Player
from xaiweb.core.players import Players
from xaiweb.core.subjects.row import Feature, Row, Table
from xaiweb.errors import InputError

TABLE = Table(
    (Feature("age"), Feature("job", ("none", "clerk")), Feature("wage"), Feature("debt")),
    Players(("age", "work", "debt"), ((0,), (1, 2), (3,))),
)


def test_a_table_survives_json():
    document = json.loads(json.dumps(TABLE.to_dict()))
    assert Table.from_dict(document) == TABLE
    assert document["players"][1] == {"name": "work", "columns": ["job", "wage"]}
    assert document["features"][:2] == [{"name": "age"}, {"name": "job", "levels": ["none", "clerk"]}]


@pytest.mark.parametrize(
    "broken",
    [
        {"players": [{"name": "age", "columns": ["agee"]}]},
        {"players": [{"name": "age", "columns": ["age"]}]},
        {"features": [{}]},
    ],
    ids=str,
)
def test_a_broken_table_is_refused(broken):
    with pytest.raises(InputError):
        Table.from_dict(TABLE.to_dict() | broken)


def test_players_hold_cells_as_a_person_wrote_them():
    row = Row(TABLE, np.array([0.1, 1, 2500, np.nan], dtype=np.float32), np.zeros((1, 4), np.float32))
    assert row.players == (
        Player("age", ("age",), 0.1),
        Player("work", ("job", "wage"), ("clerk", 2500.0)),
        Player("debt", ("debt",), None),
    )
    assert row.differs.tolist() == [[True, True, True]]


def test_a_level_without_a_word_stays_a_number():
    table = Table((Feature("job", ("none",)),), Players(("job",), ((0,),)))
    assert Row(table, np.array([3], np.float32), np.zeros((1, 1), np.float32)).players[0].value == 3.0


@pytest.mark.parametrize(
    ("x", "background"),
    [(np.zeros(3), np.zeros((1, 4))), (np.zeros(4), np.zeros((1, 3))), (np.array([0, 0, np.inf, 0]), np.zeros((1, 4)))],
)
def test_another_shape_or_an_infinite_cell_is_refused(x, background):
    with pytest.raises(InputError) as caught:
        Row(TABLE, x.astype(np.float32), background.astype(np.float32))
    assert caught.value.next
