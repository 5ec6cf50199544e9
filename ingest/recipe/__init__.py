"""Recipes: what a user wants, as TOML, refused with line and remedy before anything runs.

`load` reads and checks one · `document` its tables, of which `extraction`, `filters`, `quality`, `dedup` and `sources`
have files of their own · `section` what each is · `toml_lines` where a key stands
"""

from ingest.recipe.load import Recipe, load

__all__ = ["Recipe", "load"]
