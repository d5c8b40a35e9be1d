"""How people come in, and what of it is written down."""
