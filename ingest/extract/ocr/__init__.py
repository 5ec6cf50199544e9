"""Pages that are images, recognised by Tesseract.

`tesseract` a page · `language` in which · `words` from hOCR to lines · `image` the rules of tables
"""
