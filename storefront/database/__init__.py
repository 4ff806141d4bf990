"""Everything that knows SQLAlchemy and no room: the base class, column types, and the only place that commits.

Writers open their transaction with `transaction()`. On SQLite that is `BEGIN IMMEDIATE`: a reader that turns writer
inside one transaction is refused by SQLite at once and no busy timeout helps, so the write lock is taken first.

**Isolation** on PostgreSQL is READ COMMITTED, its default. Nothing in the shop decides on what a query read a statement
ago: what can run out (stock, points, coupons, flash pieces) is taken by one conditional UPDATE whose WHERE says what
must still be so, and the count of rows tells whether it was; PostgreSQL looks at the row again after it has waited for
another writer. Where a decision needs several rows to stand still (an order being paid and cancelled at once, the
warehouses a basket is cut over, the slots of a page) those are read FOR UPDATE, and read anew, first. Unique
constraints have the last word where two may insert the same. SERIALIZABLE would make every writer a candidate for
another try, for no anomaly that is left.

**Lock order** is from the one thing outward: the cart or the order first, then payment, stock levels by variant and
warehouse, coupons and points, ledgers last; several rows of one table always by ascending key. Two transactions can
still meet crosswise where a foreign key locks what it refers to, or the back office edits much at once. PostgreSQL
then ends one of them after a second. A request that lost is run once more from the beginning (`web/again.py`), a job is
tried again by its queue: nobody sees a deadlock.

**Patience.** A process has one thread that answers, so it holds one connection, a second for what is written beside
the session, a third for work after the answer: a pool of `DATABASE_POOL` (3), with a few to spare. Count (3 + 5) for
each worker against the server's `max_connections`. A statement for somebody who waits ends after `DATABASE_TIMEOUT`
(30 s), one of a job after `DATABASE_JOB_TIMEOUT` (15 min); nobody waits longer than 10 s for a lock; a transaction that
rests for a minute within a request belongs to a process that hangs, and is ended so that its locks are free. TCP
keepalives find a server that vanished within a minute. `application_name` says which process holds what
(`pg_stat_activity`). A process counts as one that answers from its first request on.

**A replica** may take what strangers read (`replica.py`): the marked views of readers who have nothing here. No price
is decided on it, and no page made from it that is older than what this process knows.
"""
