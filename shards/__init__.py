"""Ground floor: the document schema, the content-addressed store, shard files and what every step has in common."""
