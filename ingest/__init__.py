"""From sources to a committed version: recipe, crawl, readers, extraction, the engine and the build."""
