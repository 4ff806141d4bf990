"""Work that happens after the answer: queued jobs, periodic jobs, retries, and the dead letters that are left.

A job is a thin, idempotent function marked `@job()` or `@periodic(...)` in a room's `jobs.py`. Work that must not be
lost is a row of its room (a mail in the outbox, a product to index) written in the caller's transaction; the job that
is enqueued after the commit only makes it happen soon, and a periodic sweep picks up what a crash left behind.

A job that fails on its last try leaves a dead letter, with its arguments: somebody tries it again or dismisses it. When
a periodic job last ran is kept, so a worker that has stopped is seen.

The queue is Huey: on SQLite beside the database by default, on Redis with `REDIS_URL`. `flask jobs work` runs a worker.
There may be several, on several machines: a job is given to one of them, and what the clock asks for is queued once a
minute, by whichever worker sees the minute first. While Redis is gone requests queue nothing and wait for nothing: the
sweeps, which read the database, do the work when it is back. SIGTERM lets a worker finish the job it is doing.
"""
