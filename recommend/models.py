"""Learnt models: implicit-feedback ALS over customers and goods, and the usual weightings of item vectors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from recommend.columns import Floats
from recommend.matrix import row_of_entries
from recommend.settings import Settings


@dataclass(frozen=True, slots=True, eq=False)
class Factors:
    """Customers and goods in one space: a score is the inner product of two rows."""

    users: Floats
    items: Floats


Factoriser = Callable[[csr_matrix, Settings], Factors]
"""How the factors of (users x items) purchase counts are learnt."""


def factorise(counts: csr_matrix, settings: Settings) -> Factors:
    """Factorise in this process."""
    return als(
        counts,
        factors=settings.factors,
        regularization=settings.regularization,
        iterations=settings.iterations,
        seed=settings.seed,
    )


def als(
    counts: csr_matrix, *, factors: int = 64, regularization: float = 10.0, iterations: int = 15, seed: int = 42
) -> Factors:
    """Factorise a (users x items) matrix of purchase counts (Hu, Koren and Volinsky 2008).

    The confidence of a purchase is 1 + log(1 + count): below 1 the library would take it as *less* than never
    bought. One thread everywhere, so that the same counts and seed give the same bits. Only the factors
    leave: the library's own `recommend` hides what was bought before, which is most of what a shopper buys
    next.
    """
    confidence = counts.astype(np.float32)
    confidence.data = 1.0 + np.log1p(confidence.data)
    smaller = max(1, min(factors, *counts.shape))
    with threadpool_limits(limits=1, user_api="blas"):
        model = AlternatingLeastSquares(
            factors=smaller,
            regularization=regularization,
            iterations=iterations,
            num_threads=1,
            random_state=seed,
            dtype=np.float32,
        )
        model.fit(confidence, show_progress=False)
    return Factors(np.asarray(model.user_factors), np.asarray(model.item_factors))


def tf_idf(counts: csr_matrix) -> csr_matrix:
    """Weigh (users x items) counts as sqrt(count) * log(items / (1 + the customer's different items)).

    Every item is a document whose words are its customers: one who buys everything says little about any of
    it.
    """
    different = np.diff(counts.indptr)
    rarity = np.maximum(np.log(max(counts.shape[1], 1)) - np.log1p(different), 0.0)
    values = np.sqrt(counts.data) * rarity[row_of_entries(counts)]
    return csr_matrix((values, counts.indices, counts.indptr), shape=counts.shape)


def unit_columns(matrix: csr_matrix) -> csr_matrix:
    """Scale every column to length 1 (empty ones stay empty): inner products of columns become cosines."""
    length = np.sqrt(np.bincount(matrix.indices, weights=matrix.data**2, minlength=matrix.shape[1]))
    scale = np.divide(1.0, length, out=np.zeros_like(length), where=length > 0)
    return csr_matrix((matrix.data * scale[matrix.indices], matrix.indices, matrix.indptr), shape=matrix.shape)


def unit_rows(matrix: csr_matrix) -> csr_matrix:
    """Scale every row to length 1 (empty ones stay empty)."""
    rows = row_of_entries(matrix)
    length = np.sqrt(np.bincount(rows, weights=matrix.data**2, minlength=matrix.shape[0]))
    scale = np.divide(1.0, length, out=np.zeros_like(length), where=length > 0)
    return csr_matrix((matrix.data * scale[rows], matrix.indices, matrix.indptr), shape=matrix.shape)
