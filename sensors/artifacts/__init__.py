"""Generated files: pure functions from checked, frozen facts to text."""
