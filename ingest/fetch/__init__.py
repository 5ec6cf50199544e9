"""Bringing a source's files from its publisher to this machine: polite, resumable, checked. Readers never do this."""
