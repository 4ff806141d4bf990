"""What members of staff arrange for themselves, and what they do to many things at once.

Of each list a person keeps which columns they leave out and which views of it they have named: a view is a query, so
its address can be given to anybody, who sees in it what their role may see. What is done to many things is a run: its
items wait in a table, each is claimed and changed in one transaction, so a run that was cut off goes on where it
stopped and does nothing twice; an item that a rule refuses keeps the reason.
"""
