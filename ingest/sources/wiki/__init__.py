"""Dumps of wikis.

`mediawiki` XML dumps · `html` Wikimedia's HTML dumps · `choice` which articles, by `graph` from `sql_dump` tables ·
`wikitext` and `templates` markup as Markdown · `projects` whom to name as authors
"""
