"""What `python -m ingest` shows: `plan` · `progress` and `report` of a build · `fetching` · the kinds of `sources`."""
