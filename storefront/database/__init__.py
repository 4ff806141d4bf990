"""Everything that knows SQLAlchemy and no room: the base class, column types, and the only place that commits.

Writers open their transaction with `transaction()`. On SQLite that is `BEGIN IMMEDIATE`: a reader that turns writer
inside one transaction is refused by SQLite at once and no busy timeout helps, so the write lock is taken first.
"""
