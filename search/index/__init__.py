"""The index: generations on disk, the writer that makes them, the reader that answers from them, the holder that
swaps them.

`layout` knows directories, manifests and the CURRENT pointer; `writing` builds a generation (whole, or as a few
changes over the last one); `columns` and `lists` read one, out of mapped files (`packed`) that all processes share;
`terms` weighs postings; `matching` and `walking` find candidates, `steering` lets the merchant move some; `searcher`
answers; `holder` keeps the newest good one at hand.
"""
