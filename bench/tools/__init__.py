"""What benchmarks share: real pages as input, and the measuring of child processes."""
