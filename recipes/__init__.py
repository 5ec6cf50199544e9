"""Recipes: settings and material to run the platform end to end."""
