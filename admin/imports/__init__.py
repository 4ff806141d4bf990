"""Products, prices and stock into the shop and out of it, as files."""
