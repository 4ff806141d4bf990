"""Experiments: who sees which variation, what came of it, and when that is enough to decide.

Everything that decides is pure (`assignment`, `metrics`, `planning`, `statistics`, `verdict`, `interleaving`): no
request, no database, no clock, no random but a hash. The rest of the room gathers what they need and stores what they
say.

Who sees what is stored nowhere, it is computed: the first eight bytes of sha256("salt:visitor"), modulo 10,000, are a
visitor's bucket. Three buckets with three salts decide, in this order:

* The shop's: the first 5 % are the holdout. They see no experiment at all, so that all of them together can be judged.
* The surface's (`shelf:home`, `search:ranking`): experiments on one surface each own slices of its 10,000 buckets, so a
  visitor is in one of them at most. Surfaces have salts of their own: what one sees here says nothing about there.
* The experiment's own: its arms own ranges. Why not cut the arms out of the slices directly? Because the next
  experiment on the same slices would find last month's arms still standing together, and measure their memories.

Every arm has a block as large as its weight and fills it from the start as far as coverage says. A ramp moves ends,
never starts, so nobody who has seen one arm is moved into another. Weights cannot change while it runs.

A visitor counts from the first time when the varied block was rendered (in every arm alike), and everything is measured
per visitor. Rows never travel to the rules: sums do (`statistics.moments`), which add up over groups of visitors.

How it decides (`verdict.read`):

1. Are the figures to be trusted? If visitors did not fall into the arms as planned (sample ratio), or too many were
   seen in several arms, or there are too few of them, nothing else is said.
2. Each arm is compared with the control: difference and relative lift with an interval, by Welch's test; ratios
   (average order, clicks per impression) by the delta method over visitors; less what the time before explains (CUPED).
3. One metric was named before as the one that decides. Several arms share its error by Holm's procedure.
4. Whoever looks every day must pay for it: by O'Brien-Fleming spending or by a confidence sequence. Both may be
   watched.
5. A guardrail has to be shown not to be worse than its margin.
6. A win needs whole weeks, at least two. Harm may end an experiment on any day.

`interleaving` compares two rankings inside one page; a shop with few visitors screens with it and confirms by revenue.
`drafting` makes the one list of them, and `preferring` reads from clicks which one visitors prefer.
The claims behind all this are simulated in `benchmarks/experiments`, and `flask experiments simulate` lets made-up
shoppers prove the whole way through the shop (`storefront.rehearsal`).

Who is in it. A visitor is a number in a cookie (`here`), set with the first page while any experiment runs, so that the
first page varies already; kept pages are kept once for each variation, and the cookie is never kept with them. Whoever
signs in takes over the number of the account, or gives it theirs: the first device decides what an account sees, and
figures count its devices as one visitor. Robots, staff, browsers that want no trace and those that keep no cookies see
what everybody sees and count for nothing. An experiment whose variations name something that is gone does so too, for
everybody and in every arm, until it is there again; the back office says so. What has begun is never changed: another
version is another experiment with another salt.

To make a place variable, its room does three things:

* It declares the place when the application is made (in `context.init_app`), with what may be different there:
  `declare(Surface(name="shelf:", label=N_("Shelves"), places=..., fields=(Field(key="model", label=N_("Model"),
  kind=Kind.CHOICE, options=...),)))`. A name that ends with a colon is a family. Options are asked often: from memory.
* Where it decides what to show, it asks `here.variation("shelf:home")`: None is what everybody sees, else `params` say
  what is different, and are empty for the control. A page that is kept has `by=lambda: here.varied_key("shelf:")`.
* Where the block is shown, in every arm and whether its page was kept or not, it says `here.expose("shelf:home")`
  before anything is recorded that a metric counts. Where nothing can be shown whichever the arm, it says nothing.
"""
