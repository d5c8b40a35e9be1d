-- What a process that may not write sealed keys may still do to them, as the tables' owner, and what a guard asks.
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

-- A certificate's element of the revocation list, as `pki.authority.crl.encode_entry` makes it: asked by a guard, since the signer
-- signs what whoever revokes has stored. No part is as long as 128 octets, so each length is one octet.
CREATE FUNCTION public.pki_list_entry(of_certificate bigint, why text, moment timestamptz) RETURNS bytea
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    rest numeric;
    number bytea := '';
    time_text text := to_char(moment AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISS') || 'Z';
    time_tag integer := 24;
    code integer := CASE why WHEN 'unspecified' THEN 0 WHEN 'keyCompromise' THEN 1 WHEN 'cACompromise' THEN 2
        WHEN 'affiliationChanged' THEN 3 WHEN 'superseded' THEN 4 WHEN 'cessationOfOperation' THEN 5
        WHEN 'privilegeWithdrawn' THEN 9 WHEN 'aACompromise' THEN 10 END;
    content bytea;
BEGIN
    SELECT serial::numeric INTO STRICT rest FROM public.pki_certificate WHERE id = of_certificate;
    LOOP
        number := set_byte('\x00', 0, (rest % 256)::integer) || number;
        rest := div(rest, 256);
        EXIT WHEN rest = 0;
    END LOOP;
    IF get_byte(number, 0) > 127 THEN
        number := '\x00'::bytea || number;
    END IF;
    IF left(time_text, 4) < '2050' THEN
        time_text := substr(time_text, 3);
        time_tag := 23;
    END IF;
    content := '\x02'::bytea || set_byte('\x00', 0, length(number)) || number
        || set_byte('\x00', 0, time_tag) || set_byte('\x00', 0, length(time_text)) || convert_to(time_text, 'UTF8');
    IF code <> 0 THEN
        content := content || '\x300c300a0603551d1504030a01'::bytea || set_byte('\x00', 0, code);
    END IF;
    RETURN '\x30'::bytea || set_byte('\x00', 0, length(content)) || content;
END $$;
