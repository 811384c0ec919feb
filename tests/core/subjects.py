"""Subjects for tests of methods, and an engine that answers from a function."""

import json

import numpy as np

from xaiweb.core.drive import run
from xaiweb.core.explanation import Player
from xaiweb.core.requests import Coalitions, Partial, Progress
from xaiweb.core.shapley.hierarchy import halves
from xaiweb.core.spec import Spec
from xaiweb.core.subjects.image import Image
from xaiweb.core.subjects.subject import Subject


class Parts(Subject):
    """Players of a kind of data, without the data."""

    def __init__(self, kind, n_players, unchanging=()):
        self.kind = kind
        self.n_players = n_players
        self.unchanging = list(unchanging)

    @property
    def players(self):
        return tuple(Player(f"part {index}") for index in range(self.n_players))

    @property
    def differs(self):
        differs = np.ones((1, self.n_players), dtype=np.bool_)
        differs[:, self.unchanging] = False
        return differs

    def hierarchy(self):
        return halves(self.n_players)


def white_image(height, width, segments=None):
    """White on black in one segment, but for the segments given."""
    pixels = np.full((1, height, width), 255, dtype=np.float32)
    nowhere = np.zeros((height, width), dtype=np.int32)
    return Image(pixels, np.zeros_like(pixels), nowhere if segments is None else segments)


class Explained:
    """A method's run to its end: the explanation and everything it asked and told.

    ``answer`` gives the values, (n, n_outputs), of whatever was requested.
    """

    def __init__(self, explain, subject, asked, answer, outputs=("one", "two"), selected=(0, 1)):
        self.requests, self.progress, self.partials = [], [], []
        self.partial_explanations = []

        def engine(request):
            self.requests.append(request)
            return answer(request)

        def listen(message):
            if isinstance(message, Progress):
                self.progress.append((message.done, message.total))
            else:
                assert isinstance(message, Partial)
                self.partials.append(message)
                self.partial_explanations.append(message.explanation)

        engine.answer = engine
        self.explanation = run(explain(Spec(outputs, selected), subject, asked), engine, listen)
        for told in (self.explanation, *self.partial_explanations):
            json.loads(told.to_json())  # plain, finite numbers

    @property
    def masks(self):
        return np.concatenate([request.masks for request in self.requests if isinstance(request, Coalitions)])
