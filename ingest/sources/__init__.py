"""Readers: each turns a pinned partition (a file) into records, one document at a time."""
