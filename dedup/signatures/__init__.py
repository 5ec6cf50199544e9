"""From texts to what documents are compared by: words, shingles, MinHash, doses and names."""
