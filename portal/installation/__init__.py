"""What `nsm-portal` does: the way from the installed package to a running portal, and its commands."""
