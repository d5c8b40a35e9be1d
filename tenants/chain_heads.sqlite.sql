-- An audit entry moves the head of its chain and is refused if it does not follow it. So nobody needs the right to move a
-- head, and none moves without an entry. As chain_heads.postgresql.sql has it.
CREATE TRIGGER tenants_auditentry_follows BEFORE INSERT ON tenants_auditentry BEGIN
    SELECT RAISE(ABORT, 'the entry does not follow the end of its chain') WHERE NOT EXISTS (
        SELECT 1 FROM tenants_auditchain
        WHERE id = NEW.chain_id AND length = NEW.sequence - 1 AND head_hash = NEW.previous_hash
    );
    UPDATE tenants_auditchain SET length = NEW.sequence, head_hash = NEW.hash WHERE id = NEW.chain_id;
END
