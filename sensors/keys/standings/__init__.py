"""How the boxes of a fleet stand: counted for all, and found for one who looks for some."""
