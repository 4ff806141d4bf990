"""Recommendations from plain interactions: who bought what, when, in which basket. Knows no shop, no database, no web.

Training reads a history (`Interactions`) and what is known of the goods (`Items`), fits tables, judges them
on the last four weeks and publishes them as a directory of memory-mapped `.npy` files (`train_and_publish`).
Serving opens that directory (`Holder`) and answers from it (`Recommender`) by looking up and adding short
lists: no model runs inside a request.

What each surface uses, and why:

* home: how often a customer buys an item, recent baskets counting more (half-life 60 days), plus a share of
  an implicit-feedback ALS. What people buy again beats every collaborative model; the factors order the rest
  and bring in the new.
* buy again: the habits alone; nothing bought is ever filtered out.
* cart: for every pair of items a damped co-occurrence plus a little cosine over baskets, summed over the cart, plus
  the customer's habits.
* bought together: P(j | i) over baskets, for pairs seen often enough.
* similar: the same product type, ranked by shared customers and popularity; by price for goods without
  history.
* popular: baskets of the last 28 days, overall and per category: the fallback of everything else.

Whoever has no shop uses `python -m recommend fit` and `predict` on Parquet files (`recommend.__main__`). What is
trained is judged before it is served (`recommend.gate`): candidates compete on past weeks, and the incumbent stays
when the new tables are unsound, poorer or worse. A Spark cluster may learn the factors (`recommend.spark`).

Training is imported from `recommend.training`, so that a process which only serves carries none of its libraries.
The same history, date and seed give the same bytes. Lines after the date change nothing.
"""

from recommend.artifacts import Artefact, ArtefactError, Manifest, Tables, TrainingBusy, open_artefact
from recommend.blending import Keep, Recommendation, Source
from recommend.columns import Id
from recommend.evaluation import Metrics, evaluate
from recommend.holder import Holder
from recommend.interactions import Interactions, Items
from recommend.serving import Asked, Recommender

__all__ = [
    "Artefact",
    "ArtefactError",
    "Asked",
    "Holder",
    "Id",
    "Interactions",
    "Items",
    "Keep",
    "Manifest",
    "Metrics",
    "Recommendation",
    "Recommender",
    "Source",
    "Tables",
    "TrainingBusy",
    "evaluate",
    "open_artefact",
]
