"""Invoices and credit notes: numbered without gaps, never changed.

An order that is paid can have an invoice; its number is given once, when somebody first asks for it. Numbers begin with
1 in each year of the shop and have no gaps: the counter moves in the transaction that writes the invoice, so what is
rolled back gives its number back. Invoices and credit notes have one row of numbers together.

Money that went back gets a credit note, for the refunds before the invoice at once, for later ones when they succeed;
its tax is the share of the order's tax, rounded so that all notes together bear what their sum bears.

Who sells is copied from the settings onto each document. Who buys is read from the order, so that it goes with the
person (see `privacy`); what they typed for the invoice, a company and a tax number, goes as well.
"""
