"""A small multilingual web site with planted traps, for the demo and for tests."""
