"""Programs that others made, at the same work on the same machine in the same run."""
