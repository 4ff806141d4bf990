"""Recommendations from plain interactions: who bought what, when, in which basket. Knows no shop, no database, no web.

Training reads a history (`Interactions`) and what is known of the goods (`Items`), fits tables, judges them
on the last four weeks and publishes them as a directory of memory-mapped `.npy` files (`train_and_publish`).
Serving opens that directory (`Holder`) and answers from it (`Recommender`) by looking up and adding short
lists: no model runs inside a request.

What each surface uses, and why:

* home and buy again: boosted trees, fitted to what the last eight weeks answered, judge a customer's habits (how often,
  how long ago against the usual interval, in which of the last orders) and a few discoveries. The lists are
  written at training. Where too little was answered to learn from, home is how often a customer buys an item, recent
  baskets counting more (half-life 60 days), plus a share of an implicit-feedback ALS, and buy again the former alone.
  Nothing bought is ever filtered out, and every habit says when it is due: after the customer's own interval, drawn
  towards the item's and its type's.
* discover: a sparse linear model (SLIM on the fifty nearest items), lifted by the season; what was bought is left out.
* cart: for every pair of items a damped co-occurrence plus a little cosine over baskets, summed over the cart, plus
  the customer's habits; small trees, evaluated in numpy, take a second look at the best forty-eight. After a purchase
  the same without the product types just bought, for one usual interval.
* bought together: P(j | i) over baskets, for pairs seen often enough.
* similar: the same product type, ranked by shared customers, who turned from one to the other, price and popularity.
  What a known customer buys again and again of the type comes first.
* something new: if asked for, the last place of a small share of the lists tries what nobody has bought yet, by
  nearness of type, category and price, and tells the propensity.
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
