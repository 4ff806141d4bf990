"""The processes of a running shop: who starts them, keeps them alive, and replaces them without a dropped request.

`python -m storefront.serving [web|jobs]` is a supervisor: it opens the port (or takes it from systemd) and sees to it
that there are `WEB_WORKERS` processes that answer, each granian with one thread for Python, and the job worker. Nothing
of the shop is loaded in the supervisor, so there is little that could break it.

With `OFFICE_PORT` there is one more, on a port of its own, to which a proxy sends the back office: a worker answers one
request after the other, and nobody who shops should wait for a colleague's report over a year.

The shop is loaded once, by a **fork server** (as `multiprocessing` calls it; others say zygote). It opens nothing: it
imports, builds the application, sets it apart from the collector of garbage, and waits. Each worker is forked from it,
so it is there at once and shares the memory of what was loaded as far as nobody writes to it. What a process must have
of its own, connections, threads, open indexes, its place among the figures, is made after the fork, by the home page
that a web worker asks itself for before it answers anybody, and the searches right after. A fork server that dies takes
nobody with it: workers go on, and another one is started for those to come, of the code that is there then.

The port is one listening socket that all workers share. One that dies takes with it only what it was answering;
whoever knocks meanwhile waits in the socket's queue, which lives as long as the supervisor. A worker that dies is
replaced at once, and after a growing pause where it dies again and again: a shop does not close because a worker does.
So is one whose request never ends. A connection belongs to whoever took it, so a proxy in front should make a new one
for each request: of several kept ones all may lie with the same worker.

SIGHUP has the code that is there now loaded by a new fork server, and replaces every worker by one of that, one after
the other. A new worker says when it is ready; only then the old one retires: it takes no more connections, answers with
`Connection: close` for a while so that browsers and proxies let go of it, and ends once everything is answered. Where
new code does not start, the old workers stay, their fork server too, and the log says so. SIGTERM retires all of them.

Each process has a line (a pair of sockets) to the supervisor. At its end of it the supervisor hears who was born, who
is ready, and, from the fork server, with which code somebody ended; when the other end closes, the process is gone, and
when the supervisor's does, the processes end. On Linux they are called `shop-fork`, `shop-web`, `shop-office` and
`shop-jobs`.
"""
