"""What shoppers did: searches, which results they opened, what they put into the cart and bought because of them.

Other rooms publish: they hand `recording.record` one of the frozen values of `events`, each of which is the schema of
what it tells. Nothing is written before the answer is sent: the events of a process wait in a buffer and go into the
database together, in a transaction of their own. A database that is busy gets them with the next ones; a failure is
logged and never shown; a process that dies loses what it had not written. `reports.search_report` is the one way to
read them.

Nobody is known here: a visitor is a random number in a cookie that is set with the first search, and browsers that ask
not to be followed have none; their searches count all the same, without a visitor. Robots, pages fetched ahead and
signed-in staff are left out. The one thread to a person is the number of an order: it is kept so that a cancelled order
can take its revenue back, and goes when the order is older than the merchant keeps what was recorded.

How things are told apart:

* The same words of the same visitor within half an hour are one search: turning pages, filtering and sorting `continue`
  it and do not count again.
* A product counts as clicked once per search. Its rank is what the shop itself had shown, whatever a script reports.
* What is put into the cart counts for the search whose list it was put in from, else for the last search within seven
  days from which this visitor opened the product.
* What is bought counts for the last such click or addition within seven days, once per order and product, by the order
  lines as they were sold. A cancelled order takes its revenue back.

Every order that a person placed is kept as well (`behaviour_order`), with its visitor where there is one, whatever led
to it: that is what visitors are compared by who were shown different things. Its cost is that of that day.

A search carries the sums of what became of it, so that a report reads one range of one table. Searches older than the
merchant keeps them (`analytics_keep_days`) are removed at night with everything that belongs to them.
"""
