"""PDF files as text, by pdfium.

`extract` a file · `page` a page as `lines` · `native`, `runs`, `symbols` from characters to lines · `tables`,
`open_tables`, `place_tables` · `order` columns · `running` headers · `hyphens` and `hyphen_words` ends of lines ·
`paragraphs` the text · `facts` what a file says of itself · `scan` pages without usable text
"""
