"""What needs somebody of the provider's staff, over all customers."""
