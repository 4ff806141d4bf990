"""How merchandisers steer search and judge it: synonyms, rules with a preview, ratings of results, evaluations.

The form of a rule is one form over what was typed (`typed_rules` reads it into a `RulePlan` and shows a stored rule as
what would be typed). Pins are moved and rows taken away by buttons of the same form, so all of it works without a
script. Brands are typed by name (`brands`): there may be thousands. `files` reads what spreadsheets save, in whatever
encoding; `synonym_files` and `rating_files` read lines into plans, or into a sentence for each line that is wrong.
While no index answers, previews and ratings say so. `shelves` does for recommended shelves what this does for search.
"""
