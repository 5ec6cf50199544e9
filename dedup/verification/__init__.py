"""From clusters to duplicates: each document measured against the best that stay."""
