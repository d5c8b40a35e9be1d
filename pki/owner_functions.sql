-- What a process that may not write sealed keys may still do to them: functions that run as the tables' owner.
-- PostgreSQL's alone; on SQLite, where each process may write everything, the operations write the rows themselves.

CREATE FUNCTION public.pki_destroy_retired(purpose_of_keys text, subject_of_keys text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    destroyed integer;
BEGIN
    UPDATE public.pki_wrappedkey SET nonce = '', ciphertext = '', destroyed_at = now()
    WHERE purpose = purpose_of_keys AND subject = subject_of_keys AND destroyed_at IS NULL AND version <= (
        SELECT max(up_to_version) FROM public.pki_keyretirement
        WHERE purpose = purpose_of_keys AND subject = subject_of_keys
    );
    GET DIAGNOSTICS destroyed = ROW_COUNT;
    RETURN destroyed;
END $$;
