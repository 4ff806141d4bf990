"""Invoices and credit notes: numbered without gaps, never changed.

An order that is paid can have an invoice; its number is given once, when somebody first asks for it. Numbers begin with
1 in each year of the shop and have no gaps: the counter moves in the transaction that writes the invoice, so what is
rolled back gives its number back. Invoices and credit notes have one row of numbers together.

Money that went back gets a credit note, for the refunds before the invoice at once, for later ones when they succeed.
It takes what all papers of an order say nearer to what its sale is, amount and tax, by what went back at most; so a
change of the order is credited once however its money went, and what had been paid twice needs no note.

Who sells is copied from the settings onto each document, and who buys from the order: an invoice never changes, and is
printed in the language of its order. When a buyer asks to be forgotten (see `privacy`) the order forgets them at once,
while an invoice that was issued keeps name, address, company and tax number until the years that tax law says are over
(`invoice_keep_years`, counted from the end of the year of issue; GDPR art. 17 (3) b); then the clock takes them away
(`forgetting`). With 0 years they go at once. Meanwhile only staff who may see orders can print it.
"""
