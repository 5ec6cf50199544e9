"""The polite web crawl: a start list with a scope becomes pinned WARC files.

A crawl records what the web said on a day, so it is the one thing that cannot be pure. Its result is a directory: WARC
files, `failures.jsonl`, `hosts.json` and, last, `pin.json` with the digests of the others. From there on everything is.
"""
