"""Boosted trees as plain arrays: fitted elsewhere, evaluated here with numpy alone, so that a web worker may."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """Trees of one depth side by side, `nodes` nodes each; no tree at all means that nothing was learnt.

    A row of features goes to the left of a node when its `feature` is at most the node's `threshold`. `child`
    holds left and right alternately, as places in the flat arrays; a leaf leads to itself. `value` counts at
    leaves only.
    """

    feature: NDArray[np.intp]
    threshold: Rows
    child: NDArray[np.intp]
    value: Rows
    roots: NDArray[np.intp]
    depth: int

    def __bool__(self) -> bool:
        return len(self.roots) > 0

    def scores(self, rows: NDArray[np.floating]) -> Rows:
        """Return the summed leaf values of every row: the log-odds, but for a constant."""
        count, width = rows.shape
        flat = np.ascontiguousarray(rows).reshape(-1)
        start = (np.arange(count) * width)[:, None]
        at = np.broadcast_to(self.roots, (count, len(self.roots)))
        for _ in range(self.depth):
            asked = self.feature.take(at)
            asked += start
            right = flat.take(asked) > self.threshold.take(at)
            place = at * 2
            place += right
            at = self.child.take(place)
        return np.asarray(self.value.take(at).sum(axis=1))

    def stored(self) -> tuple[NDArray[np.int32], Rows]:
        """Return the arrays that make a file each: (nodes, 3) of feature, left, right, and (nodes, 2) of numbers.

        The last row of the first holds the number of trees, the depth and 0.
        """
        links = np.stack([self.feature, self.child[::2], self.child[1::2]], axis=1)
        tail = np.array([[len(self.roots), self.depth, 0]], np.int32)
        numbers = np.stack([self.threshold, self.value], axis=1)
        return np.concatenate([links, tail]).astype(np.int32), numbers

    @staticmethod
    def read(links: NDArray[np.int32], numbers: Rows) -> Trees:
        """Build from what `stored` gave; raise ValueError for links that lead out of the arrays."""
        if links.ndim != 2 or links.shape[1] != 3 or len(links) != len(numbers) + 1 or numbers.shape[1:] != (2,):
            raise ValueError("the trees and their numbers do not fit together")
        nodes, trees, depth = len(numbers), int(links[-1, 0]), int(links[-1, 1])
        body = links[:-1]
        if body.size and (int(body.min()) < 0 or int(body[:, 1:].max()) >= nodes):
            raise ValueError("a tree leads nowhere")
        if trees < 0 or (nodes % trees if trees else nodes) or not 0 <= depth <= 64:
            raise ValueError("the trees differ in size")
        return Trees(
            feature=body[:, 0].astype(np.intp),
            threshold=np.ascontiguousarray(numbers[:, 0]),
            child=body[:, 1:].astype(np.intp).reshape(-1),
            value=np.ascontiguousarray(numbers[:, 1]),
            roots=(np.arange(trees) * (nodes // trees if trees else 0)).astype(np.intp),
            depth=depth,
        )


def no_trees() -> Trees:
    """Return the trees of who has learnt nothing."""
    return Trees.read(np.zeros((1, 3), np.int32), np.zeros((0, 2)))
