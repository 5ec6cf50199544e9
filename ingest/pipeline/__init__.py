"""A build as a graph of steps, and what its end says of itself.

`graph` which step reads what · `refine`, `paragraphs`, `ancestors` parts of it that a recipe asks for · `extract`,
`supersede`, `verdict`, `pack` steps of no other room · `accounts` what the steps left becomes a manifest
"""
