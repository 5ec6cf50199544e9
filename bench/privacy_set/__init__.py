"""The seeded set of the privacy benchmark: invented identifiers in real medical text, and leaflets full of decoys."""
