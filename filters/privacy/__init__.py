"""Identifiers of persons: found with their check digits and context, counted a document, masked where the recipe asks.

`checksums` what is well formed · `scan` where to look · `internet`, `national`, `phone`, `records` what is recognised ·
`context` the words that decide · `find` from marks to spans · `step` the score · `masking` the placeholders
"""

from filters.privacy.kinds import KINDS, SCHEMA
from filters.privacy.masking import PLACEHOLDERS, Mask, mask, mask_quotations, mask_table
from filters.privacy.step import Privacy

__all__ = ["KINDS", "PLACEHOLDERS", "SCHEMA", "Mask", "Privacy", "mask", "mask_quotations", "mask_table"]
