"""What the processes and machines of a shop share beside its database. Everything here may be lost: nothing that must
be kept is kept here, and a shop whose Redis is gone sells on.

`store` is the Redis of `REDIS_URL`, asked with little patience: a tenth of a second, and after a failure not at all for
some seconds, so that a Redis which is gone costs requests nothing. Whoever asks has an answer of their own for then.
The job queue is on it, and so are counts of who does what how often (`web/limits.py`).

Pages and what they are made of are not on it: each process keeps its own, for fetching one from Redis would cost more
than half of what sending one does. What is shared instead is the news that something has changed (`changes`): the
process that commits says so, and the others look before their next answer. On one machine that is told through a few
bytes of shared memory; between machines by a Redis channel, that is within a millisecond or so. Where neither works,
each process looks every two seconds by itself, as it always does.
"""
