"""Invoices and credit notes for who keeps the books, also of buyers who were forgotten."""
