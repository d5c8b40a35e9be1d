"""What each process may do in PostgreSQL: declared beside the models, granted by a command. Knows no model of ours."""
