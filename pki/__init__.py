"""The certificate authority and the escrow of keys; knows opaque subject names only."""
