"""What a monitor wants to know: health of each door, metrics, and the same facts in words."""
