"""A file for `nft -f`, taken apart."""


def chains(text: str) -> dict[str, list[str]]:
    """The rules of each chain, in their order."""
    found: dict[str, list[str]] = {}
    for part in text.split("chain ")[1:]:
        name, _, body = part.partition("{")
        found[name.strip()] = [line.strip() for line in body.split("\n    }")[0].splitlines() if line.strip()]
    return found
