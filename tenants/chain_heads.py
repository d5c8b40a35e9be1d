"""Triggers that move the head of an audit chain when an entry is written, and refuse an entry that does not follow it.

So nobody needs the right to move a head, and none can be moved without an entry.
"""

_FOLLOWS = "id = NEW.chain_id AND length = NEW.sequence - 1 AND head_hash = NEW.previous_hash"
_MOVE = f"SET length = NEW.sequence, head_hash = NEW.hash WHERE {_FOLLOWS}"
_REFUSAL = "the entry does not follow the end of its chain"


def create_statements(vendor: str) -> list[str]:
    """Raises KeyError for a database that we have no triggers for."""
    return {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}[vendor]


def drop_statements(vendor: str) -> list[str]:
    if vendor == "sqlite":
        return ["DROP TRIGGER IF EXISTS tenants_auditentry_follows"]
    return [
        "DROP TRIGGER IF EXISTS tenants_auditentry_follows ON tenants_auditentry",
        "DROP FUNCTION IF EXISTS tenants_auditentry_follow()",
    ]


# Our own names; there is no value in it.
_FOLLOWS_NOT = f"NOT EXISTS (SELECT 1 FROM tenants_auditchain WHERE {_FOLLOWS})"  # noqa: S608
_SQLITE = [
    "CREATE TRIGGER tenants_auditentry_follows BEFORE INSERT ON tenants_auditentry BEGIN"
    f" SELECT RAISE(ABORT, '{_REFUSAL}') WHERE {_FOLLOWS_NOT};"
    f" UPDATE tenants_auditchain {_MOVE}; END"
]

# As the owner of the tables, for whoever may write an entry. Everything is named with its schema, operators too, instead
# of a search path that is set for each call: that would take as long again as all else here, for every disk key.
_POSTGRESQL = [
    "CREATE OR REPLACE FUNCTION public.tenants_auditentry_follow() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
    " AS $$ BEGIN UPDATE public.tenants_auditchain SET length = NEW.sequence, head_hash = NEW.hash"
    " WHERE (id OPERATOR(pg_catalog.=) NEW.chain_id)"
    " AND (length OPERATOR(pg_catalog.=) (NEW.sequence OPERATOR(pg_catalog.-) 1))"
    " AND (head_hash OPERATOR(pg_catalog.=) NEW.previous_hash);"
    f" IF NOT FOUND THEN RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
    " RETURN NEW; END $$",
    "CREATE OR REPLACE TRIGGER tenants_auditentry_follows BEFORE INSERT ON tenants_auditentry"
    " FOR EACH ROW EXECUTE FUNCTION public.tenants_auditentry_follow()",
]
