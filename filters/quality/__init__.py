"""Quality of texts: every quantity of Gopher's, C4's and FineWeb's rules, and our own that spare tables and references.

`step` the score · `measure` the columns · `presets` bounds · `lines`, `tokens`, `characters` what a text is cut into ·
`repetition`, `c4`, `phrases`, `stop_words` parts of the measure · `hashes` words as integers
"""
