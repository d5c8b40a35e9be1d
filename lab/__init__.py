"""The laboratory: network namespaces in which the real programs run, driven from outside."""
