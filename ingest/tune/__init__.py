"""What other thresholds would keep: `measure` from stored scores · `views` tables and a page · `plot` a curve."""
