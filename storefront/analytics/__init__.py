"""What shoppers did: searches and recommended shelves, what they opened, put into the cart and bought because of them.

Other rooms publish: they hand `recording.record` one of the frozen values of `events`, each of which is the schema of
what it tells. Nothing is written before the answer is sent: the events of a process wait in a buffer and go into the
database together, in a transaction of their own. A database that is busy gets them with the next ones; a failure is
logged and never shown; a process that dies loses what it had not written. `reports.search_report` and
`shelf_reports.shelf_report` are the ways to read them.

Nobody is known here: a visitor is a random number in a cookie that is set with the first search, the first page of a
shelf, the first time a shelf is used, or any page while an experiment runs, and browsers that ask not to be followed
have none; what they do counts all the same, without a visitor. Robots, pages fetched ahead and signed-in staff are left
out. The one thread to a person is the number of an order: it is kept so that a cancelled order can take its revenue
back, and goes when the order is older than the merchant keeps what was recorded.

How things are told apart:

* The same words of the same visitor within half an hour are one search: turning pages, filtering and sorting `continue`
  it and do not count again.
* Every answered shelf is one row: goods with their sources in rank order, the model that chose them, the experiment. It
  is shown when it is rendered, seen when half of it was in view for a second (a page of its own at once), empty when
  it had nothing and was hidden. What only a visitor's device remembers (looked at lately) is not recorded.
* A product counts as clicked once per search or shelf. Its rank is what the shop itself had shown, whatever a script
  reports; what was not shown, or was shown to somebody else, is ignored. A shelf that was shown to a browser without a
  number is that of the first one to use it. After a day neither can be used any more.
* What is put into the cart counts for the shelf or list it was put in from, else for the last click on it within seven
  days by this visitor, be it on a shelf or in a search.
* What is bought counts for the last click or addition within seven days, over shelves and searches alike, once for each
  order and product, by the order lines as they were sold. A cancelled order takes its revenue back.
  Goods that came back and were paid back take theirs, pro rata to the pieces of their line and on the day of the sale,
  as a cancellation does; the order itself goes on counting as one, and what was exchanged is still sold.
* What found nothing while filters were on is not counted among what found nothing: there may be goods without them.

Every order that a person placed is kept as well (`behaviour_order`), with its visitor where there is one, whatever led
to it: that is what visitors are compared by who were shown different things. Its cost is that of that day.

An entry of a curated page is seen when it was in view for a second, and opened by a visitor once in half an hour,
whatever link in it they follow. Days are counted, and who opened one is kept for a while: an order counts for the entry
that its visitor opened last within the seven days before (`entry_reports`), beside what shelves and searches are
credited with.

A search or shelf carries the sums of what became of it, so that a report reads one range of one table. What is older
than the merchant keeps it (`analytics_keep_days`) is removed at night with everything that belongs to it; shelves, of
which there are many, after 90 days at most. When nothing can happen to the shelves of a day any more (16 days) it is
summed up by shelf, model, experiment and variation, and by source: those sums hold nobody, and stay.

Who opens the shop is counted once a day for each browser, cookie or not (`greeting`): it is told apart by its address
and its name under a salt of that day, and the salt goes when the day is over, so that nobody can be followed from one
day to the next. Browsers that ask not to be followed are not counted. After 15 days only sums by source and device
stay; `visits` reads both.
"""
