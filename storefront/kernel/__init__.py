"""What every room may use: money, time, refusals, state tables, events, pages and text.

Pure Python. No Flask, no database, no shop noun.
"""
