"""Money coming in and going back: payments, refunds, and the append-only transactions that say what providers did.

A provider (`providers.Provider`, one file each) starts a payment and answers what became of it. It is spoken to outside
any transaction (`talking`): the order is committed first, then the provider is asked, then the answer is booked. Where
nobody is to be asked (cash, bank transfer), an attempt is opened with the order, in its transaction. Each
transaction carries the provider's reference and an idempotency key, both unique, so the same fact told twice, by a
webhook, a query or the answer to a call, is one.

Each attempt to pay is a payment of its own: one that was declined stays declined, and the shopper begins another, with
the same provider or another one. What a provider says must name the amount and currency that were asked for, or nothing
is booked and the back office is told. Money that comes after its order was cancelled is booked too, and goes back by
itself unless the merchant wants to decide.

What arrives at a webhook is kept as it arrived, then verified, then booked, in whatever order it comes. Payments that
nobody tells of are asked about by the clock. A refund is set aside from what was captured in the transaction that wants
it (`services.ask_refund`), sent by a job, retried, and told as RefundSucceeded or RefundFailed; what was refunded and
what is under way never exceed what was captured. When it succeeds it keeps how much of it was more than the order costs
(`overpaid_minor`: the order was changed to less, or paid twice). What is overpaid goes back first, and only what goes
back beyond it makes the sale smaller: taxes, credit notes and figures go by that, however the money went.

A payer may contest a payment at a bank or a provider. What is taken back then (a chargeback), what is returned, and the
fee for it stand in the same transactions, told by whatever messages come, in any order; a dispute keeps its state and
the day until which the merchant can answer. What can be refunded is captured - refunded - under way - lost, so that the
same money never goes out twice, and an order whose money a bank has is not sent.
"""
