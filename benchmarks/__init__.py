"""How fast the shop is, as ratios to a bare page and a bare insert measured in the same run. `python -m benchmarks`."""
