"""Web archives.

`warc` the reader · `records` and `arc` from bytes to captures · `http` and `body` a capture's message · `crawl` what a
crawl pinned · `policies` what its hosts prefer
"""
