"""Extraction: raw bytes (HTML, PDF) become clean text, each document isolated from the worker that asked for it."""
