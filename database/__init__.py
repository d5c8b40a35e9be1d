"""How we talk to the database where it has to be fast. Knows no model of ours."""
