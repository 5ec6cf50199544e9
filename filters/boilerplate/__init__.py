"""Text that repeats over a site: found by counts over a source, taken out of its documents.

`repeats` how often each unit (`shards.units`) is there · `trim` what is taken out, with a report
"""
