"""What the statistics of experiments promise, held against thousands of simulated ones: see README.md."""
