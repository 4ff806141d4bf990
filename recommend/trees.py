"""Boosted trees as plain arrays: fitted elsewhere, evaluated here with numpy alone, so that a web worker may."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float64]
EIGHT = 8


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


@dataclass(frozen=True, slots=True, eq=False)
class SmallTrees:
    """Trees of at most EIGHT leaves, asked all at once: which leaves does a row rule out?

    `feature` and `threshold` are those of the inner nodes, `inner` of each tree. A row that goes to the right of a node
    can no longer end in the leaves to its left, the bits of `ruled_out`; it ends in the leftmost leaf that is left.
    `value` holds the value of that leaf for every tree and set of leaves ruled out (256 each), `base` where a tree's
    begin. (After Lucchese et al., QuickScorer, 2015.)
    """

    feature: NDArray[np.intp]
    threshold: NDArray[np.float32]
    ruled_out: NDArray[np.uint8]
    value: Rows
    base: NDArray[np.intp]

    def __bool__(self) -> bool:
        return len(self.base) > 0

    def scores(self, rows: NDArray[np.float32]) -> Rows:
        """Return what `Trees.scores` returns, to the bit."""
        right = rows.T.take(self.feature, axis=0) > self.threshold
        gone = right.view(np.uint8) * self.ruled_out
        gone = np.bitwise_or.reduce(
            gone.reshape(len(self.base), len(self.feature) // len(self.base), len(rows)), axis=1
        )
        return np.asarray(self.value.take((gone + self.base).T.copy()).sum(axis=1))


def swift(trees: Trees) -> Trees | SmallTrees:
    """Return trees that answer the same, but soon; those with more than EIGHT leaves stay as they are."""
    if not trees:
        return trees
    grown = [_grown(trees, int(root)) for root in trees.roots]
    if max(len(leaves) for _, leaves in grown) > EIGHT:
        return trees
    inner = max(1, *(len(nodes) for nodes, _ in grown))
    shape = (len(grown), inner)
    feature, ruled_out = np.zeros(shape, np.intp), np.zeros(shape, np.uint8)
    threshold = np.full(shape, np.inf, np.float32)
    value = np.empty((len(grown), 256))
    first_left = np.array([next((bit for bit in range(EIGHT) if not gone >> bit & 1), 0) for gone in range(256)])
    for row, (nodes, leaves) in enumerate(grown):
        for place, (node, bits) in enumerate(nodes):
            feature[row, place], ruled_out[row, place] = trees.feature[node], bits
            threshold[row, place] = _at_most(trees.threshold[node])
        values = trees.value[leaves]
        value[row] = values[np.minimum(first_left, len(leaves) - 1)]
    return SmallTrees(
        feature=feature.reshape(-1),
        threshold=threshold.reshape(-1, 1),
        ruled_out=ruled_out.reshape(-1, 1),
        value=value.reshape(-1),
        base=(np.arange(len(grown)) * 256)[:, None],
    )


def _grown(trees: Trees, root: int) -> tuple[list[tuple[int, int]], list[int]]:
    """Return the inner nodes of a tree, each with the bits of the leaves to its left, and its leaves from the left."""
    nodes: list[tuple[int, int]] = []
    leaves: list[int] = []

    def walk(node: int) -> None:
        left, right = int(trees.child[2 * node]), int(trees.child[2 * node + 1])
        if left == node or len(leaves) > EIGHT:
            leaves.append(node)
            return
        begun = len(leaves)
        walk(left)
        nodes.append((node, (1 << len(leaves)) - (1 << begun)))
        walk(right)

    walk(root)
    return nodes, leaves


def _at_most(threshold: float) -> np.float32:
    """Return the greatest float of 32 bits up to a threshold: such floats are above both or above neither."""
    near = np.float32(threshold)
    return near if near <= threshold else np.nextafter(near, np.float32(-np.inf))


def no_trees() -> Trees:
    """Return the trees of who has learnt nothing."""
    return Trees.read(np.zeros((1, 3), np.int32), np.zeros((0, 2)))
