"""Versions of a corpus: immutable manifests, the index over them, dataset cards and publishing."""
