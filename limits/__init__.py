"""How often something may be done, counted where nothing is forgotten and where two at once are counted as two."""
