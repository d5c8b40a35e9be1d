"""One module for each group of figures: `measure(run)` yields its rows."""
