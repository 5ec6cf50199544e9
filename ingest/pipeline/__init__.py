"""A build as a graph of steps, and what its end says of itself.

`graph` which step reads what · `refine`, `paragraphs`, `ancestors` parts of it that a recipe asks for · `supersede`,
`verdict`, `pack` the steps that belong to no other room · `accounts` what the steps left becomes a manifest
"""
