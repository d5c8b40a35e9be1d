"""Customers, sites and people in the admin: thin doors to the operations."""
