"""Experiments: planned by live traffic, checked, started, ramped, watched, ended and concluded; and what they say.

While alarms ring (visitors that did not fall into the arms as planned, or who saw several of them) no figure of a
metric is shown: the page says why, since numbers that cannot be trusted are believed all the same once they are seen.
"""
