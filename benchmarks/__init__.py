"""Speed and memory, measured. `make bench` prints every table; the last results stand in docs/benchmarks.md."""
