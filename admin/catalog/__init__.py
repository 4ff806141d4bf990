"""Products: the list, and editing of words, prices and stock."""
