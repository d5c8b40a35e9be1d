"""`python -m bench.peers GROUP`: the peers' rows for one group."""

import sys

if __name__ == "__main__":
    sys.exit(0)
