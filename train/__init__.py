"""Pretraining mT5 on a version of the catalog."""
