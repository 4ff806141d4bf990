"""Curated pages: slots in order beside the page as it will be, what each shows when, who lets it through, campaigns."""
