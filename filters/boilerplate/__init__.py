"""Text that repeats over a site: found by counts over a source, taken out of its documents.

`units` lines and lists as hashes · `repeats` how often each is there · `trim` what is taken out, with a report
"""
