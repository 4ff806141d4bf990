"""The back office: screens over the shop's own domain services, with no tables of its own.

Everything lies under /admin behind one guard (`access`): a view says which permission it needs, an unmarked view
answers 403; the most dangerous ask once more who one is. What one person may not decide alone (`NeedsApproval` from a
service) becomes a request to another (`approvals`). The rooms have the names of the storefront's rooms and hold only
edges: views, forms, templates.
"""
