"""Promotions as merchandisers work with them: the list, the builder, the calendar, a cart "as if", the report.

The builder is one form. What was typed (`typed`) is read by `reading` into a `PromotionPlan`, or into a sentence beside
each field that is wrong; the same reading feeds the summary in plain words and the check beside the form, so what is
read there is what will be stored. `patterns` says which kinds there are and which fields each has; `showing` turns a
stored promotion back into what would be typed. Rows are added and taken away by buttons of the same form, so all of it
works without a script.
"""
