"""Who changed what in the back office, with before and after. Rows are only ever added: triggers refuse the rest.

A person is named by number, never by name or address: what is written here cannot be forgotten.
"""
