"""How merchandisers steer recommended shelves and watch the trainings behind them.

The form of a rule is one form over what was typed, as that of a search rule is: `typed` reads it into a `RulePlan`,
`pages` gathers what the page shows around it and tries the rule for a customer or a product. `lines` draws how good the
tables were over time.
"""
