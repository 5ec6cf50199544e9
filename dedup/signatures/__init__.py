"""From texts to what documents are compared by: words, shingles, MinHash, doses, names, and the page of an address.

`signature` the step · `words`, of `characters`, `tokens` among them · `shingles`, `minhash` their hashes ·
`identity` of an address · `digests`, `lists` columns as arrays
"""
