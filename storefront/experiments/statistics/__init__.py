"""What a difference is worth: pure statistics over sums, every formula with its source, every one held to an oracle.

* `moments`: the sums that travel. * `means`: Welch's test and relative lift. * `ratios`: the delta method.
* `cuped`: less what the time before explains. * `proportions`: Wilson. * `sequential`: looking every day, honestly.
* `srm`: did visitors come as planned? * `corrections`: several arms. * `noninferiority`: guardrails.
* `power`: what a number of visitors can show.
"""
