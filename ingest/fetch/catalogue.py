"""The kinds of fetchers a source of a recipe can name in its `fetch` table."""

FETCHERS: dict[str, type] = {}
