"""Earlier versions: their stored signatures, and the rank of their documents."""
