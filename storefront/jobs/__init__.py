"""Work that happens after the answer: queued jobs, periodic jobs, retries, and the dead letters that are left.

A job is a thin, idempotent function marked `@job()` or `@periodic(...)` in a room's `jobs.py`. Work that must not be
lost is a row of its room (a mail in the outbox, a product to index) written in the caller's transaction; the job that
is enqueued after the commit only makes it happen soon, and a periodic sweep picks up what a crash left behind.

A job that fails on its last try leaves a dead letter, with its arguments: somebody tries it again or dismisses it. When
a periodic job last ran is kept, so a worker that has stopped is seen.

The queue is Huey: on SQLite beside the database by default, on Redis with `REDIS_URL`. `flask jobs work` runs a worker.
"""
