"""HTML pages as text.

`extract` a page · `unhide` its panels · `blocks` and `grid` what it is made of · `select` what of it is content ·
`metadata` what it says of itself · `tree` from markup to Markdown without the search for content
"""
