"""The back office: screens over the shop's own domain services, with no tables of its own.

Everything lies under /admin behind one guard (`access`): a view says which permission it needs, an unmarked view
answers 403. The rooms have the names of the storefront's rooms and hold only edges: views, forms, templates.
"""
