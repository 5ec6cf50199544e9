"""From a version of the catalog to batches: tokens, splits, order, span corruption."""
