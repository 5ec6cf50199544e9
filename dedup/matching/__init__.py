"""From signatures to clusters of documents that may be duplicates: bands, edges, components."""
