"""Side-by-side measurements: one file a benchmark, each run alone or all by `make bench`."""
