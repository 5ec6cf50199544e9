"""Exact and near duplicates: signatures, bands, clusters, verification and the verdict with its evidence."""
