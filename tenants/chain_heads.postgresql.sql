-- An audit entry moves the head of its chain and is refused if it does not follow it. So nobody needs the right to move a
-- head, and none moves without an entry. As the owner of the tables, for whoever may write an entry.
--
-- Everything is named with its schema, operators too, instead of a search path that is set for each call: that would take
-- as long again as all else here, for every disk key.
CREATE FUNCTION public.tenants_auditentry_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    UPDATE public.tenants_auditchain SET length = NEW.sequence, head_hash = NEW.hash
    WHERE (id OPERATOR(pg_catalog.=) NEW.chain_id)
        AND (length OPERATOR(pg_catalog.=) (NEW.sequence OPERATOR(pg_catalog.-) 1))
        AND (head_hash OPERATOR(pg_catalog.=) NEW.previous_hash);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the entry does not follow the end of its chain' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER tenants_auditentry_follows BEFORE INSERT ON tenants_auditentry
FOR EACH ROW EXECUTE FUNCTION public.tenants_auditentry_follow();
