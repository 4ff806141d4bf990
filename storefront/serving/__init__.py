"""The processes of a running shop: who starts them, keeps them alive, and replaces them without a dropped request.

`python -m storefront.serving [web|jobs]` is a supervisor: it opens the port (or takes it from systemd) and starts
`WEB_WORKERS` processes that answer, each granian with one thread for Python, and the job worker. Nothing of the shop
is loaded in the supervisor, so there is little that could break it.

The port is one listening socket that all of them share. A worker that dies takes with it only what it was answering;
whoever knocks meanwhile waits in the socket's queue, which lives as long as the supervisor. A worker that dies is
replaced at once, and after a growing pause where it dies again and again: a shop does not close because a worker does.
So is one whose request never ends. A connection belongs to whoever took it, so a proxy in front should make a new one
for each request: of several kept ones all may lie with the same worker.

SIGHUP replaces every worker by one with the code that is there now, one after the other. A new worker says when it is
ready; only then the old one retires: it takes no more connections, answers with `Connection: close` for a while so that
browsers and proxies let go of it, and ends once everything is answered. Where new code does not start, the old workers
stay and the log says so. SIGTERM retires all of them.
"""
