"""Medical pages written to be hard: what must be in their text, and what must not, stands beside each."""
