"""The door of the back office, what concerns oneself, who works here, roles, and groups of customers."""
