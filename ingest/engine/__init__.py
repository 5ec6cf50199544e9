"""The build engine: a graph of steps over partitions, run in this process or on Ray; all Ray code lives here."""
