"""What operators see of every process: lines of the log, figures for a monitor, and traces where they are asked for.

**Lines** are JSON, and each says what it is about (`about`): the request, the order, the job. These facts stand in a
context variable, so whoever logs need not know them. A job that a request queued names the request too.

**Figures** are counters of `prometheus-client`. Every process has files of its own in its machine's folder of
`DATA_DIR`, mapped into memory, so that counting is a write to memory and whichever worker is asked can add up all of
them. A process holds a lock on a file for as long as it lives: what it counted is added to the sum of those who are
gone once it lets go. So figures never go back, whether a worker dies, is replaced while others work, or shares its
directory with other containers of the same host name; nothing has to be cleaned when the shop starts. Room on the disk
is taken when a file is made, because a write to a mapped file on a full disk would end the process.

This room is the lowest but for `kernel`: it knows neither Flask nor a database, so that everything may use it.
"""
