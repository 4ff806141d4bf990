"""Products: the list, words, prices and stock; the category tree; collections by hand or rules; what goes together."""
