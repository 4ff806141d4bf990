"""Products, prices and stock from a file, and into one.

A file is kept as it came. Its columns are given meanings (`fields`): guessed from their names, changed by a person, and
remembered for that person. Then every row is checked (`checking`), without a change: its cells become the texts in
which an export would write them (`values`), and what differs from the shop is a change, old and new (`planning`). An
empty cell leaves things as they are, `[empty]` empties them; so a file that was exported changes nothing.

A run (`applying`) carries out what was checked, a row wholly or not at all, through the services of the catalogue and
the stock room, so that prices have their history, changes their ledger, limits their second person and the index its
news. Each row is claimed in the transaction that changes it: a run that was cut off goes on and does nothing twice.
Whatever somebody else changed since the check is told, not overwritten. What was there before is kept, so an import can
be taken back: by an import of its own, row by row, but for rows that have changed since.
"""
