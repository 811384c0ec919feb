"""Owen values over a hierarchy of players, from coarse to fine: the way for many players.

The Owen value (Owen 1977) is the Shapley value of players that join in groups: at every node of a
binary hierarchy either part comes first with probability 1/2. So a node A is met in 2^depth *contexts*,
coalitions C that hold, for each node above A, its other part or not. Where v(C) and v(C + A) are known,
splitting A into L and R takes v(C + L) and v(C + R). Over both orders the parts contribute

    (a + t) / 2 and (a - t) / 2, with a = v(C + A) - v(C) and the tilt t = v(C + L) - v(C + R).

Once every node is split in every context the values are exact. Until then the contribution in an open
context is shared out as in the contexts where the node was split, by their tilts relative to |a|, as far
as such expectations held before; where it never was, in equal parts among its players. Shares add up,
so efficiency holds throughout.

As in shap's PartitionExplainer (Lundberg 2020) what contributes most is split next. Since here a few
contexts of a node speak for the others, nodes that were split less come first, and a picture is there early; once
all were, contexts come by what they contribute themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from heapq import nsmallest
from math import frexp, ldexp

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.requests import Coalitions, Partial, Progress
from xaiweb.core.shapley.hierarchy import Hierarchy, members
from xaiweb.core.shapley.plan import Plan
from xaiweb.core.shapley.solution import MAX_COALITIONS, Selected, Solution, Solving, Tell, select
from xaiweb.errors import InputError

NEGLIGIBLE = 1e-6
"""A contribution relative to its output's range, below which all are alike."""
HASTE = 4
"""How fast a node loses urgency with the number n of contexts it was split in: by (1 + n)^HASTE."""
OWN = 0.25
"""Urgency of a context for its own contribution, which a split settles, beside what it says of the node's others."""


@dataclass(frozen=True, eq=False)
class _Context:
    """What is there besides a node, bool ``(n_players,)``, and the values without and with the node."""

    mask: NDArray[np.bool_]
    without: NDArray[np.float64]
    within: NDArray[np.float64]


@dataclass(eq=False)
class _Node:
    """A group of players, or a single one.

    Attributes:
        mask: bool ``(n_players,)``, its players.
        depth: Number of nodes above it.
        parts: Its left and its right part; none for a single player.
        open: Known contexts in which it isn't split.
        n_split: Number of contexts in which it is.
        contribution: Sum of |contribution| over these, ``(n_outputs,)``.
        tilt: Sum of tilts over these, ``(n_outputs,)``.
    """

    mask: NDArray[np.bool_]
    depth: int
    parts: list[_Node] = field(default_factory=list)
    open: list[_Context] = field(default_factory=list)
    n_split: int = 0
    contribution: NDArray[np.float64] | float = 0.0
    tilt: NDArray[np.float64] | float = 0.0

    @property
    def probability(self) -> float:
        """Of each of its contexts."""
        return 0.5**self.depth

    def contributions(self, n_outputs: int) -> NDArray[np.float64]:
        """In its open contexts, ``(n_open, n_outputs)``."""
        return np.reshape([context.within - context.without for context in self.open], (len(self.open), n_outputs))

    def tilts(
        self, contributions: NDArray[np.float64], unit: NDArray[np.float64], trust: NDArray[np.float64] | float
    ) -> NDArray[np.float64]:
        """The tilts to expect of contributions, both ``(n_contexts, n_outputs)``, where it is split elsewhere.

        At most all to one part, or the mean tilt where that is more: parts that nearly cancel say little.

        Args:
            contributions: Of the node, in contexts in which it isn't split.
            unit: The range of each output, ``(n_outputs,)``.
            trust: 1 to share out as in contexts in which it is split, 0 to share out equally; ``(n_outputs,)``.
        """
        left, right = (np.count_nonzero(part.mask) for part in self.parts)
        equally = contributions * (left - right) / (left + right)
        tilt, typical = self.tilt / self.n_split, self.contribution / self.n_split
        size, least = np.abs(contributions), NEGLIGIBLE * unit
        most = np.maximum(size, np.abs(tilt))
        return trust * np.clip(tilt * (size + least) / (typical + least), -most, most) + (1 - trust) * equally

    def split(self, context: _Context, left: NDArray[np.float64], right: NDArray[np.float64]) -> None:
        """Split in an open context, given the values with only the left and only the right part."""
        self.open.remove(context)
        self.n_split += 1
        self.contribution = self.contribution + np.abs(context.within - context.without)
        self.tilt = self.tilt + (left - right)
        one, other = self.parts
        one.open.append(_Context(context.mask, context.without, left))
        one.open.append(_Context(context.mask | other.mask, right, context.within))
        other.open.append(_Context(context.mask, context.without, right))
        other.open.append(_Context(context.mask | one.mask, left, context.within))


def owen(
    n_players: int, n_background: int, chosen: Plan, hierarchy: Hierarchy, selected: Selected, tell: Tell
) -> Solving:
    """Solve over a hierarchy, telling a partial after every request.

    The budget is spent in full, an odd one but for one coalition, or until everything is split. The
    coalitions of a smaller budget are the first ones of a larger one. A request is half as large as all
    before it: few where much is to be learned from each, many where chunks want to be filled.

    Args:
        n_players: Number of all players.
        n_background: Background rows that a coalition is evaluated on.
        chosen: The plan, for its active players and its budget.
        hierarchy: Holds every active player once; groups of more than two parts are halved in their order.
        selected: Indices of the outputs to solve for; None for all of the reply.
        tell: Turns an intermediate solution into the explanation of a partial.

    Returns:
        The solution; a standard error is 0 where a player's value is exact, NaN elsewhere.

    Raises:
        InputError: An active player isn't in the hierarchy, or twice.
    """
    nodes = _nodes(hierarchy, chosen.active, n_players)
    everything = 2 + sum(2 << node.depth for node in nodes if node.parts)
    total = min(chosen.n_coalitions - chosen.n_coalitions % 2, everything)

    nobody = np.zeros(n_players, dtype=np.bool_)
    base, prediction = select((yield Coalitions(np.array([nobody, nodes[0].mask]))), selected).copy()
    yield Progress(2, total)
    search = _Search(nodes, base, prediction)

    done = 2
    while True:
        values, std_error, importance = search.estimate()
        ends = base.copy(), prediction.copy()  # a partial belongs to who is told it
        solution = Solution(values, std_error, *ends, chosen.estimator, done, done * n_background)
        if done == total:
            return solution
        if done > 2:
            yield Partial(partial(tell, solution))

        most = min(max(2, done // 2), MAX_COALITIONS, total - done)
        splits = search.next(importance, most // 2)
        masks = np.array([context.mask | part.mask for node, context in splits for part in node.parts])
        search.hear(splits, select((yield Coalitions(masks)), selected).copy())
        done += len(masks)
        yield Progress(done, total)


class _Search:
    """How far a hierarchy is split, and what that tells.

    Args:
        nodes: Every node before its parts.
        base: Value of the empty coalition, ``(n_outputs,)``.
        prediction: Value of the full one.
    """

    def __init__(self, nodes: list[_Node], base: NDArray[np.float64], prediction: NDArray[np.float64]) -> None:
        self._nodes = nodes
        self._lowest, self._highest = np.minimum(base, prediction), np.maximum(base, prediction)
        self._agreed, self._expected = np.zeros((2, len(base)))
        nodes[0].open.append(_Context(np.zeros_like(nodes[0].mask), base, prediction))

    @property
    def _unit(self) -> NDArray[np.float64]:
        """The range of the values of each output so far, ``(n_outputs,)``."""
        spread: NDArray[np.float64] = self._highest - self._lowest
        return spread.clip(min=np.finfo(np.float64).tiny)

    @property
    def _trust(self) -> NDArray[np.float64]:
        """The slope of tilts on what was expected of them, ``(n_outputs,)``, 0 to 1."""
        trust: NDArray[np.float64] = np.ones_like(self._expected)
        np.divide(self._agreed, self._expected, out=trust, where=self._expected > 0)
        return np.clip(trust, 0, 1, out=trust)

    def estimate(self) -> tuple[NDArray[np.float64], NDArray[np.float64], list[float]]:
        """What is known so far.

        Returns:
            Values and standard errors of all players, ``(n_players, n_outputs)``, and for each node the
            mean |contribution| in contexts in which it isn't split, summed over outputs in their units.
        """
        n_players, n_outputs = len(self._nodes[0].mask), len(self._lowest)
        unit, trust = self._unit, self._trust
        values, std_error = np.zeros((2, n_players, n_outputs))
        importance = [0.0] * len(self._nodes)
        # Contributions of a node expected in contexts that aren't evaluated, and their probabilities.
        expected = {self._nodes[0]: (np.zeros((0, n_outputs)), np.zeros(0))}
        for place, node in enumerate(self._nodes):
            if node not in expected:
                continue  # it is below a node that is split nowhere
            shares, weights = expected.pop(node)
            contributions = np.concatenate([shares, node.contributions(n_outputs)])
            probabilities = np.concatenate([weights, np.full(len(node.open), node.probability)])
            importance[place] = float((probabilities @ np.abs(contributions) / unit).sum())
            if node.n_split:
                tilts = node.tilts(contributions, unit, trust)
                for part, share in zip(node.parts, (contributions + tilts, contributions - tilts), strict=True):
                    expected[part] = share / 2, probabilities
            else:
                values[node.mask] = probabilities @ contributions / np.count_nonzero(node.mask)
                std_error[node.mask] = np.nan if node.parts or len(shares) else 0.0
        return values, std_error, importance

    def next(self, importance: list[float], count: int) -> list[tuple[_Node, _Context]]:
        """The most urgent splits: of each node the largest contributions first, each less urgent than the last."""
        unit = self._unit
        ranked = []
        for place, node in enumerate(self._nodes):
            if node.parts and node.open:
                sizes = (np.abs(node.contributions(len(unit))) / unit).sum(axis=1)
                order = sorted(range(len(sizes)), key=lambda context: -_about(sizes[context]))
                for turn, context in enumerate(order):
                    urgency = importance[place] / (1 + node.n_split + turn) ** HASTE
                    urgency += OWN * node.probability * sizes[context]
                    ranked.append((-_about(urgency), place, turn, node.open[context]))
        return [(self._nodes[place], context) for _, place, _, context in nsmallest(count, ranked)]

    def hear(self, splits: list[tuple[_Node, _Context]], reply: NDArray[np.float64]) -> None:
        """Take in the values, ``(2 n_splits, n_outputs)``, with only the left and only the right part of each."""
        self._lowest = np.minimum(self._lowest, reply.min(axis=0))
        self._highest = np.maximum(self._highest, reply.max(axis=0))
        unit = self._unit
        for (node, context), left, right in zip(splits, reply[::2], reply[1::2], strict=True):
            if node.n_split:
                guess = node.tilts((context.within - context.without)[None], unit, 1.0)[0] / unit
                self._agreed += node.probability * guess * (left - right) / unit
                self._expected += node.probability * guess**2
            node.split(context, left, right)


def _nodes(hierarchy: Hierarchy, active: tuple[int, ...], n_players: int) -> list[_Node]:
    """The groups of active players, level by level.

    Raises:
        InputError: An active player is missing, or there twice.
    """
    playing = set(active)
    if sorted(player for player in members(hierarchy) if player in playing) != sorted(active):
        raise InputError(
            "A player is missing, or there twice.",
            where="hierarchy",
            next="Put every player into exactly one place.",
            code="hierarchy",
        )
    nodes: list[_Node] = []
    waiting: list[tuple[tuple[Hierarchy, ...], _Node | None]] = [((hierarchy,), None)]
    for parts, above in waiting:  # it grows at its end
        parts = _playing(parts, playing)
        while len(parts) == 1 and isinstance(parts[0], tuple):
            parts = _playing(parts[0], playing)
        node = _Node(np.zeros(n_players, dtype=np.bool_), above.depth + 1 if above else 0)
        node.mask[[player for player in members(parts) if player in playing]] = True
        nodes.append(node)
        if above:
            above.parts.append(node)
        if len(parts) > 1:
            middle = len(parts) // 2
            waiting += [(parts[:middle], node), (parts[middle:], node)]
    return nodes


def _playing(parts: tuple[Hierarchy, ...], playing: set[int]) -> tuple[Hierarchy, ...]:
    """The parts that have a player that plays."""
    return tuple(part for part in parts if not playing.isdisjoint(members(part)))


def _about(number: float) -> float:
    """To eight bits, so that engines that differ in the last ones split in the same order."""
    mantissa, exponent = frexp(number)
    return ldexp(round(256 * mantissa), exponent)
