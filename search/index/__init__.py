"""The index: generations on disk, the writer that makes them, the reader that answers from them, the holder that
swaps them.

`layout` knows directories, manifests and the CURRENT pointer; `writing` builds a generation (whole, or as a few
changes over the last one); `columns` and `postings` read one, out of mapped files (`packed`) that all processes share;
`matching` finds candidates, `steering` lets the merchant move some; `searcher` answers; `holder` keeps the newest good
one at hand.
"""
