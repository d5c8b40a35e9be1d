SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE FUNCTION public.pki_certificate_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'pki_certificate is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE FUNCTION public.pki_destroy_retired(purpose_of_keys text, subject_of_keys text) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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
CREATE FUNCTION public.pki_keyretirement_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'pki_keyretirement is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE FUNCTION public.pki_list_entry(of_certificate bigint, why text, moment timestamp with time zone) RETURNS bytea
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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
CREATE FUNCTION public.pki_revocation_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'pki_revocation is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE FUNCTION public.sensors_allocate_address(place uuid) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    gateway record;
    picked bigint;
BEGIN
    SELECT id, network::inet AS network, next_address_offset AS following INTO STRICT gateway
    FROM public.sensors_gateway WHERE id = place FOR NO KEY UPDATE;
    IF gateway.following < 2 ^ (32 - masklen(gateway.network)) - 1 THEN
        UPDATE public.sensors_gateway SET next_address_offset = next_address_offset + 1 WHERE id = place;
        INSERT INTO public.sensors_underlayaddress (gateway_id, address, allocated_at)
        VALUES (place, host(gateway.network + gateway.following)::inet, now()) RETURNING id INTO picked;
        RETURN picked;
    END IF;
    UPDATE public.sensors_underlayaddress SET allocated_at = now(), released_at = NULL WHERE id = (
        SELECT id FROM public.sensors_underlayaddress
        WHERE gateway_id = place AND released_at < now() - interval '30 days'
        ORDER BY released_at LIMIT 1
    ) RETURNING id INTO picked;
    RETURN picked;
END $$;
CREATE FUNCTION public.sensors_closing_is_agreed(of_case uuid) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT EXISTS (SELECT FROM public.tenants_approval WHERE about = 'case:' || of_case AND verdict = 'approved')
$$;
CREATE FUNCTION public.sensors_gateway_code_is_agreed(of_gateway uuid, of_approval uuid) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT EXISTS (
        SELECT FROM public.tenants_approval AS agreed JOIN public.sensors_gateway AS gateway ON gateway.id = of_gateway
        WHERE agreed.id = of_approval AND agreed.verdict = 'approved' AND agreed.about = 'gateway:' || of_gateway
            AND agreed.action IN ('gateway:enrolment-code:issue', 'gateway:give-back')
            AND gateway.revoked_at IS NULL AND agreed.decided_at >= gateway.subject_since
    )
$$;
CREATE FUNCTION public.sensors_gateway_is_agreed(of_gateway uuid, of_name text, at_host text, at_port integer, in_network text, to_base jsonb) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT EXISTS (
        SELECT FROM public.tenants_approval
        WHERE verdict = 'approved' AND details->>'host' = at_host AND (details->>'port')::integer = at_port
            AND details->'base_networks' = to_base AND (
                action = 'gateway:register' AND about = 'gateway:' || of_name AND details->>'network' = in_network
                OR action = 'gateway:change' AND about = 'gateway:' || of_gateway
            )
    )
$$;
CREATE FUNCTION public.sensors_gateway_is_revoked(of_subject text) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT EXISTS (SELECT FROM public.sensors_gateway WHERE subject = of_subject AND revoked_at IS NOT NULL)
$$;
CREATE FUNCTION public.sensors_give_back_gateway(of_approval uuid, new_subject text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
BEGIN
    -- Times of one clock alone, which is the door's, are compared.
    UPDATE public.sensors_gateway SET subject = new_subject, subject_since = agreed.decided_at,
        revoked_at = NULL, revoked_by_id = NULL, revoked_because = ''
    FROM public.tenants_approval AS agreed
    WHERE sensors_gateway.revoked_at IS NOT NULL AND new_subject ~ '^g-[a-z2-7]{12}$'
        AND agreed.id = of_approval AND agreed.verdict = 'approved' AND agreed.action = 'gateway:give-back'
        AND agreed.about = 'gateway:' || sensors_gateway.id AND agreed.requested_at > sensors_gateway.revoked_at;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'two people have not given this gateway back' USING ERRCODE = 'insufficient_privilege';
    END IF;
END $_$;
CREATE FUNCTION public.sensors_has_open_case(of_sensor uuid) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT EXISTS (SELECT FROM public.sensors_case WHERE sensor_id = of_sensor AND closed_at IS NULL)
$$;
CREATE FUNCTION public.sensors_key_may_end(of_subject text) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT EXISTS (
        SELECT FROM public.sensors_case AS closing JOIN public.sensors_sensor AS sensor ON sensor.id = closing.sensor_id
        WHERE sensor.subject = of_subject AND closing.closed_at IS NULL
            AND public.sensors_closing_is_agreed(closing.id)
    )
$$;
CREATE FUNCTION public.sensors_raise_config_generation(changed uuid) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    raised bigint;
BEGIN
    UPDATE public.sensors_gateway SET generation = generation + 1, config_generation = generation + 1
    WHERE id = changed RETURNING generation INTO STRICT raised;
    RETURN raised;
END $$;
CREATE FUNCTION public.sensors_raise_generation(changed uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    place uuid;
    raised bigint;
BEGIN
    SELECT gateway_id INTO STRICT place FROM public.sensors_sensor WHERE id = changed;
    UPDATE public.sensors_gateway SET generation = generation + 1 WHERE id = place RETURNING generation INTO raised;
    INSERT INTO public.sensors_gatewayslot (gateway_id, sensor_id, generation) VALUES (place, changed, raised)
    ON CONFLICT (gateway_id, sensor_id) DO UPDATE SET generation = excluded.generation;
END $$;
CREATE FUNCTION public.sensors_release_address(freed bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF EXISTS (SELECT FROM public.sensors_sensor WHERE underlay_address_id = freed AND state <> 'retired') THEN
        RAISE EXCEPTION 'a sensor that is not retired has this address' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE public.sensors_underlayaddress SET released_at = now() WHERE id = freed;
END $$;
CREATE FUNCTION public.sensors_shut_out_gateway(revoked uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.sensors_gateway WHERE id = revoked AND revoked_at IS NOT NULL) THEN
        RAISE EXCEPTION 'this gateway is not revoked' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM FROM public.sensors_gatewaycontact WHERE gateway_id = revoked FOR UPDATE;
    DELETE FROM public.sensors_sessionquestion WHERE gateway_id = revoked;
    UPDATE public.sensors_session SET ended_at = now() WHERE gateway_id = revoked AND ended_at IS NULL;
END $$;
CREATE FUNCTION public.tenants_accountchange_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'tenants_accountchange is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE FUNCTION public.tenants_auditentry_follow() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    AS $$
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
CREATE FUNCTION public.tenants_auditentry_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'tenants_auditentry is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.account_emailaddress (
    id integer NOT NULL,
    email character varying(254) NOT NULL,
    verified boolean NOT NULL,
    "primary" boolean NOT NULL,
    user_id bigint NOT NULL
);
ALTER TABLE public.account_emailaddress ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.account_emailaddress_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.account_emailconfirmation (
    id integer NOT NULL,
    created timestamp with time zone NOT NULL,
    sent timestamp with time zone,
    key character varying(64) NOT NULL,
    email_address_id integer NOT NULL
);
ALTER TABLE public.account_emailconfirmation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.account_emailconfirmation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_browserlink (
    id bigint NOT NULL,
    secret_hash character varying(64) NOT NULL,
    binding character varying(64) NOT NULL,
    made_at timestamp with time zone NOT NULL,
    person_id bigint NOT NULL
);
ALTER TABLE public.accounts_browserlink ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_browserlink_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.auth_group (
    id integer NOT NULL,
    name character varying(150) NOT NULL
);
ALTER TABLE public.auth_group ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.auth_group_permissions (
    id bigint NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL
);
ALTER TABLE public.auth_group_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.auth_permission (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    content_type_id integer NOT NULL,
    codename character varying(100) NOT NULL
);
ALTER TABLE public.auth_permission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_permission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_admin_log (
    id integer NOT NULL,
    action_time timestamp with time zone NOT NULL,
    object_id text,
    object_repr character varying(200) NOT NULL,
    action_flag smallint NOT NULL,
    change_message text NOT NULL,
    content_type_id integer,
    user_id bigint NOT NULL,
    CONSTRAINT django_admin_log_action_flag_check CHECK ((action_flag >= 0))
);
ALTER TABLE public.django_admin_log ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_admin_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_content_type (
    id integer NOT NULL,
    app_label character varying(100) NOT NULL,
    model character varying(100) NOT NULL
);
ALTER TABLE public.django_content_type ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_content_type_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_migrations (
    id bigint NOT NULL,
    app character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    applied timestamp with time zone NOT NULL
);
ALTER TABLE public.django_migrations ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_migrations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_session (
    session_key character varying(40) NOT NULL,
    session_data text NOT NULL,
    expire_date timestamp with time zone NOT NULL
);
CREATE TABLE public.guardian_groupobjectpermission (
    id integer NOT NULL,
    object_pk character varying(255) NOT NULL,
    content_type_id integer NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL
);
ALTER TABLE public.guardian_groupobjectpermission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.guardian_groupobjectpermission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.guardian_userobjectpermission (
    id integer NOT NULL,
    object_pk character varying(255) NOT NULL,
    content_type_id integer NOT NULL,
    permission_id integer NOT NULL,
    user_id bigint NOT NULL
);
ALTER TABLE public.guardian_userobjectpermission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.guardian_userobjectpermission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.limits_spentpurse (
    key character varying(100) NOT NULL,
    full_at bigint NOT NULL
);
CREATE TABLE public.mfa_authenticator (
    id bigint NOT NULL,
    type character varying(20) NOT NULL,
    data jsonb NOT NULL,
    user_id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone
);
ALTER TABLE public.mfa_authenticator ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.mfa_authenticator_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.notices_mail (
    id bigint NOT NULL,
    recipient character varying(254) NOT NULL,
    subject character varying(200) NOT NULL,
    body text NOT NULL,
    forget_text boolean NOT NULL,
    about character varying(80) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    next_attempt_at timestamp with time zone NOT NULL,
    attempts integer NOT NULL,
    sent_at timestamp with time zone,
    last_error character varying(200) NOT NULL,
    CONSTRAINT notices_mail_attempts_check CHECK ((attempts >= 0))
);
ALTER TABLE public.notices_mail ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notices_mail_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.pki_authority (
    id bigint NOT NULL,
    name character varying(50) NOT NULL,
    certificate_der bytea NOT NULL,
    created_at timestamp with time zone NOT NULL
);
ALTER TABLE public.pki_authority ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.pki_authority_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.pki_certificate (
    id bigint NOT NULL,
    serial character varying(49) NOT NULL,
    subject character varying(64) NOT NULL,
    profile character varying(16) NOT NULL,
    not_before timestamp with time zone NOT NULL,
    not_after timestamp with time zone NOT NULL,
    der bytea NOT NULL,
    fingerprint character varying(64) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    authority_id bigint NOT NULL
);
ALTER TABLE public.pki_certificate ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.pki_certificate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.pki_certificaterevocationlist (
    id bigint NOT NULL,
    number bigint NOT NULL,
    entry_count integer NOT NULL,
    this_update timestamp with time zone NOT NULL,
    next_update timestamp with time zone NOT NULL,
    der bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    authority_id bigint NOT NULL,
    CONSTRAINT pki_certificaterevocationlist_entry_count_check CHECK ((entry_count >= 0)),
    CONSTRAINT pki_certificaterevocationlist_number_check CHECK ((number >= 0))
);
ALTER TABLE ONLY public.pki_certificaterevocationlist ALTER COLUMN der SET STORAGE EXTERNAL;
ALTER TABLE public.pki_certificaterevocationlist ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.pki_certificaterevocationlist_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.pki_keyencryptionkeycheck (
    id bigint NOT NULL,
    kek_id character varying(32) NOT NULL,
    nonce bytea NOT NULL,
    ciphertext bytea NOT NULL,
    created_at timestamp with time zone NOT NULL
);
ALTER TABLE public.pki_keyencryptionkeycheck ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.pki_keyencryptionkeycheck_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.pki_keyretirement (
    id bigint NOT NULL,
    subject character varying(64) NOT NULL,
    purpose character varying(40) NOT NULL,
    up_to_version integer NOT NULL,
    retired_at timestamp with time zone NOT NULL,
    CONSTRAINT pki_keyretirement_up_to_version_check CHECK ((up_to_version >= 0))
);
ALTER TABLE public.pki_keyretirement ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.pki_keyretirement_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.pki_revocation (
    id bigint NOT NULL,
    reason character varying(24) NOT NULL,
    revoked_at timestamp with time zone NOT NULL,
    entry_der bytea NOT NULL,
    certificate_id bigint NOT NULL
);
ALTER TABLE public.pki_revocation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.pki_revocation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.pki_wrappedkey (
    id bigint NOT NULL,
    subject character varying(64) NOT NULL,
    purpose character varying(40) NOT NULL,
    version integer NOT NULL,
    kek_id character varying(32) NOT NULL,
    nonce bytea NOT NULL,
    ciphertext bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    destroyed_at timestamp with time zone,
    CONSTRAINT pki_wrappedkey_version_check CHECK ((version >= 0))
);
ALTER TABLE public.pki_wrappedkey ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.pki_wrappedkey_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.sensors_case (
    id uuid NOT NULL,
    kind character varying(10) NOT NULL,
    note text NOT NULL,
    callback_phone character varying(40) NOT NULL,
    received_at timestamp with time zone NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    confirmed_at timestamp with time zone,
    escalated_at timestamp with time zone,
    closed_at timestamp with time zone,
    outcome character varying(20) NOT NULL,
    reported_by_id bigint NOT NULL,
    sensor_id uuid NOT NULL,
    CONSTRAINT closed_with_an_outcome CHECK ((((closed_at IS NULL) AND ((outcome)::text = ''::text)) OR ((closed_at IS NOT NULL) AND (NOT ((outcome)::text = ''::text)))))
);
CREATE TABLE public.sensors_casenote (
    id bigint NOT NULL,
    written_at timestamp with time zone NOT NULL,
    text text NOT NULL,
    case_id uuid NOT NULL,
    written_by_id bigint NOT NULL
);
ALTER TABLE public.sensors_casenote ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sensors_casenote_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.sensors_certificaterequest (
    id bigint NOT NULL,
    csr text NOT NULL,
    csr_digest character varying(64) NOT NULL,
    code_proof character varying(64) NOT NULL,
    renewal_proof text NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    signed_at timestamp with time zone,
    refused_because character varying(200) NOT NULL,
    tunnel_key text NOT NULL,
    certificate_id bigint,
    code_id bigint,
    gateway_id uuid,
    sensor_id uuid,
    CONSTRAINT request_is_for_one_machine CHECK ((((gateway_id IS NOT NULL) AND (sensor_id IS NULL)) OR ((gateway_id IS NULL) AND (sensor_id IS NOT NULL))))
);
ALTER TABLE public.sensors_certificaterequest ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sensors_certificaterequest_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.sensors_diskkeyrelease (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    outcome character varying(10) NOT NULL,
    reason character varying(40) NOT NULL,
    source_address inet NOT NULL,
    public_address inet,
    other_addresses character varying(400) NOT NULL,
    serial character varying(50) NOT NULL,
    repeats integer NOT NULL,
    sensor_id uuid NOT NULL,
    CONSTRAINT sensors_diskkeyrelease_repeats_check CHECK ((repeats >= 0))
);
ALTER TABLE public.sensors_diskkeyrelease ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sensors_diskkeyrelease_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.sensors_enrolmentcode (
    id bigint NOT NULL,
    digest character varying(64) NOT NULL,
    issued_by character varying(280) NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    announced_at timestamp with time zone,
    confirmed_at timestamp with time zone,
    gateway_id uuid,
    approval_id uuid,
    sensor_id uuid,
    CONSTRAINT code_is_for_one_machine CHECK ((((gateway_id IS NOT NULL) AND (sensor_id IS NULL)) OR ((gateway_id IS NULL) AND (sensor_id IS NOT NULL))))
);
ALTER TABLE public.sensors_enrolmentcode ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sensors_enrolmentcode_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.sensors_gateway (
    id uuid NOT NULL,
    name character varying(32) NOT NULL,
    subject character varying(20) NOT NULL,
    host character varying(253) NOT NULL,
    port integer NOT NULL,
    network character varying(18) NOT NULL,
    base_networks jsonb NOT NULL,
    generation bigint NOT NULL,
    config_generation bigint NOT NULL,
    next_address_offset bigint NOT NULL,
    registered_at timestamp with time zone NOT NULL,
    subject_since timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    revoked_because text NOT NULL,
    revoked_by_id bigint,
    CONSTRAINT sensors_gateway_next_address_offset_check CHECK ((next_address_offset >= 0)),
    CONSTRAINT sensors_gateway_port_check CHECK ((port >= 0))
);
CREATE TABLE public.sensors_gatewaycontact (
    id bigint NOT NULL,
    last_report_at timestamp with time zone NOT NULL,
    last_sequence bigint NOT NULL,
    observed_generation bigint NOT NULL,
    agent_version character varying(40) NOT NULL,
    openvpn_version character varying(80) NOT NULL,
    problems jsonb NOT NULL,
    gateway_id uuid NOT NULL
);
ALTER TABLE public.sensors_gatewaycontact ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sensors_gatewaycontact_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.sensors_gatewayslot (
    id bigint NOT NULL,
    generation bigint NOT NULL,
    gateway_id uuid NOT NULL,
    sensor_id uuid NOT NULL
);
ALTER TABLE public.sensors_gatewayslot ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sensors_gatewayslot_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.sensors_keypermit (
    id bigint NOT NULL,
    public_address inet NOT NULL,
    permitted_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    announced_at timestamp with time zone,
    permitted_by_id bigint NOT NULL,
    sensor_id uuid NOT NULL
);
ALTER TABLE public.sensors_keypermit ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sensors_keypermit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.sensors_measure (
    id bigint NOT NULL,
    kind character varying(30) NOT NULL,
    done_at timestamp with time zone,
    detail character varying(200) NOT NULL,
    case_id uuid NOT NULL,
    gateway_id uuid
);
ALTER TABLE public.sensors_measure ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sensors_measure_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.sensors_sensor (
    id uuid NOT NULL,
    name character varying(32) NOT NULL,
    description character varying(120) NOT NULL,
    hardware_serial character varying(60) NOT NULL,
    line character varying(10) NOT NULL,
    subject character varying(20) NOT NULL,
    state character varying(20) NOT NULL,
    registered_at timestamp with time zone NOT NULL,
    enrolled_anew_with_id bigint,
    gateway_id uuid NOT NULL,
    site_id uuid NOT NULL,
    underlay_address_id bigint NOT NULL
);
CREATE TABLE public.sensors_sensorcontact (
    id bigint NOT NULL,
    last_heartbeat_at timestamp with time zone,
    disk character varying(10) NOT NULL,
    kit_version character varying(40) NOT NULL,
    sensor_id uuid NOT NULL
);
ALTER TABLE public.sensors_sensorcontact ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sensors_sensorcontact_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.sensors_session (
    id bigint NOT NULL,
    public_address inet NOT NULL,
    underlay_address inet NOT NULL,
    since timestamp with time zone NOT NULL,
    client bigint NOT NULL,
    serial character varying(50) NOT NULL,
    noted_at timestamp with time zone NOT NULL,
    reported_at timestamp with time zone NOT NULL,
    bytes_received bigint NOT NULL,
    bytes_sent bigint NOT NULL,
    ended_at timestamp with time zone,
    gateway_id uuid NOT NULL,
    sensor_id uuid NOT NULL,
    CONSTRAINT sensors_session_bytes_received_check CHECK ((bytes_received >= 0)),
    CONSTRAINT sensors_session_bytes_sent_check CHECK ((bytes_sent >= 0)),
    CONSTRAINT sensors_session_client_check CHECK ((client >= 0))
);
ALTER TABLE public.sensors_session ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sensors_session_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.sensors_sessionquestion (
    id bigint NOT NULL,
    subjects jsonb NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    answer jsonb,
    gateway_id uuid NOT NULL
);
ALTER TABLE public.sensors_sessionquestion ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sensors_sessionquestion_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.sensors_sighting (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    told_at timestamp with time zone NOT NULL,
    first_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    times integer NOT NULL,
    source_address inet NOT NULL,
    serial character varying(50) NOT NULL,
    line text NOT NULL,
    case_id uuid NOT NULL,
    gateway_id uuid,
    CONSTRAINT sensors_sighting_times_check CHECK ((times >= 0))
);
ALTER TABLE public.sensors_sighting ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sensors_sighting_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.sensors_underlayaddress (
    id bigint NOT NULL,
    address inet NOT NULL,
    allocated_at timestamp with time zone NOT NULL,
    released_at timestamp with time zone,
    gateway_id uuid NOT NULL
);
ALTER TABLE public.sensors_underlayaddress ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sensors_underlayaddress_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tenants_accountchange (
    id bigint NOT NULL,
    step character varying(40) NOT NULL,
    role character varying(20) NOT NULL,
    at timestamp with time zone NOT NULL,
    customer_id uuid,
    made_by_id bigint,
    person_id bigint NOT NULL
);
ALTER TABLE public.tenants_accountchange ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tenants_accountchange_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tenants_announcement (
    id bigint NOT NULL,
    about character varying(120) NOT NULL,
    mails jsonb NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    announced_at timestamp with time zone
);
ALTER TABLE public.tenants_announcement ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tenants_announcement_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tenants_approval (
    id uuid NOT NULL,
    action character varying(40) NOT NULL,
    about character varying(280) NOT NULL,
    details jsonb NOT NULL,
    reason text NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    verdict character varying(10) NOT NULL,
    decided_at timestamp with time zone,
    decided_by_id bigint,
    requested_by_id bigint NOT NULL,
    customer_id uuid,
    CONSTRAINT approved_by_another CHECK (((NOT ((verdict)::text = 'approved'::text)) OR ((decided_at IS NOT NULL) AND (decided_by_id IS NOT NULL) AND (NOT ((decided_by_id = requested_by_id) AND (decided_by_id IS NOT NULL))))))
);
CREATE TABLE public.tenants_auditchain (
    id bigint NOT NULL,
    name character varying(60) NOT NULL,
    length bigint NOT NULL,
    head_hash character varying(64) NOT NULL,
    customer_id uuid
);
ALTER TABLE public.tenants_auditchain ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tenants_auditchain_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tenants_auditentry (
    id bigint NOT NULL,
    sequence bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor character varying(280) NOT NULL,
    action character varying(60) NOT NULL,
    subject character varying(200) NOT NULL,
    details jsonb NOT NULL,
    previous_hash character varying(64) NOT NULL,
    hash character varying(64) NOT NULL,
    chain_id bigint NOT NULL
);
ALTER TABLE public.tenants_auditentry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tenants_auditentry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tenants_customer (
    id uuid NOT NULL,
    slug character varying(32) NOT NULL,
    name character varying(120) NOT NULL,
    change_delay_minutes smallint NOT NULL,
    change_delay_in_force smallint NOT NULL,
    two_people_for_changes boolean NOT NULL,
    registered_at timestamp with time zone NOT NULL,
    CONSTRAINT tenants_customer_change_delay_in_force_check CHECK ((change_delay_in_force >= 0)),
    CONSTRAINT tenants_customer_change_delay_minutes_check CHECK ((change_delay_minutes >= 0))
);
CREATE TABLE public.tenants_customergroupobjectpermission (
    id bigint NOT NULL,
    content_object_id uuid NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL
);
ALTER TABLE public.tenants_customergroupobjectpermission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tenants_customergroupobjectpermission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tenants_customerrolegroup (
    id bigint NOT NULL,
    role character varying(20) NOT NULL,
    customer_id uuid NOT NULL,
    group_id integer NOT NULL
);
ALTER TABLE public.tenants_customerrolegroup ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tenants_customerrolegroup_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tenants_person (
    id bigint NOT NULL,
    password character varying(128) NOT NULL,
    last_login timestamp with time zone,
    is_superuser boolean NOT NULL,
    email character varying(254) NOT NULL,
    name character varying(120) NOT NULL,
    phone character varying(40) NOT NULL,
    is_active boolean NOT NULL,
    is_staff boolean NOT NULL,
    date_joined timestamp with time zone NOT NULL,
    sign_in_generation integer NOT NULL,
    CONSTRAINT tenants_person_sign_in_generation_check CHECK ((sign_in_generation >= 0))
);
CREATE TABLE public.tenants_person_groups (
    id bigint NOT NULL,
    person_id bigint NOT NULL,
    group_id integer NOT NULL
);
ALTER TABLE public.tenants_person_groups ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tenants_person_groups_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE public.tenants_person ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tenants_person_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tenants_person_user_permissions (
    id bigint NOT NULL,
    person_id bigint NOT NULL,
    permission_id integer NOT NULL
);
ALTER TABLE public.tenants_person_user_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tenants_person_user_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tenants_providerrolegroup (
    id bigint NOT NULL,
    role character varying(20) NOT NULL,
    group_id integer NOT NULL
);
ALTER TABLE public.tenants_providerrolegroup ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tenants_providerrolegroup_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tenants_site (
    id uuid NOT NULL,
    name character varying(120) NOT NULL,
    expected_networks jsonb NOT NULL,
    networks_set_by character varying(280) NOT NULL,
    networks_set_at timestamp with time zone NOT NULL,
    announced_networks jsonb NOT NULL,
    networks_announced_for timestamp with time zone,
    registered_at timestamp with time zone NOT NULL,
    customer_id uuid NOT NULL
);
CREATE TABLE public.tenants_staffread (
    id bigint NOT NULL,
    listing character varying(60) NOT NULL,
    asked character varying(64) NOT NULL,
    at timestamp with time zone NOT NULL,
    reader_id bigint NOT NULL
);
ALTER TABLE public.tenants_staffread ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tenants_staffread_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
COPY public.account_emailaddress (id, email, verified, "primary", user_id) FROM stdin;
\.
COPY public.account_emailconfirmation (id, created, sent, key, email_address_id) FROM stdin;
\.
COPY public.accounts_browserlink (id, secret_hash, binding, made_at, person_id) FROM stdin;
\.
COPY public.auth_group (id, name) FROM stdin;
1	provider:administrator
2	provider:operator
3	provider:auditor
4	customer:6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8:manager
5	customer:6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8:contact
6	customer:6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8:viewer
7	customer:96ea0b57-4f7f-473f-bd72-85b6d82185cc:manager
8	customer:96ea0b57-4f7f-473f-bd72-85b6d82185cc:contact
9	customer:96ea0b57-4f7f-473f-bd72-85b6d82185cc:viewer
\.
COPY public.auth_group_permissions (id, group_id, permission_id) FROM stdin;
\.
COPY public.auth_permission (id, name, content_type_id, codename) FROM stdin;
1	Can add log entry	1	add_logentry
2	Can change log entry	1	change_logentry
3	Can delete log entry	1	delete_logentry
4	Can view log entry	1	view_logentry
5	Can add permission	2	add_permission
6	Can change permission	2	change_permission
7	Can delete permission	2	delete_permission
8	Can view permission	2	view_permission
9	Can add group	3	add_group
10	Can change group	3	change_group
11	Can delete group	3	delete_group
12	Can view group	3	view_group
13	Can add content type	4	add_contenttype
14	Can change content type	4	change_contenttype
15	Can delete content type	4	delete_contenttype
16	Can view content type	4	view_contenttype
17	Can add session	5	add_session
18	Can change session	5	change_session
19	Can delete session	5	delete_session
20	Can view session	5	view_session
21	Can add email address	6	add_emailaddress
22	Can change email address	6	change_emailaddress
23	Can delete email address	6	delete_emailaddress
24	Can view email address	6	view_emailaddress
25	Can add email confirmation	7	add_emailconfirmation
26	Can change email confirmation	7	change_emailconfirmation
27	Can delete email confirmation	7	delete_emailconfirmation
28	Can view email confirmation	7	view_emailconfirmation
29	Can add authenticator	8	add_authenticator
30	Can change authenticator	8	change_authenticator
31	Can delete authenticator	8	delete_authenticator
32	Can view authenticator	8	view_authenticator
33	Can add group object permission	9	add_groupobjectpermission
34	Can change group object permission	9	change_groupobjectpermission
35	Can delete group object permission	9	delete_groupobjectpermission
36	Can view group object permission	9	view_groupobjectpermission
37	Can add user object permission	10	add_userobjectpermission
38	Can change user object permission	10	change_userobjectpermission
39	Can delete user object permission	10	delete_userobjectpermission
40	Can view user object permission	10	view_userobjectpermission
41	Can add spent purse	11	add_spentpurse
42	Can change spent purse	11	change_spentpurse
43	Can delete spent purse	11	delete_spentpurse
44	Can view spent purse	11	view_spentpurse
45	Can add browser link	12	add_browserlink
46	Can change browser link	12	change_browserlink
47	Can delete browser link	12	delete_browserlink
48	Can view browser link	12	view_browserlink
49	Can add mail	13	add_mail
50	Can change mail	13	change_mail
51	Can delete mail	13	delete_mail
52	Can view mail	13	view_mail
53	Can add audit chain	14	add_auditchain
54	Can change audit chain	14	change_auditchain
55	Can delete audit chain	14	delete_auditchain
56	Can view audit chain	14	view_auditchain
57	Can add customer	15	add_customer
58	Can change customer	15	change_customer
59	Can delete customer	15	delete_customer
60	Can view customer	15	view_customer
61	customer:view	15	customer:view
62	customer:manage	15	customer:manage
63	site:manage	15	site:manage
64	person:manage	15	person:manage
65	sensor:view	15	sensor:view
66	sensor:manage	15	sensor:manage
67	sensor:enrolment-code:issue	15	sensor:enrolment-code:issue
68	gateway:manage	15	gateway:manage
69	sensor:disk-key:permit	15	sensor:disk-key:permit
70	sensor:report-loss	15	sensor:report-loss
71	case:view	15	case:view
72	case:close	15	case:close
73	approval:give	15	approval:give
74	audit:view	15	audit:view
75	Can add person	16	add_person
76	Can change person	16	change_person
77	Can delete person	16	delete_person
78	Can view person	16	view_person
79	Can add audit entry	17	add_auditentry
80	Can change audit entry	17	change_auditentry
81	Can delete audit entry	17	delete_auditentry
82	Can view audit entry	17	view_auditentry
83	Can add announcement	18	add_announcement
84	Can change announcement	18	change_announcement
85	Can delete announcement	18	delete_announcement
86	Can view announcement	18	view_announcement
87	Can add approval	19	add_approval
88	Can change approval	19	change_approval
89	Can delete approval	19	delete_approval
90	Can view approval	19	view_approval
91	Can add account change	20	add_accountchange
92	Can change account change	20	change_accountchange
93	Can delete account change	20	delete_accountchange
94	Can view account change	20	view_accountchange
95	Can add customer group object permission	21	add_customergroupobjectpermission
96	Can change customer group object permission	21	change_customergroupobjectpermission
97	Can delete customer group object permission	21	delete_customergroupobjectpermission
98	Can view customer group object permission	21	view_customergroupobjectpermission
99	Can add customer role group	22	add_customerrolegroup
100	Can change customer role group	22	change_customerrolegroup
101	Can delete customer role group	22	delete_customerrolegroup
102	Can view customer role group	22	view_customerrolegroup
103	Can add provider role group	23	add_providerrolegroup
104	Can change provider role group	23	change_providerrolegroup
105	Can delete provider role group	23	delete_providerrolegroup
106	Can view provider role group	23	view_providerrolegroup
107	Can add site	24	add_site
108	Can change site	24	change_site
109	Can delete site	24	delete_site
110	Can view site	24	view_site
111	Can add staff read	25	add_staffread
112	Can change staff read	25	change_staffread
113	Can delete staff read	25	delete_staffread
114	Can view staff read	25	view_staffread
115	Can add authority	26	add_authority
116	Can change authority	26	change_authority
117	Can delete authority	26	delete_authority
118	Can view authority	26	view_authority
119	Can add key encryption key check	27	add_keyencryptionkeycheck
120	Can change key encryption key check	27	change_keyencryptionkeycheck
121	Can delete key encryption key check	27	delete_keyencryptionkeycheck
122	Can view key encryption key check	27	view_keyencryptionkeycheck
123	Can add certificate	28	add_certificate
124	Can change certificate	28	change_certificate
125	Can delete certificate	28	delete_certificate
126	Can view certificate	28	view_certificate
127	Can add certificate revocation list	29	add_certificaterevocationlist
128	Can change certificate revocation list	29	change_certificaterevocationlist
129	Can delete certificate revocation list	29	delete_certificaterevocationlist
130	Can view certificate revocation list	29	view_certificaterevocationlist
131	Can add key retirement	30	add_keyretirement
132	Can change key retirement	30	change_keyretirement
133	Can delete key retirement	30	delete_keyretirement
134	Can view key retirement	30	view_keyretirement
135	Can add revocation	31	add_revocation
136	Can change revocation	31	change_revocation
137	Can delete revocation	31	delete_revocation
138	Can view revocation	31	view_revocation
139	Can add wrapped key	32	add_wrappedkey
140	Can change wrapped key	32	change_wrappedkey
141	Can delete wrapped key	32	delete_wrappedkey
142	Can view wrapped key	32	view_wrappedkey
143	Can add case	33	add_case
144	Can change case	33	change_case
145	Can delete case	33	delete_case
146	Can view case	33	view_case
147	Can add case note	34	add_casenote
148	Can change case note	34	change_casenote
149	Can delete case note	34	delete_casenote
150	Can view case note	34	view_casenote
151	Can add certificate request	35	add_certificaterequest
152	Can change certificate request	35	change_certificaterequest
153	Can delete certificate request	35	delete_certificaterequest
154	Can view certificate request	35	view_certificaterequest
155	Can add disk key release	36	add_diskkeyrelease
156	Can change disk key release	36	change_diskkeyrelease
157	Can delete disk key release	36	delete_diskkeyrelease
158	Can view disk key release	36	view_diskkeyrelease
159	Can add enrolment code	37	add_enrolmentcode
160	Can change enrolment code	37	change_enrolmentcode
161	Can delete enrolment code	37	delete_enrolmentcode
162	Can view enrolment code	37	view_enrolmentcode
163	Can add gateway	38	add_gateway
164	Can change gateway	38	change_gateway
165	Can delete gateway	38	delete_gateway
166	Can view gateway	38	view_gateway
167	Can add gateway contact	39	add_gatewaycontact
168	Can change gateway contact	39	change_gatewaycontact
169	Can delete gateway contact	39	delete_gatewaycontact
170	Can view gateway contact	39	view_gatewaycontact
171	Can add gateway slot	40	add_gatewayslot
172	Can change gateway slot	40	change_gatewayslot
173	Can delete gateway slot	40	delete_gatewayslot
174	Can view gateway slot	40	view_gatewayslot
175	Can add key permit	41	add_keypermit
176	Can change key permit	41	change_keypermit
177	Can delete key permit	41	delete_keypermit
178	Can view key permit	41	view_keypermit
179	Can add measure	42	add_measure
180	Can change measure	42	change_measure
181	Can delete measure	42	delete_measure
182	Can view measure	42	view_measure
183	Can add sensor	43	add_sensor
184	Can change sensor	43	change_sensor
185	Can delete sensor	43	delete_sensor
186	Can view sensor	43	view_sensor
187	Can add sensor contact	44	add_sensorcontact
188	Can change sensor contact	44	change_sensorcontact
189	Can delete sensor contact	44	delete_sensorcontact
190	Can view sensor contact	44	view_sensorcontact
191	Can add session	45	add_session
192	Can change session	45	change_session
193	Can delete session	45	delete_session
194	Can view session	45	view_session
195	Can add session question	46	add_sessionquestion
196	Can change session question	46	change_sessionquestion
197	Can delete session question	46	delete_sessionquestion
198	Can view session question	46	view_sessionquestion
199	Can add sighting	47	add_sighting
200	Can change sighting	47	change_sighting
201	Can delete sighting	47	delete_sighting
202	Can view sighting	47	view_sighting
203	Can add underlay address	48	add_underlayaddress
204	Can change underlay address	48	change_underlayaddress
205	Can delete underlay address	48	delete_underlayaddress
206	Can view underlay address	48	view_underlayaddress
\.
COPY public.django_admin_log (id, action_time, object_id, object_repr, action_flag, change_message, content_type_id, user_id) FROM stdin;
\.
COPY public.django_content_type (id, app_label, model) FROM stdin;
1	admin	logentry
2	auth	permission
3	auth	group
4	contenttypes	contenttype
5	sessions	session
6	account	emailaddress
7	account	emailconfirmation
8	mfa	authenticator
9	guardian	groupobjectpermission
10	guardian	userobjectpermission
11	limits	spentpurse
12	accounts	browserlink
13	notices	mail
14	tenants	auditchain
15	tenants	customer
16	tenants	person
17	tenants	auditentry
18	tenants	announcement
19	tenants	approval
20	tenants	accountchange
21	tenants	customergroupobjectpermission
22	tenants	customerrolegroup
23	tenants	providerrolegroup
24	tenants	site
25	tenants	staffread
26	pki	authority
27	pki	keyencryptionkeycheck
28	pki	certificate
29	pki	certificaterevocationlist
30	pki	keyretirement
31	pki	revocation
32	pki	wrappedkey
33	sensors	case
34	sensors	casenote
35	sensors	certificaterequest
36	sensors	diskkeyrelease
37	sensors	enrolmentcode
38	sensors	gateway
39	sensors	gatewaycontact
40	sensors	gatewayslot
41	sensors	keypermit
42	sensors	measure
43	sensors	sensor
44	sensors	sensorcontact
45	sensors	session
46	sensors	sessionquestion
47	sensors	sighting
48	sensors	underlayaddress
\.
COPY public.django_migrations (id, app, name, applied) FROM stdin;
1	contenttypes	0001_initial	2026-11-26 21:12:04.544743+00
2	contenttypes	0002_remove_content_type_name	2026-11-26 21:12:04.548782+00
3	auth	0001_initial	2026-11-26 21:12:04.568036+00
4	auth	0002_alter_permission_name_max_length	2026-11-26 21:12:04.571534+00
5	auth	0003_alter_user_email_max_length	2026-11-26 21:12:04.576248+00
6	auth	0004_alter_user_username_opts	2026-11-26 21:12:04.579666+00
7	auth	0005_alter_user_last_login_null	2026-11-26 21:12:04.582966+00
8	auth	0006_require_contenttypes_0002	2026-11-26 21:12:04.583857+00
9	auth	0007_alter_validators_add_error_messages	2026-11-26 21:12:04.586965+00
10	auth	0008_alter_user_username_max_length	2026-11-26 21:12:04.590201+00
11	auth	0009_alter_user_last_name_max_length	2026-11-26 21:12:04.593476+00
12	auth	0010_alter_group_name_max_length	2026-11-26 21:12:04.597532+00
13	auth	0011_update_proxy_permissions	2026-11-26 21:12:04.60078+00
14	auth	0012_alter_user_first_name_max_length	2026-11-26 21:12:04.604192+00
15	tenants	0001_initial	2026-11-26 21:12:04.789802+00
16	account	0001_initial	2026-11-26 21:12:04.8205+00
17	account	0002_email_max_length	2026-11-26 21:12:04.830414+00
18	account	0003_alter_emailaddress_create_unique_verified_email	2026-11-26 21:12:04.84654+00
19	account	0004_alter_emailaddress_drop_unique_email	2026-11-26 21:12:04.858665+00
20	account	0005_emailaddress_idx_upper_email	2026-11-26 21:12:04.867623+00
21	account	0006_emailaddress_lower	2026-11-26 21:12:04.882777+00
22	account	0007_emailaddress_idx_email	2026-11-26 21:12:04.898198+00
23	account	0008_emailaddress_unique_primary_email_fixup	2026-11-26 21:12:04.912375+00
24	account	0009_emailaddress_unique_primary_email	2026-11-26 21:12:04.92099+00
25	accounts	0001_initial	2026-11-26 21:12:04.939072+00
26	admin	0001_initial	2026-11-26 21:12:04.956574+00
27	admin	0002_logentry_remove_auto_add	2026-11-26 21:12:04.964561+00
28	admin	0003_logentry_add_action_flag_choices	2026-11-26 21:12:04.972586+00
29	guardian	0001_initial	2026-11-26 21:12:05.032218+00
30	guardian	0002_generic_permissions_index	2026-11-26 21:12:05.052361+00
31	guardian	0003_remove_groupobjectpermission_guardian_gr_content_ae6aec_idx_and_more	2026-11-26 21:12:05.105912+00
32	limits	0001_initial	2026-11-26 21:12:05.10998+00
33	mfa	0001_initial	2026-11-26 21:12:05.127719+00
34	mfa	0002_authenticator_timestamps	2026-11-26 21:12:05.218278+00
35	mfa	0003_authenticator_type_uniq	2026-11-26 21:12:05.247635+00
36	notices	0001_initial	2026-11-26 21:12:05.256267+00
37	pki	0001_initial	2026-11-26 21:12:05.307255+00
38	pki	0002_append_only	2026-11-26 21:12:05.33151+00
39	pki	0003_lists_uncompressed	2026-11-26 21:12:05.353005+00
40	pki	0004_owner_functions	2026-11-26 21:12:05.37236+00
41	sensors	0001_initial	2026-11-26 21:12:05.447003+00
42	sensors	0002_initial	2026-11-26 21:12:06.652217+00
43	sensors	0003_owner_functions	2026-11-26 21:12:06.689701+00
44	sessions	0001_initial	2026-11-26 21:12:06.695752+00
45	tenants	0002_append_only	2026-11-26 21:12:06.731435+00
46	tenants	0003_chain_heads	2026-11-26 21:12:06.765042+00
\.
COPY public.django_session (session_key, session_data, expire_date) FROM stdin;
\.
COPY public.guardian_groupobjectpermission (id, object_pk, content_type_id, group_id, permission_id) FROM stdin;
\.
COPY public.guardian_userobjectpermission (id, object_pk, content_type_id, permission_id, user_id) FROM stdin;
\.
COPY public.limits_spentpurse (key, full_at) FROM stdin;
\.
COPY public.mfa_authenticator (id, type, data, user_id, created_at, last_used_at) FROM stdin;
1	totp	{"secret": "gAAAAABrCKCo8HS10LFFGOCt_OdQdgoP4N3DZTmZQmPItva9hmY4AuRWsS811ROGjgD1BCGJG5Z1uLtPxa1tEyx4oQ9hDNbd-g=="}	1	2026-11-26 21:12:08.994283+00	\N
\.
COPY public.notices_mail (id, recipient, subject, body, forget_text, about, created_at, next_attempt_at, attempts, sent_at, last_error) FROM stdin;
1	olga@provider.example	Registered: gateway gateway-1	This gateway is registered. A machine can become it with a code that two people want.\n\n  Gateway   gateway-1 (g-hwtktwkibjc2)\n  Host      198.51.100.1, UDP port 1194\n  Underlay  10.88.0.0/16\n  At base   10.20.0.0/24\n  Done by   a command on the portal's host\n\nIf this is not right, say so to the others now. Any administrator or operator can revoke the gateway at once, alone:\nhttp://127.0.0.1:8000/admin/sensors/gateway/1db7cd8a-3f5e-45b0-8977-0df52695a1dd/revoke/\n\nNetwork security monitoring\n	f	gateway:1db7cd8a-3f5e-45b0-8977-0df52695a1dd	2026-11-26 21:12:07.637872+00	2026-11-26 21:12:07.637877+00	0	\N	
2	otto@provider.example	Registered: gateway gateway-1	This gateway is registered. A machine can become it with a code that two people want.\n\n  Gateway   gateway-1 (g-hwtktwkibjc2)\n  Host      198.51.100.1, UDP port 1194\n  Underlay  10.88.0.0/16\n  At base   10.20.0.0/24\n  Done by   a command on the portal's host\n\nIf this is not right, say so to the others now. Any administrator or operator can revoke the gateway at once, alone:\nhttp://127.0.0.1:8000/admin/sensors/gateway/1db7cd8a-3f5e-45b0-8977-0df52695a1dd/revoke/\n\nNetwork security monitoring\n	f	gateway:1db7cd8a-3f5e-45b0-8977-0df52695a1dd	2026-11-26 21:12:07.637898+00	2026-11-26 21:12:07.637899+00	0	\N	
3	olga@provider.example	Code issued for gateway gateway-1	Whoever has this code can become the gateway, once, within seven days.\n\n  Gateway   gateway-1 (g-hwtktwkibjc2)\n  Host      198.51.100.1, UDP port 1194\n  Underlay  10.88.0.0/16\n  At base   10.20.0.0/24\n  Done by   a command on the portal's host\n\nIf this is not right, say so to the others now. Any administrator or operator can revoke the gateway at once, alone:\nhttp://127.0.0.1:8000/admin/sensors/gateway/1db7cd8a-3f5e-45b0-8977-0df52695a1dd/revoke/\n\nNetwork security monitoring\n	f	gateway:1db7cd8a-3f5e-45b0-8977-0df52695a1dd	2026-11-26 21:12:08.702117+00	2026-11-26 21:12:08.702122+00	0	\N	
4	otto@provider.example	Code issued for gateway gateway-1	Whoever has this code can become the gateway, once, within seven days.\n\n  Gateway   gateway-1 (g-hwtktwkibjc2)\n  Host      198.51.100.1, UDP port 1194\n  Underlay  10.88.0.0/16\n  At base   10.20.0.0/24\n  Done by   a command on the portal's host\n\nIf this is not right, say so to the others now. Any administrator or operator can revoke the gateway at once, alone:\nhttp://127.0.0.1:8000/admin/sensors/gateway/1db7cd8a-3f5e-45b0-8977-0df52695a1dd/revoke/\n\nNetwork security monitoring\n	f	gateway:1db7cd8a-3f5e-45b0-8977-0df52695a1dd	2026-11-26 21:12:08.702137+00	2026-11-26 21:12:08.702138+00	0	\N	
5	olga@provider.example	A machine has enrolled as gateway gateway-1	It gets this gateway's certificate. What the machine before it had is revoked.\n\n  Gateway   gateway-1 (g-hwtktwkibjc2)\n  Host      198.51.100.1, UDP port 1194\n  Underlay  10.88.0.0/16\n  At base   10.20.0.0/24\n  Done by   a machine with the gateway's code, from 198.51.100.21\n\nIf this is not right, say so to the others now. Any administrator or operator can revoke the gateway at once, alone:\nhttp://127.0.0.1:8000/admin/sensors/gateway/1db7cd8a-3f5e-45b0-8977-0df52695a1dd/revoke/\n\nNetwork security monitoring\n	f	gateway:1db7cd8a-3f5e-45b0-8977-0df52695a1dd	2026-11-26 21:12:08.838578+00	2026-11-26 21:12:08.838582+00	0	\N	
6	otto@provider.example	A machine has enrolled as gateway gateway-1	It gets this gateway's certificate. What the machine before it had is revoked.\n\n  Gateway   gateway-1 (g-hwtktwkibjc2)\n  Host      198.51.100.1, UDP port 1194\n  Underlay  10.88.0.0/16\n  At base   10.20.0.0/24\n  Done by   a machine with the gateway's code, from 198.51.100.21\n\nIf this is not right, say so to the others now. Any administrator or operator can revoke the gateway at once, alone:\nhttp://127.0.0.1:8000/admin/sensors/gateway/1db7cd8a-3f5e-45b0-8977-0df52695a1dd/revoke/\n\nNetwork security monitoring\n	f	gateway:1db7cd8a-3f5e-45b0-8977-0df52695a1dd	2026-11-26 21:12:08.838597+00	2026-11-26 21:12:08.838599+00	0	\N	
7	anna@harbour.example	Stolen: sensor harbour-rack2 of Harbour Logistics is being cut off	Anna Adeyemi has reported this sensor stolen at 26 Nov 2026, 21:12:08 UTC.\n\n  Sensor    harbour-rack2\n  What      Grey box in rack 2, top, yellow label\n  Serial    SN-4471-A\n  Site      Quay 7 warehouse\n  Customer  Harbour Logistics\n\nDone: the key to its recordings is withheld and its certificate is revoked.\nWaiting: gateway gateway-1 has to report that the box's tunnel is gone. Another mail says when it has.\n\nFollow it here: http://127.0.0.1:8000/cases/d3f0e39d-846a-4442-ab6d-818192dd2cc5/\n\nNetwork security monitoring\n	f	case:d3f0e39d-846a-4442-ab6d-818192dd2cc5	2026-11-26 21:12:08.976132+00	2026-11-26 21:12:08.976138+00	0	\N	
8	maria@harbour.example	Stolen: sensor harbour-rack2 of Harbour Logistics is being cut off	Anna Adeyemi has reported this sensor stolen at 26 Nov 2026, 21:12:08 UTC.\n\n  Sensor    harbour-rack2\n  What      Grey box in rack 2, top, yellow label\n  Serial    SN-4471-A\n  Site      Quay 7 warehouse\n  Customer  Harbour Logistics\n\nDone: the key to its recordings is withheld and its certificate is revoked.\nWaiting: gateway gateway-1 has to report that the box's tunnel is gone. Another mail says when it has.\n\nFollow it here: http://127.0.0.1:8000/cases/d3f0e39d-846a-4442-ab6d-818192dd2cc5/\n\nNetwork security monitoring\n	f	case:d3f0e39d-846a-4442-ab6d-818192dd2cc5	2026-11-26 21:12:08.97616+00	2026-11-26 21:12:08.976162+00	0	\N	
9	olga@provider.example	Stolen: sensor harbour-rack2 of Harbour Logistics is being cut off	Anna Adeyemi has reported this sensor stolen at 26 Nov 2026, 21:12:08 UTC.\n\n  Sensor    harbour-rack2\n  What      Grey box in rack 2, top, yellow label\n  Serial    SN-4471-A\n  Site      Quay 7 warehouse\n  Customer  Harbour Logistics\n\nDone: the key to its recordings is withheld and its certificate is revoked.\nWaiting: gateway gateway-1 has to report that the box's tunnel is gone. Another mail says when it has.\n\nFollow it here: http://127.0.0.1:8000/cases/d3f0e39d-846a-4442-ab6d-818192dd2cc5/\n\nNetwork security monitoring\n	f	case:d3f0e39d-846a-4442-ab6d-818192dd2cc5	2026-11-26 21:12:08.976174+00	2026-11-26 21:12:08.976175+00	0	\N	
10	otto@provider.example	Stolen: sensor harbour-rack2 of Harbour Logistics is being cut off	Anna Adeyemi has reported this sensor stolen at 26 Nov 2026, 21:12:08 UTC.\n\n  Sensor    harbour-rack2\n  What      Grey box in rack 2, top, yellow label\n  Serial    SN-4471-A\n  Site      Quay 7 warehouse\n  Customer  Harbour Logistics\n\nDone: the key to its recordings is withheld and its certificate is revoked.\nWaiting: gateway gateway-1 has to report that the box's tunnel is gone. Another mail says when it has.\n\nFollow it here: http://127.0.0.1:8000/cases/d3f0e39d-846a-4442-ab6d-818192dd2cc5/\n\nNetwork security monitoring\n	f	case:d3f0e39d-846a-4442-ab6d-818192dd2cc5	2026-11-26 21:12:08.976186+00	2026-11-26 21:12:08.976188+00	0	\N	
\.
COPY public.pki_authority (id, name, certificate_der, created_at) FROM stdin;
1	main	\\x308201693082010fa003020102021450afd75bcde7c969307d03047f09e714ef73183d300a06082a8648ce3d0403023011310f300d06035504030c0646726f7a656e301e170d3236313132363231303730365a170d3336313132353231313230365a3011310f300d06035504030c0646726f7a656e3059301306072a8648ce3d020106082a8648ce3d03010703420004ace2fe078a31292f094e74af5f8b0c767b6bef867b0e283c5abdce5bdf40d247050e176d882e35804ef7682b0bdb3881371b84066ec9daa0a6e72856893483ffa345304330120603551d130101ff040830060101ff020100300e0603551d0f0101ff040403020106301d0603551d0e04160414e19a1e3565da8e6d6ad9d9d810cbff1f3578a10c300a06082a8648ce3d0403020348003045022100f235f5197075e076dc593817a4b97caaf09f958acfea5a73888fbecb5f39b1370220508f76cf2f88549a5d5295038c577d011e88e7f1d3c9fea3357fb54fcb133660	2026-11-26 21:12:06.897853+00
\.
COPY public.pki_certificate (id, serial, subject, profile, not_before, not_after, der, fingerprint, created_at, authority_id) FROM stdin;
1	329531615912382276983330655175978463308994314846	g-hwtktwkibjc2	gateway	2026-11-26 21:07:08+00	2027-11-26 21:12:08+00	\\x308201ab30820151a003020102021439b8b56e4e4d095199e3d6876848a56f7118025e300a06082a8648ce3d0403023011310f300d06035504030c0646726f7a656e301e170d3236313132363231303730385a170d3237313132363231313230385a30193117301506035504030c0e672d6877746b74776b69626a63323059301306072a8648ce3d020106082a8648ce3d03010703420004a42d499f731303df072f416fdb84880a331b3ccfdf2f7a032755c389d3cd619a88b7c4cf7ebdf37a44b9d0481937ff5857936109775da0f1c679dd152695549da37f307d300c0603551d130101ff04023000300e0603551d0f0101ff040403020780301d0603551d250416301406082b0601050507030106082b06010505070302301d0603551d0e041604148b6efcfcf3170dbe2e48dde91d90e00c890002f5301f0603551d23041830168014e19a1e3565da8e6d6ad9d9d810cbff1f3578a10c300a06082a8648ce3d0403020348003045022100f6234b7f5a493015e724d0a1758f8e04c471039ea34ca4afd1cefdff391f23000220511f8b922d88cc1f9f5f39fb64fbf4b1b82c8225f9aa4498861c0e593a699f58	f4ddd08af735cd66eb9dc03996bb754346e0ac86572cc73497b44a3e9de77d7f	2026-11-26 21:12:08.878436+00	1
2	224748154996246866639747715999138884073054083438	s-47dusnvmbu64	sensor	2026-11-26 21:07:08+00	2027-02-24 21:12:08+00	\\x308201a130820147a0030201020214275e0e4a63b98f251cc24746c7782bbf8275196e300a06082a8648ce3d0403023011310f300d06035504030c0646726f7a656e301e170d3236313132363231303730385a170d3237303232343231313230385a30193117301506035504030c0e732d34376475736e766d627536343059301306072a8648ce3d020106082a8648ce3d0301070342000476d4467708b66b26702b10bc81426287897b7d23189947c23bc020694f3feb6a604452633cba829534f24c1092dde22bb6e48dd9977d6b0de967d551aaac8ccda3753073300c0603551d130101ff04023000300e0603551d0f0101ff04040302078030130603551d25040c300a06082b06010505070302301d0603551d0e04160414fbc8814125e04ff1d43c643d71c79bc22c35596c301f0603551d23041830168014e19a1e3565da8e6d6ad9d9d810cbff1f3578a10c300a06082a8648ce3d0403020348003045022100e8a6d84539ae9cc46b3925006b4a410a6b9311f5367f3f3bd1efc5ca241f94ca0220515442829d42efe31b5dd8651889f954e0f5264c9901d4e44e7c86120505640e	2a34ac46ee25aa4b4e8d9ca01e93467b0f0decd0aa0d125bda770747dbef3959	2026-11-26 21:12:08.892095+00	1
3	40692224560151091652372025641693778305017957960	s-fruulbkupd32	sensor	2026-11-26 21:07:08+00	2027-02-24 21:12:08+00	\\x308201a230820147a00302010202140720b3d43b6c7871d27ac5dd539ed871c27bce48300a06082a8648ce3d0403023011310f300d06035504030c0646726f7a656e301e170d3236313132363231303730385a170d3237303232343231313230385a30193117301506035504030c0e732d667275756c626b75706433323059301306072a8648ce3d020106082a8648ce3d03010703420004be349fcafe5b4960a7b360216931976259f31852ae822e83abd88790f1cd4f38018a6be93c8d05a4a13ceaf87211af33f56e1290d3ac89b8fab2332e36a9b8eba3753073300c0603551d130101ff04023000300e0603551d0f0101ff04040302078030130603551d25040c300a06082b06010505070302301d0603551d0e04160414cbc324288369b94d91e29cfe861092e339b3d58a301f0603551d23041830168014e19a1e3565da8e6d6ad9d9d810cbff1f3578a10c300a06082a8648ce3d0403020349003046022100e071135599b99212330ff10a608e5f56562526e6fa3124641544f82f47af04fb022100839da9f94f5072fe95a37cf82eb5e5aee51921cf4d421801cfa3ff858cb09b72	e348c7d8f457c38ac2da9eb48b0615f58364c751d2e7100240f931e3ac176f34	2026-11-26 21:12:08.901838+00	1
4	98798007304064961125231284811119490588211360475	s-twfzfffshvjb	sensor	2026-11-26 21:07:08+00	2027-02-24 21:12:08+00	\\x308201a130820147a0030201020214114e4180a564c15609cc8575fc01b638a2a332db300a06082a8648ce3d0403023011310f300d06035504030c0646726f7a656e301e170d3236313132363231303730385a170d3237303232343231313230385a30193117301506035504030c0e732d7477667a6666667368766a623059301306072a8648ce3d020106082a8648ce3d030107034200047fa0588dbc0c1d4b1c80aa4afece6f51688a8e46783b1cd3e508a1a4cec13e6e703a5439ef49c8f75997b22eeb5c77a791b697c6b9b8a449163b806cb6753032a3753073300c0603551d130101ff04023000300e0603551d0f0101ff04040302078030130603551d25040c300a06082b06010505070302301d0603551d0e041604142054630964b4da772f0e1874b17d859edc6bab50301f0603551d23041830168014e19a1e3565da8e6d6ad9d9d810cbff1f3578a10c300a06082a8648ce3d040302034800304502210089ddf9d0447d93a5d4ae4f77f116a15a07e93e619fb456e42a03b0d4643121d802201007faff368173bbf03ca7499f82e028fcd6d348ffe3bc6bbcf90532566c4752	dc32dceb1bcb738aeb28bf888ea08f035d03b161995e375f740a732940e898d2	2026-11-26 21:12:08.913515+00	1
5	582479127720515821032749768610147392162843175822	s-tzz44xuhuy7p	sensor	2026-11-26 21:07:08+00	2027-02-24 21:12:08+00	\\x308201a130820147a00302010202146607447644b5de547643964a65fdb0cf2e39ab8e300a06082a8648ce3d0403023011310f300d06035504030c0646726f7a656e301e170d3236313132363231303730385a170d3237303232343231313230385a30193117301506035504030c0e732d747a7a3434787568757937703059301306072a8648ce3d020106082a8648ce3d03010703420004777f5a763680f8ae10cb383913d967993a8fb19a4bdd1198638c67912d4cf040591f3976b9ec76725c044f6baaffb6ac4b2fe36d77187ee8c91f74cbb3e959c1a3753073300c0603551d130101ff04023000300e0603551d0f0101ff04040302078030130603551d25040c300a06082b06010505070302301d0603551d0e04160414f2ed2b12a61064ed1f3e292108761d5df41dd06b301f0603551d23041830168014e19a1e3565da8e6d6ad9d9d810cbff1f3578a10c300a06082a8648ce3d0403020348003045022100b668fff8578d1329f7f37e771ece3f5043efee7b2adcec9e42cc683bbaba894802205841e64b01de99c0fc99576b9b4a78988e1b4b4596dc45248f36f93c5326f48d	2c0dbc69aefeab9e9b7c99717a1987a10509bea5037dc20a1a8aec70f3006393	2026-11-26 21:12:08.921625+00	1
\.
COPY public.pki_certificaterevocationlist (id, number, entry_count, this_update, next_update, der, created_at, authority_id) FROM stdin;
1	1	2	2026-11-26 21:07:08+00	2026-12-03 21:07:08+00	\\x308201373081dd020101300a06082a8648ce3d0403023011310f300d06035504030c0646726f7a656e170d3236313132363231303730385a170d3236313230333231303730385a306a30330214275e0e4a63b98f251cc24746c7782bbf8275196e170d3236313132363231313230385a300c300a0603551d1504030a0101303302146607447644b5de547643964a65fdb0cf2e39ab8e170d3236313132363231313230385a300c300a0603551d1504030a0105a02f302d301f0603551d23041830168014e19a1e3565da8e6d6ad9d9d810cbff1f3578a10c300a0603551d140403020101300a06082a8648ce3d0403020349003046022100fc5783503cef22d7d34ec7ca39b27a4176081da440b6ce254ec9b9077c982b080221008812c2f919b7b32ab7a7fdf24f633f4fd7975cad40a2a69ecd2efe9dbc61f8aa	2026-11-26 21:12:08.996758+00	1
\.
COPY public.pki_keyencryptionkeycheck (id, kek_id, nonce, ciphertext, created_at) FROM stdin;
1	kek-fe6737f548be	\\x5a78daa65a7a9920cb211f91	\\xdd570c9fffefea76dc2bc136829b47b9774f7fd5b790ea585300f586fe654795a70877e634	2026-11-26 21:12:08.883312+00
\.
COPY public.pki_keyretirement (id, subject, purpose, up_to_version, retired_at) FROM stdin;
\.
COPY public.pki_revocation (id, reason, revoked_at, entry_der, certificate_id) FROM stdin;
1	keyCompromise	2026-11-26 21:12:08.954693+00	\\x30330214275e0e4a63b98f251cc24746c7782bbf8275196e170d3236313132363231313230385a300c300a0603551d1504030a0101	2
2	cessationOfOperation	2026-11-26 21:12:08.98532+00	\\x303302146607447644b5de547643964a65fdb0cf2e39ab8e170d3236313132363231313230385a300c300a0603551d1504030a0105	5
\.
COPY public.pki_wrappedkey (id, subject, purpose, version, kek_id, nonce, ciphertext, created_at, destroyed_at) FROM stdin;
1	g-hwtktwkibjc2	tls-crypt-v2-server-key	1	kek-fe6737f548be	\\xbaaac083f83a4d5de556b505	\\xbefb21a0fe0050bd0e40c5b060743775a262b52ebb5eead939a9675c13085504b24b7ed38015b4ab6b0e13838cbcb7dec29cf799e8807efce8c00bbb451a982affd3d10a4ef61ad67746f5d7df440e3a930336643e93cea5035385dfec8202b39e1053057d7f06668e6dc2b42110f9b34875381c604e216c0282a2b127d2371dca9d36be17f2b2275304166393d332ea	2026-11-26 21:12:08.8847+00	\N
2	s-47dusnvmbu64	disk-key	1	kek-fe6737f548be	\\x09075a1f8926b2c83c77c93a	\\x40daf061e0322515386837e4b39878ebab8a120d805545968e0d55524f0bb64dc1b5ff789e016cf94b9de2bdd4d8036ec6169419e1bb42745441a627f2afa628eacba9befd971c38529afbf5aba50854	2026-11-26 21:12:08.933386+00	\N
3	s-fruulbkupd32	disk-key	1	kek-fe6737f548be	\\xd3adab0430d4e1f335903756	\\x14d81a3e6397c84cf72d95c57b7279de533d63edc35fcb3a7b0eb4edd9c78b47f63fbead1de61118ee6f4fa776ea223ea571dc45a1a75debb5d0a46a3ae491439f5feb0b618bd7f3c824795a8ca5c116	2026-11-26 21:12:08.936595+00	\N
4	s-twfzfffshvjb	disk-key	1	kek-fe6737f548be	\\x110232651b3867f5e9a075a2	\\x49ca571b9019728c0c577eaf6f5f56defefca516b0e16f8c5b412b458376da45f8b6ad02d55804b4915c283f84cfbc38fc6d7cef082fb77becdf93d1b5b0e39303929a3032a8100646fa186abd8c1775	2026-11-26 21:12:08.939507+00	\N
5	s-tzz44xuhuy7p	disk-key	1	kek-fe6737f548be	\\x61e882065e9e1712087cee51	\\x966653797d105ec5cbda310ccb570ba567d9641a5fe9b5665eda5c2b63c82d7d46549ca2551c1e148a83e16fc951e08fc24ab01e002f5bd17d1b9c7582fd09b661237ee4420c45d017eea2c0611aa1dd	2026-11-26 21:12:08.94218+00	\N
\.
COPY public.sensors_case (id, kind, note, callback_phone, received_at, opened_at, confirmed_at, escalated_at, closed_at, outcome, reported_by_id, sensor_id) FROM stdin;
d3f0e39d-846a-4442-ab6d-818192dd2cc5	stolen			2026-11-26 21:12:08.944067+00	2026-11-26 21:12:08.947964+00	\N	\N	\N		3	c19ca7d5-0d50-401e-bdf1-badddd115499
\.
COPY public.sensors_casenote (id, written_at, text, case_id, written_by_id) FROM stdin;
\.
COPY public.sensors_certificaterequest (id, csr, csr_digest, code_proof, renewal_proof, requested_at, signed_at, refused_because, tunnel_key, certificate_id, code_id, gateway_id, sensor_id) FROM stdin;
1	-----BEGIN CERTIFICATE REQUEST-----\nMIHOMHUCAQAwEzERMA8GA1UEAwwId2hhdGV2ZXIwWTATBgcqhkjOPQIBBggqhkjO\nPQMBBwNCAASkLUmfcxMD3wcvQW/bhIgKMxs8z98vegMnVcOJ081hmoi3xM9+vfN6\nRLnQSBk3/1hXk2EJd12g8cZ53RUmlVSdoAAwCgYIKoZIzj0EAwIDSQAwRgIhANB7\ng9DqAftNoYEdNwvf3Ubtwefb/NGPj9YP7wtCOd+cAiEAxNCNsREuiXgzNXoat34h\nKcS+MHs9z3LE8r4Rk/nYmYg=\n-----END CERTIFICATE REQUEST-----\n	f99dd15a1d9a4090e61a2aef8ab605d4bb081475db614e7198fc9c3388f21c01			2026-11-26 21:12:08.831773+00	2026-11-26 21:12:08.88589+00			1	5	1db7cd8a-3f5e-45b0-8977-0df52695a1dd	\N
3	-----BEGIN CERTIFICATE REQUEST-----\nMIHOMHUCAQAwEzERMA8GA1UEAwwId2hhdGV2ZXIwWTATBgcqhkjOPQIBBggqhkjO\nPQMBBwNCAAS+NJ/K/ltJYKezYCFpMZdiWfMYUq6CLoOr2IeQ8c1POAGKa+k8jQWk\noTzq+HIRrzP1bhKQ06yJuPqyMy42qbjroAAwCgYIKoZIzj0EAwIDSQAwRgIhALgA\njeI3zOryXRHUdlaZqIj/lgbzlS96YY9txhJr6zQmAiEA6QeZoTI8CoTXGCtCglrN\nUBzBI/oAZQ1Uy/jDW8sD4jc=\n-----END CERTIFICATE REQUEST-----\n	0beacef6cf554a612301bf418cb423b18a251f4474af9a5457a88666b59f175d			2026-11-26 21:12:08.85269+00	2026-11-26 21:12:08.90392+00		-----BEGIN OpenVPN tls-crypt-v2 client key-----\nnsh2MNj6Sg7oRV9a+GRaIX2JyiuaVM5THpldK8BhO48GdW55wLnAUDWPF9z1KKxT\n1s53UIMhXYMZk+It+UlGuWNEj+dN4luKRl2iePN27MQV9gGmH6R4dxp7tS54WHk8\nRADp2U6t9mPc3MqPXS0sT0znnVgg1FKuCS1K9qkHOlSrBmmASKw5A5PLoMHYrzpC\njrSMOVDlFjRSOQ/YigLkaGHsyaldToC/EEN/nq9B3/B5zHaqALZ4GEhszcrqRIdk\nMMuqj1lrjnLcYZQchFz5JiezsMPLkL54CnjJTS3xz8Qcq8nis9BP996i8SfI/Hvc\nzRtHsBvYtk6FRzvWnu/PikFF+ljW/k18uqid22uz16dYhmqYjN4xufiRF6lnOXpR\nD699svSX2urFe+u+f3XzeBpiGqkc6eKbc7g3kpVbA9RUySAXjhfgFbrB4K10brG3\ncdHWMiTFg5eRw1KBso04/hJ3+pD/Ownv2w87m0Mf3VY/lJZGQW+EiHj8tU+G9Hxp\nJbYuudHARKp3zhCV3S0U8saZh3pFL6HEDzl1leH32JVCTw3OXZI7gGWxTQADq2Z2\n4J5FG6JdGJAcXN+vv1LwMNvks2N539ypw3OL8pE99sz0+Qvv3SOhvF755vmABABI\nGJhrdszB7MKXuTDw1Cdba3PGNM2fu5z4Izzn3wyvOHI3L+dZ6OZQAvmh+0n9Vb8y\nGTYehEgjzFI3onH805/cLocS99kyqJYyDnHFAaPQZwEx\n-----END OpenVPN tls-crypt-v2 client key-----\n	3	2	\N	ed6c5d24-76df-45dc-b6dc-cef41c3da2f2
4	-----BEGIN CERTIFICATE REQUEST-----\nMIHOMHUCAQAwEzERMA8GA1UEAwwId2hhdGV2ZXIwWTATBgcqhkjOPQIBBggqhkjO\nPQMBBwNCAAR/oFiNvAwdSxyAqkr+zm9RaIqORng7HNPlCKGkzsE+bnA6VDnvScj3\nWZeyLutcd6eRtpfGubikSRY7gGy2dTAyoAAwCgYIKoZIzj0EAwIDSQAwRgIhAIsf\noik6RS87YmmGWK/92fGimUqqOsyi7zsNi4mnCftaAiEA1cN/oBJvS/JmCg7BnDpo\nXeujb1X/Y0dYZUvh96yomL8=\n-----END CERTIFICATE REQUEST-----\n	e880afe0502ac1a4e8300cf718abfa31cde8890bf321c8dc4a3f36b8496a086d			2026-11-26 21:12:08.859808+00	2026-11-26 21:12:08.915063+00		-----BEGIN OpenVPN tls-crypt-v2 client key-----\nvV6MyPAbuSxkt8g1PwEHLm8iPpFAymueBltVY3BNibh4sNE9WXvNj196xNylSZ/S\n8bPYTyOsP8QuINzG4HEihiekpw6M/Jcyf3hddcNxgGqdKuId6s8zGKmYwlxt0X8y\nwk26bHViXMj6qNpIiYYvlxGBIcCduH7iKyOIM1BFZ3tgShpbpLKKraK1gonml2L1\ni9rBpep07GsJpHNq+myyYO5BZxcKJkwyAMxx04ShCx2m5jeArUl2kxSM83Ze9HMA\nBJEuql0GprHXvI8u8x5oyBE8e+LQFBDRtkKQ0xCBsjFp61KiZzMBZZJwJ39qFYiW\nLsunW1GohhS5yOz8je/agw6HCXb1kIUOtexym8NBt5pRNeseQcSI4pIac/x6EKEc\nXWTmA/QYFWckPd4KykO1ADyoFIGTxye3xdTb3tegTNyDKdq0jTTq9WWUe0bltYdd\n0j8ClahJEr60WXWyj3OhSRsqbhF+9iUYbel5ZRVvB8Le080dVNwGCf4wj9hkLTaZ\nzB4QCg0ZE/IWd50bEohpEg8ykUAghjmXjogIh5XTfMjB9SFim6mxr7uV3SJIvPyc\n+gzRduf7oY4OQDav5TpssXxkW22kEsZAodGeODZxsvbOmtKIYYOPJzknHq2ki9pr\nZqM+QFtg6WUhqwK/AAkR7dKLeXQq4gBSZ1SSd+OJ1ycFN3yGqp3zMIqw1vUSP5qg\nhGF8BN8hwnYygkZUanfazNDGna1Nzip+zKn/z+4UUgEx\n-----END OpenVPN tls-crypt-v2 client key-----\n	4	3	\N	c35b246b-4811-4b84-b764-bb1673b77f75
2	-----BEGIN CERTIFICATE REQUEST-----\nMIHNMHUCAQAwEzERMA8GA1UEAwwId2hhdGV2ZXIwWTATBgcqhkjOPQIBBggqhkjO\nPQMBBwNCAAR21EZ3CLZrJnArELyBQmKHiXt9IxiZR8I7wCBpTz/ramBEUmM8uoKV\nNPJMEJLd4iu25I3Zl31rDeln1VGqrIzNoAAwCgYIKoZIzj0EAwIDSAAwRQIgIGuM\nOxv3L4OUlXw0mK9Uqvo2IQE4od+fJIOAYyBgNZECIQDuRcSBQhQOmMA38XCneJ+2\n9kuzg3X6uYRj1UB0qpb1cA==\n-----END CERTIFICATE REQUEST-----\n	9dcec0fc8643903df134beb743d62465559a397cb13e952ca22a18b6d7d26bee			2026-11-26 21:12:08.844968+00	2026-11-26 21:12:08.893817+00			2	1	\N	c19ca7d5-0d50-401e-bdf1-badddd115499
5	-----BEGIN CERTIFICATE REQUEST-----\nMIHMMHUCAQAwEzERMA8GA1UEAwwId2hhdGV2ZXIwWTATBgcqhkjOPQIBBggqhkjO\nPQMBBwNCAAR3f1p2NoD4rhDLODkT2WeZOo+xmkvdEZhjjGeRLUzwQFkfOXa57HZy\nXARPa6r/tqxLL+Ntdxh+6MkfdMuz6VnBoAAwCgYIKoZIzj0EAwIDRwAwRAIgVuCm\n5PfMgGNHCm9We8Mycrolf13wwgqIVEr014eXaykCIDiV6/SYr9Gc78G0lh/pBafU\nO/Fz/ZtmUs+POp2mzJkJ\n-----END CERTIFICATE REQUEST-----\n	94c359f7538e73589d7c60eb9eb6e8ed0ca06241a76687ffdd7cfe4a02032518			2026-11-26 21:12:08.866793+00	2026-11-26 21:12:08.923332+00			5	4	\N	86b40163-1621-4203-b15f-bbe8245078ca
\.
COPY public.sensors_diskkeyrelease (id, at, outcome, reason, source_address, public_address, other_addresses, serial, repeats, sensor_id) FROM stdin;
\.
COPY public.sensors_enrolmentcode (id, digest, issued_by, issued_at, expires_at, used_at, revoked_at, announced_at, confirmed_at, gateway_id, approval_id, sensor_id) FROM stdin;
5	40db83ffcc6b7abe96ff9ac878d2d4fa908113a570d9a044c426c77cd7c8c920	process:seed_demo	2026-11-26 21:12:08.698107+00	2026-12-03 21:12:08.698107+00	2026-11-26 21:12:08.831773+00	\N	\N	\N	1db7cd8a-3f5e-45b0-8977-0df52695a1dd	\N	\N
1	05a8c03d4f2aa4b99076ebf7cb73ed4586e07ec2a2f8b0a035a95830b96c98bf	process:seed_demo	2026-11-26 21:12:08.666796+00	2026-12-03 21:12:08.666796+00	2026-11-26 21:12:08.844968+00	\N	\N	\N	\N	\N	c19ca7d5-0d50-401e-bdf1-badddd115499
2	a19693854e20de05c514a24284942c5b9a2445c74c4a2439acc4fa281709578c	process:seed_demo	2026-11-26 21:12:08.676618+00	2026-12-03 21:12:08.676618+00	2026-11-26 21:12:08.85269+00	\N	\N	\N	\N	\N	ed6c5d24-76df-45dc-b6dc-cef41c3da2f2
3	6de3551dc486a80955ca9e8b332b9e7d58ae0a0913e2a4d984e0c41d76a8e1c4	process:seed_demo	2026-11-26 21:12:08.686164+00	2026-12-03 21:12:08.686164+00	2026-11-26 21:12:08.859808+00	\N	\N	\N	\N	\N	c35b246b-4811-4b84-b764-bb1673b77f75
4	21159b487e07f4fa6b837d540311847f82c8912c6b74b563b2e47e54536209e7	process:seed_demo	2026-11-26 21:12:08.695292+00	2026-12-03 21:12:08.695292+00	2026-11-26 21:12:08.866793+00	\N	\N	\N	\N	\N	86b40163-1621-4203-b15f-bbe8245078ca
\.
COPY public.sensors_gateway (id, name, subject, host, port, network, base_networks, generation, config_generation, next_address_offset, registered_at, subject_since, revoked_at, revoked_because, revoked_by_id) FROM stdin;
1db7cd8a-3f5e-45b0-8977-0df52695a1dd	gateway-1	g-hwtktwkibjc2	198.51.100.1	1194	10.88.0.0/16	["10.20.0.0/24"]	11	1	6	2026-11-26 21:12:07.625013+00	2026-11-26 21:12:07.625017+00	\N		\N
\.
COPY public.sensors_gatewaycontact (id, last_report_at, last_sequence, observed_generation, agent_version, openvpn_version, problems, gateway_id) FROM stdin;
\.
COPY public.sensors_gatewayslot (id, generation, gateway_id, sensor_id) FROM stdin;
2	7	1db7cd8a-3f5e-45b0-8977-0df52695a1dd	ed6c5d24-76df-45dc-b6dc-cef41c3da2f2
3	8	1db7cd8a-3f5e-45b0-8977-0df52695a1dd	c35b246b-4811-4b84-b764-bb1673b77f75
1	10	1db7cd8a-3f5e-45b0-8977-0df52695a1dd	c19ca7d5-0d50-401e-bdf1-badddd115499
4	11	1db7cd8a-3f5e-45b0-8977-0df52695a1dd	86b40163-1621-4203-b15f-bbe8245078ca
\.
COPY public.sensors_keypermit (id, public_address, permitted_at, expires_at, used_at, announced_at, permitted_by_id, sensor_id) FROM stdin;
\.
COPY public.sensors_measure (id, kind, done_at, detail, case_id, gateway_id) FROM stdin;
1	key-withheld	2026-11-26 21:12:08.967025+00		d3f0e39d-846a-4442-ab6d-818192dd2cc5	\N
2	certificate-revoked	2026-11-26 21:12:08.967025+00		d3f0e39d-846a-4442-ab6d-818192dd2cc5	\N
3	session-ended	\N		d3f0e39d-846a-4442-ab6d-818192dd2cc5	1db7cd8a-3f5e-45b0-8977-0df52695a1dd
4	firewall-closed	\N		d3f0e39d-846a-4442-ab6d-818192dd2cc5	1db7cd8a-3f5e-45b0-8977-0df52695a1dd
\.
COPY public.sensors_sensor (id, name, description, hardware_serial, line, subject, state, registered_at, enrolled_anew_with_id, gateway_id, site_id, underlay_address_id) FROM stdin;
ed6c5d24-76df-45dc-b6dc-cef41c3da2f2	harbour-gate	Small black box in the gatehouse cabinet	SN-4471-B	2.4	s-fruulbkupd32	in-service	2026-11-26 21:12:08.668674+00	\N	1db7cd8a-3f5e-45b0-8977-0df52695a1dd	9c73c719-32a7-4533-801f-f0fe43554768	2
c35b246b-4811-4b84-b764-bb1673b77f75	meadow-server	Server room, second shelf	SN-5203-A	2.4	s-twfzfffshvjb	in-service	2026-11-26 21:12:08.678079+00	\N	1db7cd8a-3f5e-45b0-8977-0df52695a1dd	62b89092-6362-43db-a216-e0673b82a5eb	3
c19ca7d5-0d50-401e-bdf1-badddd115499	harbour-rack2	Grey box in rack 2, top, yellow label	SN-4471-A	2.4	s-47dusnvmbu64	reported	2026-11-26 21:12:08.65332+00	\N	1db7cd8a-3f5e-45b0-8977-0df52695a1dd	9c73c719-32a7-4533-801f-f0fe43554768	1
86b40163-1621-4203-b15f-bbe8245078ca	meadow-lab	Under the desk in the laboratory	SN-5203-B	classic	s-tzz44xuhuy7p	retired	2026-11-26 21:12:08.687497+00	\N	1db7cd8a-3f5e-45b0-8977-0df52695a1dd	62b89092-6362-43db-a216-e0673b82a5eb	4
\.
COPY public.sensors_sensorcontact (id, last_heartbeat_at, disk, kit_version, sensor_id) FROM stdin;
\.
COPY public.sensors_session (id, public_address, underlay_address, since, client, serial, noted_at, reported_at, bytes_received, bytes_sent, ended_at, gateway_id, sensor_id) FROM stdin;
\.
COPY public.sensors_sessionquestion (id, subjects, asked_at, answered_at, answer, gateway_id) FROM stdin;
\.
COPY public.sensors_sighting (id, at, told_at, first_at, received_at, times, source_address, serial, line, case_id, gateway_id) FROM stdin;
\.
COPY public.sensors_underlayaddress (id, address, allocated_at, released_at, gateway_id) FROM stdin;
1	10.88.0.2	2026-11-26 21:12:06.905409+00	\N	1db7cd8a-3f5e-45b0-8977-0df52695a1dd
2	10.88.0.3	2026-11-26 21:12:06.905409+00	\N	1db7cd8a-3f5e-45b0-8977-0df52695a1dd
3	10.88.0.4	2026-11-26 21:12:06.905409+00	\N	1db7cd8a-3f5e-45b0-8977-0df52695a1dd
4	10.88.0.5	2026-11-26 21:12:06.905409+00	2026-11-26 21:12:08.980821+00	1db7cd8a-3f5e-45b0-8977-0df52695a1dd
\.
COPY public.tenants_accountchange (id, step, role, at, customer_id, made_by_id, person_id) FROM stdin;
1	person:add		2026-11-26 21:12:07.273203+00	\N	\N	1
2	person:role:grant	administrator	2026-11-26 21:12:07.286642+00	\N	\N	1
3	person:add		2026-11-26 21:12:07.615966+00	\N	\N	2
4	person:role:grant	operator	2026-11-26 21:12:07.623433+00	\N	\N	2
5	person:add		2026-11-26 21:12:07.986861+00	\N	\N	3
6	person:role:grant	contact	2026-11-26 21:12:07.993208+00	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	\N	3
7	person:add		2026-11-26 21:12:08.312884+00	\N	\N	4
8	person:role:grant	manager	2026-11-26 21:12:08.318797+00	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	\N	4
9	person:add		2026-11-26 21:12:08.640124+00	\N	\N	5
10	person:role:grant	contact	2026-11-26 21:12:08.645192+00	96ea0b57-4f7f-473f-bd72-85b6d82185cc	\N	5
\.
COPY public.tenants_announcement (id, about, mails, queued_at, announced_at) FROM stdin;
\.
COPY public.tenants_approval (id, action, about, details, reason, requested_at, expires_at, verdict, decided_at, decided_by_id, requested_by_id, customer_id) FROM stdin;
\.
COPY public.tenants_auditchain (id, name, length, head_hash, customer_id) FROM stdin;
1	provider	11	64561978739a04ec0705cf5d98d8851c39efe450f3c31bbd2bb65c1ad9f1eb33	\N
2	customer:6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	17	0ab09a7b8ea1665a8dd2af941072e33db62ba2290ec077ec82d64cf5255fe670	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8
3	customer:96ea0b57-4f7f-473f-bd72-85b6d82185cc	14	4def0b1a721b0b1340efddbe15bb39d27d18eb26237922988573e4d9a9d8ef94	96ea0b57-4f7f-473f-bd72-85b6d82185cc
\.
COPY public.tenants_auditentry (id, sequence, at, actor, action, subject, details, previous_hash, hash, chain_id) FROM stdin;
1	1	2026-11-26 21:12:07.277579+00	process:seed_demo	person:add	olga@provider.example	{"name": "Olga Okafor"}	e7285c7708aeec957d096e77f48d398e3f67211edaf9162f956285fdc1e370ca	00a397f95ca8ba84af206973381a23b4b9f3c76e3d7ca761b81b0422030844ef	1
2	2	2026-11-26 21:12:07.287396+00	process:seed_demo	person:role:grant	olga@provider.example	{"role": "administrator"}	00a397f95ca8ba84af206973381a23b4b9f3c76e3d7ca761b81b0422030844ef	6d776cac77ec0a07198557004a6ecb77efe3f3f4454d74cc932e9218ff07727f	1
3	3	2026-11-26 21:12:07.616723+00	process:seed_demo	person:add	otto@provider.example	{"name": "Otto Operator"}	6d776cac77ec0a07198557004a6ecb77efe3f3f4454d74cc932e9218ff07727f	abe659fc7b81f50f3dcda114f67e49881727fa2e9717b78b502e1bdeb1e4bc2e	1
4	4	2026-11-26 21:12:07.624089+00	process:seed_demo	person:role:grant	otto@provider.example	{"role": "operator"}	abe659fc7b81f50f3dcda114f67e49881727fa2e9717b78b502e1bdeb1e4bc2e	5e176aeb4156fa69dc891d8fc69543af423671758dcb314ecab04c437d621ad4	1
5	5	2026-11-26 21:12:07.62592+00	process:seed_demo	gateway:register	gateway:g-hwtktwkibjc2	{"base": ["10.20.0.0/24"], "host": "198.51.100.1", "port": 1194, "network": "10.88.0.0/16"}	5e176aeb4156fa69dc891d8fc69543af423671758dcb314ecab04c437d621ad4	745f2ab70fa9815df13469d1b9841e44061dec6bcf3cf31f57dcc9cda3130c9b	1
6	1	2026-11-26 21:12:07.655593+00	process:seed_demo	customer:register	customer:harbour	{"name": "Harbour Logistics", "change_delay_minutes": 0, "two_people_for_changes": false}	c501550b6c458b4ffa20c6554e5d8aa34b6e21a28ac8dc194c9acf95b9e796ef	8f5866a07f9ea49253a435ee5af2a82810ba0757b9ca749d7222516f42a61872	2
7	1	2026-11-26 21:12:07.667953+00	process:seed_demo	customer:register	customer:meadow	{"name": "Meadow Dairy", "change_delay_minutes": 0, "two_people_for_changes": false}	d8abab8f57de42245fecfc6bb42954bd9bfee262d240411b484c7155d4fc07f6	601c15f7dc3554cf78831840a3cb2697a74fd9fbdda7304a747cdd2e703bfcc1	3
8	6	2026-11-26 21:12:07.987818+00	process:seed_demo	person:add	anna@harbour.example	{"name": "Anna Adeyemi"}	745f2ab70fa9815df13469d1b9841e44061dec6bcf3cf31f57dcc9cda3130c9b	2b5ff2e8ffc0599c2af1f113c71bc0b496a679914460a39e24dcd630360c409d	1
9	2	2026-11-26 21:12:07.993923+00	process:seed_demo	person:role:grant	anna@harbour.example	{"role": "contact"}	8f5866a07f9ea49253a435ee5af2a82810ba0757b9ca749d7222516f42a61872	fa303cccceedce9329c1599ab46f65245c04f1043e62edf22c8a5b2852881fa9	2
10	7	2026-11-26 21:12:08.313891+00	process:seed_demo	person:add	maria@harbour.example	{"name": "Maria Moss"}	2b5ff2e8ffc0599c2af1f113c71bc0b496a679914460a39e24dcd630360c409d	b6ee2b5c4e63d5f903b74f8d7bd8f2089edaed39bdd1a4669221b0c2028084e0	1
11	3	2026-11-26 21:12:08.320348+00	process:seed_demo	person:role:grant	maria@harbour.example	{"role": "manager"}	fa303cccceedce9329c1599ab46f65245c04f1043e62edf22c8a5b2852881fa9	ea78fd3d78088175f46339de3612c1b11a90b53d18f44b14d103e30f295cbc24	2
12	8	2026-11-26 21:12:08.640803+00	process:seed_demo	person:add	ben@meadow.example	{"name": "Ben Brandt"}	b6ee2b5c4e63d5f903b74f8d7bd8f2089edaed39bdd1a4669221b0c2028084e0	cafb6852f798ee5b84fbafead6e16462e61b62aa7f22bc1a0e999b821d45e150	1
13	2	2026-11-26 21:12:08.645824+00	process:seed_demo	person:role:grant	ben@meadow.example	{"role": "contact"}	601c15f7dc3554cf78831840a3cb2697a74fd9fbdda7304a747cdd2e703bfcc1	37d0b6d696662b7ce9a8988a4e4fb7968a7905876cbdd36e8f2c8d4076883691	3
14	4	2026-11-26 21:12:08.649648+00	process:seed_demo	site:register	site:9c73c719-32a7-4533-801f-f0fe43554768	{"name": "Quay 7 warehouse", "expected_networks": ["198.51.100.21/32"]}	ea78fd3d78088175f46339de3612c1b11a90b53d18f44b14d103e30f295cbc24	180a7587790a0b95fc4a8b281a169c28c511f1c7499844966d5b7fb900366857	2
15	3	2026-11-26 21:12:08.652566+00	process:seed_demo	site:register	site:62b89092-6362-43db-a216-e0673b82a5eb	{"name": "Dairy North", "expected_networks": ["198.51.100.22/32"]}	37d0b6d696662b7ce9a8988a4e4fb7968a7905876cbdd36e8f2c8d4076883691	f3a4257f0c6963818427c88113a4660c546a474c4434158635bba6cf1aa56087	3
16	5	2026-11-26 21:12:08.661201+00	process:seed_demo	sensor:register	sensor:s-47dusnvmbu64	{"name": "harbour-rack2", "site": "Quay 7 warehouse", "address": "10.88.0.2", "gateway": "gateway-1"}	180a7587790a0b95fc4a8b281a169c28c511f1c7499844966d5b7fb900366857	ffa92ffd7e86889baabe531f910fd84c8f70cfa14ceceae89bd7a5fa1fa18943	2
17	6	2026-11-26 21:12:08.667875+00	process:seed_demo	sensor:enrolment-code:issue	sensor:s-47dusnvmbu64	{"expires_at": "2026-12-03T21:12:08.666796+00:00"}	ffa92ffd7e86889baabe531f910fd84c8f70cfa14ceceae89bd7a5fa1fa18943	ca35f73e2f9cdae9b8e118421097914321ced76ae4c735a44df222bb45d9e2a7	2
18	7	2026-11-26 21:12:08.673765+00	process:seed_demo	sensor:register	sensor:s-fruulbkupd32	{"name": "harbour-gate", "site": "Quay 7 warehouse", "address": "10.88.0.3", "gateway": "gateway-1"}	ca35f73e2f9cdae9b8e118421097914321ced76ae4c735a44df222bb45d9e2a7	7ba0bd20e86b7e7a5636a5cb92a262ec37328e6b0d3b324f19621c263cd41697	2
19	8	2026-11-26 21:12:08.677433+00	process:seed_demo	sensor:enrolment-code:issue	sensor:s-fruulbkupd32	{"expires_at": "2026-12-03T21:12:08.676618+00:00"}	7ba0bd20e86b7e7a5636a5cb92a262ec37328e6b0d3b324f19621c263cd41697	e40b83ecb90c151431ebf026aef1d2632b811390216810d20e955df4b70354e7	2
20	4	2026-11-26 21:12:08.683351+00	process:seed_demo	sensor:register	sensor:s-twfzfffshvjb	{"name": "meadow-server", "site": "Dairy North", "address": "10.88.0.4", "gateway": "gateway-1"}	f3a4257f0c6963818427c88113a4660c546a474c4434158635bba6cf1aa56087	ff9f0188672d61118ed551f227539fa8ae5a8d8ad493fa95fbf0df2d78969ad1	3
21	5	2026-11-26 21:12:08.686852+00	process:seed_demo	sensor:enrolment-code:issue	sensor:s-twfzfffshvjb	{"expires_at": "2026-12-03T21:12:08.686164+00:00"}	ff9f0188672d61118ed551f227539fa8ae5a8d8ad493fa95fbf0df2d78969ad1	6b8042008952b0cdf047d3207739e57f713c77e9a7976b50e816eef73220b51e	3
22	6	2026-11-26 21:12:08.692516+00	process:seed_demo	sensor:register	sensor:s-tzz44xuhuy7p	{"name": "meadow-lab", "site": "Dairy North", "address": "10.88.0.5", "gateway": "gateway-1"}	6b8042008952b0cdf047d3207739e57f713c77e9a7976b50e816eef73220b51e	5c4f80ae9ca3fbe3b27bff619989b1912e4501ace7f498f0589fb9ac6c5c8896	3
23	7	2026-11-26 21:12:08.696005+00	process:seed_demo	sensor:enrolment-code:issue	sensor:s-tzz44xuhuy7p	{"expires_at": "2026-12-03T21:12:08.695292+00:00"}	5c4f80ae9ca3fbe3b27bff619989b1912e4501ace7f498f0589fb9ac6c5c8896	aa7cb6d59afc7e19c3bcaa642fd34e581a8441578bca59728560738628731d6f	3
24	9	2026-11-26 21:12:08.698857+00	process:seed_demo	gateway:enrolment-code:issue	gateway:g-hwtktwkibjc2	{"expires_at": "2026-12-03T21:12:08.698107+00:00"}	cafb6852f798ee5b84fbafead6e16462e61b62aa7f22bc1a0e999b821d45e150	dc6e0567768f08e20341cf900c1a1644ebd3131ff46c4cacdab9b166f536979f	1
25	10	2026-11-26 21:12:08.8348+00	machine:g-hwtktwkibjc2	gateway:enrolment:request	gateway:g-hwtktwkibjc2	{"key": "2820d66c5d1276069b50b79bc9006ec6f0caaac59c09a934460477bd6ae5b2d4", "source": "198.51.100.21"}	dc6e0567768f08e20341cf900c1a1644ebd3131ff46c4cacdab9b166f536979f	28a700247754befb1c54086b2dc84a073904351dc1a80538502de67a9c59acaa	1
26	9	2026-11-26 21:12:08.848422+00	machine:s-47dusnvmbu64	sensor:enrolment:request	sensor:s-47dusnvmbu64	{"key": "f9fa7b136206ac29597e6af002058b91cdab8d7a83a10c459853b25a578b7cee", "source": "198.51.100.21"}	e40b83ecb90c151431ebf026aef1d2632b811390216810d20e955df4b70354e7	81ce90dd2743752b59948669be77785f30971affbd3830f551ae840df316def8	2
27	10	2026-11-26 21:12:08.855837+00	machine:s-fruulbkupd32	sensor:enrolment:request	sensor:s-fruulbkupd32	{"key": "399601c9836726c1cdeebf12ff6915f55da45b286966132c7d86cb7a03c23c35", "source": "198.51.100.21"}	81ce90dd2743752b59948669be77785f30971affbd3830f551ae840df316def8	e330600b3e7a3bc5b2f0eb275efb8f02de132a3ed30c27f386806d11a851910e	2
28	8	2026-11-26 21:12:08.86289+00	machine:s-twfzfffshvjb	sensor:enrolment:request	sensor:s-twfzfffshvjb	{"key": "e324ed5373948874d2097806c48e2ae0ad6760f8e5199e33e7031f477134470f", "source": "198.51.100.21"}	aa7cb6d59afc7e19c3bcaa642fd34e581a8441578bca59728560738628731d6f	d2b0e146770984eb3dcf36215967704c56cdcd5699365d54f44887d7560e74eb	3
29	9	2026-11-26 21:12:08.869785+00	machine:s-tzz44xuhuy7p	sensor:enrolment:request	sensor:s-tzz44xuhuy7p	{"key": "ff6cff7741b8a682d83f0b78bfea134adf66d020dbc09b464bc451956cd70650", "source": "198.51.100.21"}	d2b0e146770984eb3dcf36215967704c56cdcd5699365d54f44887d7560e74eb	ddd1519b2f8b58371c49e9c65b17d184a2761d0d4f345171b37c6dbb9f954180	3
30	11	2026-11-26 21:12:08.886441+00	process:signer	certificate:issue	gateway:g-hwtktwkibjc2	{"serial": "329531615912382276983330655175978463308994314846", "not_after": "2027-11-26T21:12:08+00:00"}	28a700247754befb1c54086b2dc84a073904351dc1a80538502de67a9c59acaa	64561978739a04ec0705cf5d98d8851c39efe450f3c31bbd2bb65c1ad9f1eb33	1
31	11	2026-11-26 21:12:08.895239+00	process:signer	sensor:state:change	sensor:s-47dusnvmbu64	{"to": "in-service", "from": "registered"}	e330600b3e7a3bc5b2f0eb275efb8f02de132a3ed30c27f386806d11a851910e	267483f04b004bbc206ec665a02b90ef9bd7df4d57f568dc638f1d083170885b	2
32	12	2026-11-26 21:12:08.895832+00	process:signer	certificate:issue	sensor:s-47dusnvmbu64	{"serial": "224748154996246866639747715999138884073054083438", "not_after": "2027-02-24T21:12:08+00:00"}	267483f04b004bbc206ec665a02b90ef9bd7df4d57f568dc638f1d083170885b	92d9adc19e5295fe2dec8d78b4bdb1e1a8ce9278511ad85c44db7bfa88d87801	2
33	13	2026-11-26 21:12:08.905846+00	process:signer	sensor:state:change	sensor:s-fruulbkupd32	{"to": "in-service", "from": "registered"}	92d9adc19e5295fe2dec8d78b4bdb1e1a8ce9278511ad85c44db7bfa88d87801	f0f890feeff531d719ba8f1d402de3ae39705813b39cb26778e472b5cbbe80ff	2
34	14	2026-11-26 21:12:08.906463+00	process:signer	certificate:issue	sensor:s-fruulbkupd32	{"serial": "40692224560151091652372025641693778305017957960", "not_after": "2027-02-24T21:12:08+00:00"}	f0f890feeff531d719ba8f1d402de3ae39705813b39cb26778e472b5cbbe80ff	6069b691d3a48cc0a2740723de1db93d65a6ca4ee329e2e47ecc5d39636a6a4f	2
35	10	2026-11-26 21:12:08.916392+00	process:signer	sensor:state:change	sensor:s-twfzfffshvjb	{"to": "in-service", "from": "registered"}	ddd1519b2f8b58371c49e9c65b17d184a2761d0d4f345171b37c6dbb9f954180	6dae8f67c3c338b9c180cab8502e7705dc53632f87ab0cca874ff9949d2e0935	3
36	11	2026-11-26 21:12:08.916877+00	process:signer	certificate:issue	sensor:s-twfzfffshvjb	{"serial": "98798007304064961125231284811119490588211360475", "not_after": "2027-02-24T21:12:08+00:00"}	6dae8f67c3c338b9c180cab8502e7705dc53632f87ab0cca874ff9949d2e0935	d229567f3d3de0937c6c31b6e291b12479037bef9514a8ed5362ca8c7a103d20	3
37	12	2026-11-26 21:12:08.924406+00	process:signer	sensor:state:change	sensor:s-tzz44xuhuy7p	{"to": "in-service", "from": "registered"}	d229567f3d3de0937c6c31b6e291b12479037bef9514a8ed5362ca8c7a103d20	0ad9bed195320101df1785f8550a6be1702bffc4ff8104f004d68a42b3a116a8	3
38	13	2026-11-26 21:12:08.925031+00	process:signer	certificate:issue	sensor:s-tzz44xuhuy7p	{"serial": "582479127720515821032749768610147392162843175822", "not_after": "2027-02-24T21:12:08+00:00"}	0ad9bed195320101df1785f8550a6be1702bffc4ff8104f004d68a42b3a116a8	667193a09882ba446d4ef0c7e58aa87ae86f380682eb22717565beac74a61d87	3
39	15	2026-11-26 21:12:08.964044+00	person:anna@harbour.example	case:open	case:d3f0e39d-846a-4442-ab6d-818192dd2cc5	{"kind": "stolen", "sensor": "s-47dusnvmbu64"}	6069b691d3a48cc0a2740723de1db93d65a6ca4ee329e2e47ecc5d39636a6a4f	257d83486c99df1195c71a3ea3a3a0a9ff84e194f7cf0d56d06474ba1fb5b018	2
40	16	2026-11-26 21:12:08.965691+00	person:anna@harbour.example	sensor:state:change	sensor:s-47dusnvmbu64	{"to": "reported", "from": "in-service"}	257d83486c99df1195c71a3ea3a3a0a9ff84e194f7cf0d56d06474ba1fb5b018	5fc6ae9b069ae75e07ddc8ba54cf7fc490591b464bedacd3fd38f7ae4cad77de	2
41	17	2026-11-26 21:12:08.966507+00	person:anna@harbour.example	certificate:revoke	sensor:s-47dusnvmbu64	{"case": "d3f0e39d-846a-4442-ab6d-818192dd2cc5", "serials": ["224748154996246866639747715999138884073054083438"]}	5fc6ae9b069ae75e07ddc8ba54cf7fc490591b464bedacd3fd38f7ae4cad77de	0ab09a7b8ea1665a8dd2af941072e33db62ba2290ec077ec82d64cf5255fe670	2
42	14	2026-11-26 21:12:08.991339+00	process:freeze	sensor:state:change	sensor:s-tzz44xuhuy7p	{"to": "retired", "from": "in-service"}	667193a09882ba446d4ef0c7e58aa87ae86f380682eb22717565beac74a61d87	4def0b1a721b0b1340efddbe15bb39d27d18eb26237922988573e4d9a9d8ef94	3
\.
COPY public.tenants_customer (id, slug, name, change_delay_minutes, change_delay_in_force, two_people_for_changes, registered_at) FROM stdin;
6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	harbour	Harbour Logistics	0	0	f	2026-11-26 21:12:07.639672+00
96ea0b57-4f7f-473f-bd72-85b6d82185cc	meadow	Meadow Dairy	0	0	f	2026-11-26 21:12:07.656459+00
\.
COPY public.tenants_customergroupobjectpermission (id, content_object_id, group_id, permission_id) FROM stdin;
1	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	1	72
2	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	1	68
3	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	1	70
4	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	1	61
5	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	1	65
6	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	1	71
7	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	1	69
8	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	1	73
9	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	1	66
10	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	1	62
11	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	1	64
12	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	1	67
13	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	1	74
14	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	1	63
15	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	2	72
16	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	2	68
17	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	2	70
18	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	2	61
19	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	2	65
20	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	2	71
21	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	2	69
22	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	2	73
23	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	2	66
24	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	2	67
25	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	2	74
26	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	2	63
27	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	3	65
28	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	3	71
29	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	3	74
30	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	3	61
31	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	4	70
32	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	4	61
33	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	4	65
34	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	4	71
35	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	4	73
36	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	4	69
37	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	4	64
38	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	4	74
39	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	5	70
40	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	5	65
41	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	5	71
42	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	5	61
43	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	6	65
44	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	6	71
45	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	6	61
46	96ea0b57-4f7f-473f-bd72-85b6d82185cc	1	72
47	96ea0b57-4f7f-473f-bd72-85b6d82185cc	1	68
48	96ea0b57-4f7f-473f-bd72-85b6d82185cc	1	70
49	96ea0b57-4f7f-473f-bd72-85b6d82185cc	1	61
50	96ea0b57-4f7f-473f-bd72-85b6d82185cc	1	65
51	96ea0b57-4f7f-473f-bd72-85b6d82185cc	1	71
52	96ea0b57-4f7f-473f-bd72-85b6d82185cc	1	69
53	96ea0b57-4f7f-473f-bd72-85b6d82185cc	1	73
54	96ea0b57-4f7f-473f-bd72-85b6d82185cc	1	66
55	96ea0b57-4f7f-473f-bd72-85b6d82185cc	1	62
56	96ea0b57-4f7f-473f-bd72-85b6d82185cc	1	64
57	96ea0b57-4f7f-473f-bd72-85b6d82185cc	1	67
58	96ea0b57-4f7f-473f-bd72-85b6d82185cc	1	74
59	96ea0b57-4f7f-473f-bd72-85b6d82185cc	1	63
60	96ea0b57-4f7f-473f-bd72-85b6d82185cc	2	72
61	96ea0b57-4f7f-473f-bd72-85b6d82185cc	2	68
62	96ea0b57-4f7f-473f-bd72-85b6d82185cc	2	70
63	96ea0b57-4f7f-473f-bd72-85b6d82185cc	2	61
64	96ea0b57-4f7f-473f-bd72-85b6d82185cc	2	65
65	96ea0b57-4f7f-473f-bd72-85b6d82185cc	2	71
66	96ea0b57-4f7f-473f-bd72-85b6d82185cc	2	69
67	96ea0b57-4f7f-473f-bd72-85b6d82185cc	2	73
68	96ea0b57-4f7f-473f-bd72-85b6d82185cc	2	66
69	96ea0b57-4f7f-473f-bd72-85b6d82185cc	2	67
70	96ea0b57-4f7f-473f-bd72-85b6d82185cc	2	74
71	96ea0b57-4f7f-473f-bd72-85b6d82185cc	2	63
72	96ea0b57-4f7f-473f-bd72-85b6d82185cc	3	65
73	96ea0b57-4f7f-473f-bd72-85b6d82185cc	3	71
74	96ea0b57-4f7f-473f-bd72-85b6d82185cc	3	74
75	96ea0b57-4f7f-473f-bd72-85b6d82185cc	3	61
76	96ea0b57-4f7f-473f-bd72-85b6d82185cc	7	70
77	96ea0b57-4f7f-473f-bd72-85b6d82185cc	7	61
78	96ea0b57-4f7f-473f-bd72-85b6d82185cc	7	65
79	96ea0b57-4f7f-473f-bd72-85b6d82185cc	7	71
80	96ea0b57-4f7f-473f-bd72-85b6d82185cc	7	73
81	96ea0b57-4f7f-473f-bd72-85b6d82185cc	7	69
82	96ea0b57-4f7f-473f-bd72-85b6d82185cc	7	64
83	96ea0b57-4f7f-473f-bd72-85b6d82185cc	7	74
84	96ea0b57-4f7f-473f-bd72-85b6d82185cc	8	70
85	96ea0b57-4f7f-473f-bd72-85b6d82185cc	8	65
86	96ea0b57-4f7f-473f-bd72-85b6d82185cc	8	71
87	96ea0b57-4f7f-473f-bd72-85b6d82185cc	8	61
88	96ea0b57-4f7f-473f-bd72-85b6d82185cc	9	65
89	96ea0b57-4f7f-473f-bd72-85b6d82185cc	9	71
90	96ea0b57-4f7f-473f-bd72-85b6d82185cc	9	61
\.
COPY public.tenants_customerrolegroup (id, role, customer_id, group_id) FROM stdin;
1	manager	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	4
2	contact	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	5
3	viewer	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8	6
4	manager	96ea0b57-4f7f-473f-bd72-85b6d82185cc	7
5	contact	96ea0b57-4f7f-473f-bd72-85b6d82185cc	8
6	viewer	96ea0b57-4f7f-473f-bd72-85b6d82185cc	9
\.
COPY public.tenants_person (id, password, last_login, is_superuser, email, name, phone, is_active, is_staff, date_joined, sign_in_generation) FROM stdin;
1	pbkdf2_sha256$1000000$j9aj7LOjPjXvjkNogwl7Yg$6SJzyPtiOikDyImky8aaK7ftwayrj+IBNwzNU+e75mU=	\N	f	olga@provider.example	Olga Okafor		t	t	2026-11-26 21:12:06.906259+00	0
2	pbkdf2_sha256$1000000$E0S0tgOxDEwazNpOrI2YFh$B+91T9quluIzJxgqrZu66oZzgqV4g+zRfEc55c1F3eQ=	\N	f	otto@provider.example	Otto Operator		t	t	2026-11-26 21:12:07.288167+00	0
3	pbkdf2_sha256$1000000$JW0stjJ6O4EXqzDpjwWzAc$AcsvMZNWBCCaT1tUgteH4mc9OFT3rZefF4VfnKJcnXI=	\N	f	anna@harbour.example	Anna Adeyemi		t	f	2026-11-26 21:12:07.668778+00	0
4	pbkdf2_sha256$1000000$zXFgBcAhCCLBObedyX0cy3$J614i1PSwn2Ngh9PQi8Kj93k2aPuerHSPoJNVfq7FSY=	\N	f	maria@harbour.example	Maria Moss		t	f	2026-11-26 21:12:07.994892+00	0
5	pbkdf2_sha256$1000000$nilegiXFWukgIuEsjcpXQa$WZWiIBmwx1Lic6s1ke8fA8e42D2fTLd7MoGzzisY1JM=	\N	f	ben@meadow.example	Ben Brandt		t	f	2026-11-26 21:12:08.32145+00	0
\.
COPY public.tenants_person_groups (id, person_id, group_id) FROM stdin;
1	1	1
2	2	2
3	3	5
4	4	4
5	5	8
\.
COPY public.tenants_person_user_permissions (id, person_id, permission_id) FROM stdin;
\.
COPY public.tenants_providerrolegroup (id, role, group_id) FROM stdin;
1	administrator	1
2	operator	2
3	auditor	3
\.
COPY public.tenants_site (id, name, expected_networks, networks_set_by, networks_set_at, announced_networks, networks_announced_for, registered_at, customer_id) FROM stdin;
9c73c719-32a7-4533-801f-f0fe43554768	Quay 7 warehouse	["198.51.100.21/32"]	process:seed_demo	2026-11-26 21:12:08.646527+00	{}	\N	2026-11-26 21:12:08.646538+00	6044b791-b7b8-4eb3-b3ae-e5d6b72d95c8
62b89092-6362-43db-a216-e0673b82a5eb	Dairy North	["198.51.100.22/32"]	process:seed_demo	2026-11-26 21:12:08.650283+00	{}	\N	2026-11-26 21:12:08.650289+00	96ea0b57-4f7f-473f-bd72-85b6d82185cc
\.
COPY public.tenants_staffread (id, listing, asked, at, reader_id) FROM stdin;
\.
SELECT pg_catalog.setval('public.account_emailaddress_id_seq', 1, false);
SELECT pg_catalog.setval('public.account_emailconfirmation_id_seq', 1, false);
SELECT pg_catalog.setval('public.accounts_browserlink_id_seq', 1, false);
SELECT pg_catalog.setval('public.auth_group_id_seq', 9, true);
SELECT pg_catalog.setval('public.auth_group_permissions_id_seq', 1, false);
SELECT pg_catalog.setval('public.auth_permission_id_seq', 206, true);
SELECT pg_catalog.setval('public.django_admin_log_id_seq', 1, false);
SELECT pg_catalog.setval('public.django_content_type_id_seq', 48, true);
SELECT pg_catalog.setval('public.django_migrations_id_seq', 46, true);
SELECT pg_catalog.setval('public.guardian_groupobjectpermission_id_seq', 1, false);
SELECT pg_catalog.setval('public.guardian_userobjectpermission_id_seq', 1, false);
SELECT pg_catalog.setval('public.mfa_authenticator_id_seq', 1, true);
SELECT pg_catalog.setval('public.notices_mail_id_seq', 10, true);
SELECT pg_catalog.setval('public.pki_authority_id_seq', 1, true);
SELECT pg_catalog.setval('public.pki_certificate_id_seq', 5, true);
SELECT pg_catalog.setval('public.pki_certificaterevocationlist_id_seq', 1, true);
SELECT pg_catalog.setval('public.pki_keyencryptionkeycheck_id_seq', 1, false);
SELECT pg_catalog.setval('public.pki_keyretirement_id_seq', 1, false);
SELECT pg_catalog.setval('public.pki_revocation_id_seq', 2, true);
SELECT pg_catalog.setval('public.pki_wrappedkey_id_seq', 5, true);
SELECT pg_catalog.setval('public.sensors_casenote_id_seq', 1, false);
SELECT pg_catalog.setval('public.sensors_certificaterequest_id_seq', 5, true);
SELECT pg_catalog.setval('public.sensors_diskkeyrelease_id_seq', 1, false);
SELECT pg_catalog.setval('public.sensors_enrolmentcode_id_seq', 5, true);
SELECT pg_catalog.setval('public.sensors_gatewaycontact_id_seq', 1, false);
SELECT pg_catalog.setval('public.sensors_gatewayslot_id_seq', 10, true);
SELECT pg_catalog.setval('public.sensors_keypermit_id_seq', 1, false);
SELECT pg_catalog.setval('public.sensors_measure_id_seq', 4, true);
SELECT pg_catalog.setval('public.sensors_sensorcontact_id_seq', 1, false);
SELECT pg_catalog.setval('public.sensors_session_id_seq', 1, false);
SELECT pg_catalog.setval('public.sensors_sessionquestion_id_seq', 1, false);
SELECT pg_catalog.setval('public.sensors_sighting_id_seq', 1, false);
SELECT pg_catalog.setval('public.sensors_underlayaddress_id_seq', 4, true);
SELECT pg_catalog.setval('public.tenants_accountchange_id_seq', 10, true);
SELECT pg_catalog.setval('public.tenants_announcement_id_seq', 1, false);
SELECT pg_catalog.setval('public.tenants_auditchain_id_seq', 3, true);
SELECT pg_catalog.setval('public.tenants_auditentry_id_seq', 42, true);
SELECT pg_catalog.setval('public.tenants_customergroupobjectpermission_id_seq', 90, true);
SELECT pg_catalog.setval('public.tenants_customerrolegroup_id_seq', 6, true);
SELECT pg_catalog.setval('public.tenants_person_groups_id_seq', 5, true);
SELECT pg_catalog.setval('public.tenants_person_id_seq', 5, true);
SELECT pg_catalog.setval('public.tenants_person_user_permissions_id_seq', 1, false);
SELECT pg_catalog.setval('public.tenants_providerrolegroup_id_seq', 3, true);
SELECT pg_catalog.setval('public.tenants_staffread_id_seq', 1, false);
ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_user_id_email_987c8728_uniq UNIQUE (user_id, email);
ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirmation_key_key UNIQUE (key);
ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirmation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_browserlink
    ADD CONSTRAINT accounts_browserlink_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_browserlink
    ADD CONSTRAINT accounts_browserlink_secret_hash_key UNIQUE (secret_hash);
ALTER TABLE ONLY public.tenants_auditentry
    ADD CONSTRAINT audit_sequence_once UNIQUE (chain_id, sequence);
ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_name_key UNIQUE (name);
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_permission_id_0cd325b0_uniq UNIQUE (group_id, permission_id);
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_codename_01ab375a_uniq UNIQUE (content_type_id, codename);
ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.django_admin_log
    ADD CONSTRAINT django_admin_log_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_app_label_model_76bd3d3b_uniq UNIQUE (app_label, model);
ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.django_migrations
    ADD CONSTRAINT django_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.django_session
    ADD CONSTRAINT django_session_pkey PRIMARY KEY (session_key);
ALTER TABLE ONLY public.guardian_groupobjectpermission
    ADD CONSTRAINT guardian_groupobjectperm_group_id_permission_id_o_3f189f7c_uniq UNIQUE (group_id, permission_id, object_pk);
ALTER TABLE ONLY public.guardian_groupobjectpermission
    ADD CONSTRAINT guardian_groupobjectpermission_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.guardian_userobjectpermission
    ADD CONSTRAINT guardian_userobjectpermi_user_id_permission_id_ob_b0b3d2fc_uniq UNIQUE (user_id, permission_id, object_pk);
ALTER TABLE ONLY public.guardian_userobjectpermission
    ADD CONSTRAINT guardian_userobjectpermission_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.limits_spentpurse
    ADD CONSTRAINT limits_spentpurse_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.mfa_authenticator
    ADD CONSTRAINT mfa_authenticator_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notices_mail
    ADD CONSTRAINT notices_mail_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tenants_customerrolegroup
    ADD CONSTRAINT one_group_per_customer_role UNIQUE (customer_id, role);
ALTER TABLE ONLY public.sensors_measure
    ADD CONSTRAINT one_measure_per_gateway UNIQUE (case_id, kind, gateway_id);
ALTER TABLE ONLY public.sensors_gatewayslot
    ADD CONSTRAINT one_slot_per_gateway_and_sensor UNIQUE (gateway_id, sensor_id);
ALTER TABLE ONLY public.pki_authority
    ADD CONSTRAINT pki_authority_name_key UNIQUE (name);
ALTER TABLE ONLY public.pki_authority
    ADD CONSTRAINT pki_authority_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.pki_certificate
    ADD CONSTRAINT pki_certificate_fingerprint_key UNIQUE (fingerprint);
ALTER TABLE ONLY public.pki_certificate
    ADD CONSTRAINT pki_certificate_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.pki_certificate
    ADD CONSTRAINT pki_certificate_serial_once_per_authority UNIQUE (authority_id, serial);
ALTER TABLE ONLY public.pki_certificaterevocationlist
    ADD CONSTRAINT pki_certificaterevocationlist_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.pki_certificaterevocationlist
    ADD CONSTRAINT pki_crl_number_once_per_authority UNIQUE (authority_id, number);
ALTER TABLE ONLY public.pki_keyencryptionkeycheck
    ADD CONSTRAINT pki_keyencryptionkeycheck_kek_id_key UNIQUE (kek_id);
ALTER TABLE ONLY public.pki_keyencryptionkeycheck
    ADD CONSTRAINT pki_keyencryptionkeycheck_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.pki_keyretirement
    ADD CONSTRAINT pki_keyretirement_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.pki_revocation
    ADD CONSTRAINT pki_revocation_certificate_id_key UNIQUE (certificate_id);
ALTER TABLE ONLY public.pki_revocation
    ADD CONSTRAINT pki_revocation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.pki_wrappedkey
    ADD CONSTRAINT pki_wrapped_key_version_once UNIQUE (subject, purpose, version);
ALTER TABLE ONLY public.pki_wrappedkey
    ADD CONSTRAINT pki_wrappedkey_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sensors_sensor
    ADD CONSTRAINT sensor_name_once_per_site UNIQUE (site_id, name);
ALTER TABLE ONLY public.sensors_case
    ADD CONSTRAINT sensors_case_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sensors_casenote
    ADD CONSTRAINT sensors_casenote_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sensors_certificaterequest
    ADD CONSTRAINT sensors_certificaterequest_certificate_id_key UNIQUE (certificate_id);
ALTER TABLE ONLY public.sensors_certificaterequest
    ADD CONSTRAINT sensors_certificaterequest_code_id_key UNIQUE (code_id);
ALTER TABLE ONLY public.sensors_certificaterequest
    ADD CONSTRAINT sensors_certificaterequest_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sensors_diskkeyrelease
    ADD CONSTRAINT sensors_diskkeyrelease_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sensors_enrolmentcode
    ADD CONSTRAINT sensors_enrolmentcode_approval_id_key UNIQUE (approval_id);
ALTER TABLE ONLY public.sensors_enrolmentcode
    ADD CONSTRAINT sensors_enrolmentcode_digest_key UNIQUE (digest);
ALTER TABLE ONLY public.sensors_enrolmentcode
    ADD CONSTRAINT sensors_enrolmentcode_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sensors_gateway
    ADD CONSTRAINT sensors_gateway_name_key UNIQUE (name);
ALTER TABLE ONLY public.sensors_gateway
    ADD CONSTRAINT sensors_gateway_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sensors_gateway
    ADD CONSTRAINT sensors_gateway_subject_key UNIQUE (subject);
ALTER TABLE ONLY public.sensors_gatewaycontact
    ADD CONSTRAINT sensors_gatewaycontact_gateway_id_key UNIQUE (gateway_id);
ALTER TABLE ONLY public.sensors_gatewaycontact
    ADD CONSTRAINT sensors_gatewaycontact_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sensors_gatewayslot
    ADD CONSTRAINT sensors_gatewayslot_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sensors_keypermit
    ADD CONSTRAINT sensors_keypermit_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sensors_measure
    ADD CONSTRAINT sensors_measure_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sensors_sensor
    ADD CONSTRAINT sensors_sensor_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sensors_sensor
    ADD CONSTRAINT sensors_sensor_subject_key UNIQUE (subject);
ALTER TABLE ONLY public.sensors_sensorcontact
    ADD CONSTRAINT sensors_sensorcontact_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sensors_sensorcontact
    ADD CONSTRAINT sensors_sensorcontact_sensor_id_key UNIQUE (sensor_id);
ALTER TABLE ONLY public.sensors_session
    ADD CONSTRAINT sensors_session_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sensors_sessionquestion
    ADD CONSTRAINT sensors_sessionquestion_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sensors_sighting
    ADD CONSTRAINT sensors_sighting_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sensors_underlayaddress
    ADD CONSTRAINT sensors_underlayaddress_address_key UNIQUE (address);
ALTER TABLE ONLY public.sensors_underlayaddress
    ADD CONSTRAINT sensors_underlayaddress_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tenants_site
    ADD CONSTRAINT site_name_once_per_customer UNIQUE (customer_id, name);
ALTER TABLE ONLY public.tenants_accountchange
    ADD CONSTRAINT tenants_accountchange_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tenants_announcement
    ADD CONSTRAINT tenants_announcement_about_key UNIQUE (about);
ALTER TABLE ONLY public.tenants_announcement
    ADD CONSTRAINT tenants_announcement_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tenants_approval
    ADD CONSTRAINT tenants_approval_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tenants_auditchain
    ADD CONSTRAINT tenants_auditchain_customer_id_key UNIQUE (customer_id);
ALTER TABLE ONLY public.tenants_auditchain
    ADD CONSTRAINT tenants_auditchain_name_key UNIQUE (name);
ALTER TABLE ONLY public.tenants_auditchain
    ADD CONSTRAINT tenants_auditchain_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tenants_auditentry
    ADD CONSTRAINT tenants_auditentry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tenants_customer
    ADD CONSTRAINT tenants_customer_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tenants_customer
    ADD CONSTRAINT tenants_customer_slug_key UNIQUE (slug);
ALTER TABLE ONLY public.tenants_customergroupobjectpermission
    ADD CONSTRAINT tenants_customergroupobj_group_id_permission_id_c_33236513_uniq UNIQUE (group_id, permission_id, content_object_id);
ALTER TABLE ONLY public.tenants_customergroupobjectpermission
    ADD CONSTRAINT tenants_customergroupobjectpermission_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tenants_customerrolegroup
    ADD CONSTRAINT tenants_customerrolegroup_group_id_key UNIQUE (group_id);
ALTER TABLE ONLY public.tenants_customerrolegroup
    ADD CONSTRAINT tenants_customerrolegroup_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tenants_person
    ADD CONSTRAINT tenants_person_email_key UNIQUE (email);
ALTER TABLE ONLY public.tenants_person_groups
    ADD CONSTRAINT tenants_person_groups_person_id_group_id_40f6a4fa_uniq UNIQUE (person_id, group_id);
ALTER TABLE ONLY public.tenants_person_groups
    ADD CONSTRAINT tenants_person_groups_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tenants_person
    ADD CONSTRAINT tenants_person_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tenants_person_user_permissions
    ADD CONSTRAINT tenants_person_user_perm_person_id_permission_id_64baf77a_uniq UNIQUE (person_id, permission_id);
ALTER TABLE ONLY public.tenants_person_user_permissions
    ADD CONSTRAINT tenants_person_user_permissions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tenants_providerrolegroup
    ADD CONSTRAINT tenants_providerrolegroup_group_id_key UNIQUE (group_id);
ALTER TABLE ONLY public.tenants_providerrolegroup
    ADD CONSTRAINT tenants_providerrolegroup_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tenants_providerrolegroup
    ADD CONSTRAINT tenants_providerrolegroup_role_key UNIQUE (role);
ALTER TABLE ONLY public.tenants_site
    ADD CONSTRAINT tenants_site_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tenants_staffread
    ADD CONSTRAINT tenants_staffread_pkey PRIMARY KEY (id);
CREATE INDEX account_change_of_late ON public.tenants_accountchange USING btree (step, role, at);
CREATE INDEX account_emailaddress_email_03be32b2 ON public.account_emailaddress USING btree (email);
CREATE INDEX account_emailaddress_email_03be32b2_like ON public.account_emailaddress USING btree (email varchar_pattern_ops);
CREATE INDEX account_emailaddress_user_id_2c513194 ON public.account_emailaddress USING btree (user_id);
CREATE INDEX account_emailconfirmation_email_address_id_5b7f8c58 ON public.account_emailconfirmation USING btree (email_address_id);
CREATE INDEX account_emailconfirmation_key_f43612bd_like ON public.account_emailconfirmation USING btree (key varchar_pattern_ops);
CREATE INDEX accounts_browserlink_person_id_1419861a ON public.accounts_browserlink USING btree (person_id);
CREATE INDEX accounts_browserlink_secret_hash_5354e6d7_like ON public.accounts_browserlink USING btree (secret_hash varchar_pattern_ops);
CREATE INDEX address_released ON public.sensors_underlayaddress USING btree (gateway_id, released_at);
CREATE INDEX auth_group_name_a6ea08ec_like ON public.auth_group USING btree (name varchar_pattern_ops);
CREATE INDEX auth_group_permissions_group_id_b120cbf9 ON public.auth_group_permissions USING btree (group_id);
CREATE INDEX auth_group_permissions_permission_id_84c5c92e ON public.auth_group_permissions USING btree (permission_id);
CREATE INDEX auth_permission_content_type_id_2f476e4b ON public.auth_permission USING btree (content_type_id);
CREATE INDEX django_admin_log_content_type_id_c4bce8eb ON public.django_admin_log USING btree (content_type_id);
CREATE INDEX django_admin_log_user_id_c564eba6 ON public.django_admin_log USING btree (user_id);
CREATE INDEX django_session_expire_date_a5c62663 ON public.django_session USING btree (expire_date);
CREATE INDEX django_session_session_key_c0390e0f_like ON public.django_session USING btree (session_key varchar_pattern_ops);
CREATE INDEX guardian_gr_group_i_9e7d12_idx ON public.guardian_groupobjectpermission USING btree (group_id, content_type_id, object_pk);
CREATE INDEX guardian_gr_permiss_83545c_idx ON public.guardian_groupobjectpermission USING btree (permission_id, group_id, content_type_id, object_pk);
CREATE INDEX guardian_groupobjectpermission_content_type_id_7ade36b8 ON public.guardian_groupobjectpermission USING btree (content_type_id);
CREATE INDEX guardian_groupobjectpermission_group_id_4bbbfb62 ON public.guardian_groupobjectpermission USING btree (group_id);
CREATE INDEX guardian_groupobjectpermission_permission_id_36572738 ON public.guardian_groupobjectpermission USING btree (permission_id);
CREATE INDEX guardian_us_permiss_e5749c_idx ON public.guardian_userobjectpermission USING btree (permission_id, user_id, content_type_id, object_pk);
CREATE INDEX guardian_us_user_id_8eae14_idx ON public.guardian_userobjectpermission USING btree (user_id, content_type_id, object_pk);
CREATE INDEX guardian_userobjectpermission_content_type_id_2e892405 ON public.guardian_userobjectpermission USING btree (content_type_id);
CREATE INDEX guardian_userobjectpermission_permission_id_71807bfc ON public.guardian_userobjectpermission USING btree (permission_id);
CREATE INDEX guardian_userobjectpermission_user_id_d5c1e964 ON public.guardian_userobjectpermission USING btree (user_id);
CREATE INDEX limits_spentpurse_key_b7b1c787_like ON public.limits_spentpurse USING btree (key varchar_pattern_ops);
CREATE INDEX mail_waiting ON public.notices_mail USING btree (next_attempt_at) WHERE (sent_at IS NULL);
CREATE INDEX mfa_authenticator_user_id_0c3a50c0 ON public.mfa_authenticator USING btree (user_id);
CREATE INDEX notices_mail_about_3dcd1756 ON public.notices_mail USING btree (about);
CREATE INDEX notices_mail_about_3dcd1756_like ON public.notices_mail USING btree (about varchar_pattern_ops);
CREATE UNIQUE INDEX one_current_session_per_gateway ON public.sensors_session USING btree (gateway_id, sensor_id) WHERE (ended_at IS NULL);
CREATE UNIQUE INDEX one_measure_at_base ON public.sensors_measure USING btree (case_id, kind) WHERE (gateway_id IS NULL);
CREATE UNIQUE INDEX one_open_case_per_sensor ON public.sensors_case USING btree (sensor_id) WHERE (closed_at IS NULL);
CREATE UNIQUE INDEX one_owner_per_address ON public.sensors_sensor USING btree (underlay_address_id) WHERE (NOT ((state)::text = 'retired'::text));
CREATE UNIQUE INDEX one_undecided_approval ON public.tenants_approval USING btree (about) WHERE ((verdict)::text = ''::text);
CREATE UNIQUE INDEX person_email_any_case ON public.tenants_person USING btree (lower((email)::text));
CREATE INDEX pki_authority_name_559fd97d_like ON public.pki_authority USING btree (name varchar_pattern_ops);
CREATE INDEX pki_certificate_fingerprint_546daf06_like ON public.pki_certificate USING btree (fingerprint varchar_pattern_ops);
CREATE INDEX pki_certificate_of_authority ON public.pki_certificate USING btree (authority_id, id);
CREATE INDEX pki_certificate_subject_cd3bd141 ON public.pki_certificate USING btree (subject);
CREATE INDEX pki_certificate_subject_cd3bd141_like ON public.pki_certificate USING btree (subject varchar_pattern_ops);
CREATE INDEX pki_certificaterevocationlist_authority_id_57c42c2d ON public.pki_certificaterevocationlist USING btree (authority_id);
CREATE INDEX pki_key_retired_up_to ON public.pki_keyretirement USING btree (subject, purpose, up_to_version DESC);
CREATE INDEX pki_keyencryptionkeycheck_kek_id_59a51b07_like ON public.pki_keyencryptionkeycheck USING btree (kek_id varchar_pattern_ops);
CREATE INDEX pki_wrappedkey_kek_id_c14e4340 ON public.pki_wrappedkey USING btree (kek_id);
CREATE INDEX pki_wrappedkey_kek_id_c14e4340_like ON public.pki_wrappedkey USING btree (kek_id varchar_pattern_ops);
CREATE INDEX question_asked ON public.sensors_sessionquestion USING btree (asked_at);
CREATE INDEX question_waiting ON public.sensors_sessionquestion USING btree (gateway_id, id) WHERE (answered_at IS NULL);
CREATE INDEX release_latest ON public.sensors_diskkeyrelease USING btree (sensor_id, at DESC);
CREATE INDEX request_waiting ON public.sensors_certificaterequest USING btree (requested_at) WHERE (certificate_id IS NULL);
CREATE INDEX sensors_case_reported_by_id_56c9e58e ON public.sensors_case USING btree (reported_by_id);
CREATE INDEX sensors_case_sensor_id_dcdfd387 ON public.sensors_case USING btree (sensor_id);
CREATE INDEX sensors_casenote_case_id_7d1234eb ON public.sensors_casenote USING btree (case_id);
CREATE INDEX sensors_casenote_written_by_id_e98b9504 ON public.sensors_casenote USING btree (written_by_id);
CREATE INDEX sensors_certificaterequest_csr_digest_f47d1427 ON public.sensors_certificaterequest USING btree (csr_digest);
CREATE INDEX sensors_certificaterequest_csr_digest_f47d1427_like ON public.sensors_certificaterequest USING btree (csr_digest varchar_pattern_ops);
CREATE INDEX sensors_certificaterequest_gateway_id_b880fb26 ON public.sensors_certificaterequest USING btree (gateway_id);
CREATE INDEX sensors_certificaterequest_sensor_id_6d776bbc ON public.sensors_certificaterequest USING btree (sensor_id);
CREATE INDEX sensors_enrolmentcode_digest_1dbe505c_like ON public.sensors_enrolmentcode USING btree (digest varchar_pattern_ops);
CREATE INDEX sensors_enrolmentcode_gateway_id_d1f4a54e ON public.sensors_enrolmentcode USING btree (gateway_id);
CREATE INDEX sensors_enrolmentcode_sensor_id_0c6abb17 ON public.sensors_enrolmentcode USING btree (sensor_id);
CREATE INDEX sensors_gateway_name_445ce653_like ON public.sensors_gateway USING btree (name varchar_pattern_ops);
CREATE INDEX sensors_gateway_revoked_by_id_6bdf97f7 ON public.sensors_gateway USING btree (revoked_by_id);
CREATE INDEX sensors_gateway_subject_9b3e0b6a_like ON public.sensors_gateway USING btree (subject varchar_pattern_ops);
CREATE INDEX sensors_gatewayslot_gateway_id_61bf0e71 ON public.sensors_gatewayslot USING btree (gateway_id);
CREATE INDEX sensors_gatewayslot_sensor_id_a4827f8c ON public.sensors_gatewayslot USING btree (sensor_id);
CREATE INDEX sensors_keypermit_permitted_by_id_35c36f6b ON public.sensors_keypermit USING btree (permitted_by_id);
CREATE INDEX sensors_keypermit_sensor_id_1940a7a0 ON public.sensors_keypermit USING btree (sensor_id);
CREATE INDEX sensors_measure_case_id_a1e5e518 ON public.sensors_measure USING btree (case_id);
CREATE INDEX sensors_measure_gateway_id_3101d1cb ON public.sensors_measure USING btree (gateway_id);
CREATE INDEX sensors_sensor_enrolled_anew_with_id_b6b06989 ON public.sensors_sensor USING btree (enrolled_anew_with_id);
CREATE INDEX sensors_sensor_gateway_id_10aa641f ON public.sensors_sensor USING btree (gateway_id);
CREATE INDEX sensors_sensor_site_id_c90bd096 ON public.sensors_sensor USING btree (site_id);
CREATE INDEX sensors_sensor_state_c05b3640 ON public.sensors_sensor USING btree (state);
CREATE INDEX sensors_sensor_state_c05b3640_like ON public.sensors_sensor USING btree (state varchar_pattern_ops);
CREATE INDEX sensors_sensor_subject_6b306e32_like ON public.sensors_sensor USING btree (subject varchar_pattern_ops);
CREATE INDEX sensors_sensor_underlay_address_id_9f4b8901 ON public.sensors_sensor USING btree (underlay_address_id);
CREATE INDEX sensors_session_gateway_id_8ef62b32 ON public.sensors_session USING btree (gateway_id);
CREATE INDEX sensors_session_sensor_id_cf8f2d14 ON public.sensors_session USING btree (sensor_id);
CREATE INDEX sensors_sighting_case_id_f3a2964d ON public.sensors_sighting USING btree (case_id);
CREATE INDEX sensors_sighting_gateway_id_351f7774 ON public.sensors_sighting USING btree (gateway_id);
CREATE INDEX sensors_underlayaddress_gateway_id_56fe406d ON public.sensors_underlayaddress USING btree (gateway_id);
CREATE INDEX session_current ON public.sensors_session USING btree (sensor_id, ended_at);
CREATE INDEX sighting_folded ON public.sensors_sighting USING btree (case_id, serial, source_address);
CREATE INDEX sighting_latest ON public.sensors_sighting USING btree (case_id, at DESC);
CREATE INDEX slot_generation ON public.sensors_gatewayslot USING btree (gateway_id, generation);
CREATE INDEX staff_read_of_late ON public.tenants_staffread USING btree (reader_id, at);
CREATE INDEX tenants_accountchange_customer_id_1aaf2fb6 ON public.tenants_accountchange USING btree (customer_id);
CREATE INDEX tenants_accountchange_made_by_id_df749017 ON public.tenants_accountchange USING btree (made_by_id);
CREATE INDEX tenants_accountchange_person_id_3559ac1f ON public.tenants_accountchange USING btree (person_id);
CREATE INDEX tenants_announcement_about_8fa03f43_like ON public.tenants_announcement USING btree (about varchar_pattern_ops);
CREATE INDEX tenants_approval_customer_id_6c1ab986 ON public.tenants_approval USING btree (customer_id);
CREATE INDEX tenants_approval_decided_by_id_22b8d2b4 ON public.tenants_approval USING btree (decided_by_id);
CREATE INDEX tenants_approval_requested_by_id_49f17bf0 ON public.tenants_approval USING btree (requested_by_id);
CREATE INDEX tenants_auditchain_name_be7c3271_like ON public.tenants_auditchain USING btree (name varchar_pattern_ops);
CREATE INDEX tenants_auditentry_at_0e768298 ON public.tenants_auditentry USING btree (at);
CREATE INDEX tenants_customer_slug_1b6100f4_like ON public.tenants_customer USING btree (slug varchar_pattern_ops);
CREATE INDEX tenants_customergroupobjec_content_object_id_445f1562 ON public.tenants_customergroupobjectpermission USING btree (content_object_id);
CREATE INDEX tenants_customergroupobjectpermission_group_id_7a4aad6a ON public.tenants_customergroupobjectpermission USING btree (group_id);
CREATE INDEX tenants_customergroupobjectpermission_permission_id_60bdb27d ON public.tenants_customergroupobjectpermission USING btree (permission_id);
CREATE INDEX tenants_customerrolegroup_customer_id_7a0967b7 ON public.tenants_customerrolegroup USING btree (customer_id);
CREATE INDEX tenants_person_email_87548502_like ON public.tenants_person USING btree (email varchar_pattern_ops);
CREATE INDEX tenants_person_groups_group_id_4e171455 ON public.tenants_person_groups USING btree (group_id);
CREATE INDEX tenants_person_groups_person_id_4c0f196b ON public.tenants_person_groups USING btree (person_id);
CREATE INDEX tenants_person_user_permissions_permission_id_ec0ccc42 ON public.tenants_person_user_permissions USING btree (permission_id);
CREATE INDEX tenants_person_user_permissions_person_id_d02f6f7d ON public.tenants_person_user_permissions USING btree (person_id);
CREATE INDEX tenants_providerrolegroup_role_5d26934f_like ON public.tenants_providerrolegroup USING btree (role varchar_pattern_ops);
CREATE INDEX tenants_site_customer_id_0ec29b98 ON public.tenants_site USING btree (customer_id);
CREATE INDEX tenants_staffread_reader_id_f29470bc ON public.tenants_staffread USING btree (reader_id);
CREATE UNIQUE INDEX unique_authenticator_type ON public.mfa_authenticator USING btree (user_id, type) WHERE ((type)::text = ANY ((ARRAY['totp'::character varying, 'recovery_codes'::character varying])::text[]));
CREATE UNIQUE INDEX unique_primary_email ON public.account_emailaddress USING btree (user_id, "primary") WHERE "primary";
CREATE UNIQUE INDEX unique_verified_email ON public.account_emailaddress USING btree (email) WHERE verified;
CREATE TRIGGER pki_certificate_no_change BEFORE DELETE OR UPDATE ON public.pki_certificate FOR EACH ROW EXECUTE FUNCTION public.pki_certificate_refuse();
CREATE TRIGGER pki_certificate_no_truncate BEFORE TRUNCATE ON public.pki_certificate FOR EACH STATEMENT EXECUTE FUNCTION public.pki_certificate_refuse();
CREATE TRIGGER pki_keyretirement_no_change BEFORE DELETE OR UPDATE ON public.pki_keyretirement FOR EACH ROW EXECUTE FUNCTION public.pki_keyretirement_refuse();
CREATE TRIGGER pki_keyretirement_no_truncate BEFORE TRUNCATE ON public.pki_keyretirement FOR EACH STATEMENT EXECUTE FUNCTION public.pki_keyretirement_refuse();
CREATE TRIGGER pki_revocation_no_change BEFORE DELETE OR UPDATE ON public.pki_revocation FOR EACH ROW EXECUTE FUNCTION public.pki_revocation_refuse();
CREATE TRIGGER pki_revocation_no_truncate BEFORE TRUNCATE ON public.pki_revocation FOR EACH STATEMENT EXECUTE FUNCTION public.pki_revocation_refuse();
CREATE TRIGGER tenants_accountchange_no_change BEFORE DELETE OR UPDATE ON public.tenants_accountchange FOR EACH ROW EXECUTE FUNCTION public.tenants_accountchange_refuse();
CREATE TRIGGER tenants_accountchange_no_truncate BEFORE TRUNCATE ON public.tenants_accountchange FOR EACH STATEMENT EXECUTE FUNCTION public.tenants_accountchange_refuse();
CREATE TRIGGER tenants_auditentry_follows BEFORE INSERT ON public.tenants_auditentry FOR EACH ROW EXECUTE FUNCTION public.tenants_auditentry_follow();
CREATE TRIGGER tenants_auditentry_no_change BEFORE DELETE OR UPDATE ON public.tenants_auditentry FOR EACH ROW EXECUTE FUNCTION public.tenants_auditentry_refuse();
CREATE TRIGGER tenants_auditentry_no_truncate BEFORE TRUNCATE ON public.tenants_auditentry FOR EACH STATEMENT EXECUTE FUNCTION public.tenants_auditentry_refuse();
ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_user_id_2c513194_fk_tenants_person_id FOREIGN KEY (user_id) REFERENCES public.tenants_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirm_email_address_id_5b7f8c58_fk_account_e FOREIGN KEY (email_address_id) REFERENCES public.account_emailaddress(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_browserlink
    ADD CONSTRAINT accounts_browserlink_person_id_1419861a_fk_tenants_person_id FOREIGN KEY (person_id) REFERENCES public.tenants_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissio_permission_id_84c5c92e_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_b120cbf9_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_2f476e4b_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.django_admin_log
    ADD CONSTRAINT django_admin_log_content_type_id_c4bce8eb_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.django_admin_log
    ADD CONSTRAINT django_admin_log_user_id_c564eba6_fk_tenants_person_id FOREIGN KEY (user_id) REFERENCES public.tenants_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.guardian_groupobjectpermission
    ADD CONSTRAINT guardian_groupobject_content_type_id_7ade36b8_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.guardian_groupobjectpermission
    ADD CONSTRAINT guardian_groupobject_group_id_4bbbfb62_fk_auth_grou FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.guardian_groupobjectpermission
    ADD CONSTRAINT guardian_groupobject_permission_id_36572738_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.guardian_userobjectpermission
    ADD CONSTRAINT guardian_userobjectp_content_type_id_2e892405_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.guardian_userobjectpermission
    ADD CONSTRAINT guardian_userobjectp_permission_id_71807bfc_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.guardian_userobjectpermission
    ADD CONSTRAINT guardian_userobjectp_user_id_d5c1e964_fk_tenants_p FOREIGN KEY (user_id) REFERENCES public.tenants_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.mfa_authenticator
    ADD CONSTRAINT mfa_authenticator_user_id_0c3a50c0_fk_tenants_person_id FOREIGN KEY (user_id) REFERENCES public.tenants_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.pki_certificate
    ADD CONSTRAINT pki_certificate_authority_id_e946b138_fk_pki_authority_id FOREIGN KEY (authority_id) REFERENCES public.pki_authority(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.pki_certificaterevocationlist
    ADD CONSTRAINT pki_certificaterevoc_authority_id_57c42c2d_fk_pki_autho FOREIGN KEY (authority_id) REFERENCES public.pki_authority(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.pki_revocation
    ADD CONSTRAINT pki_revocation_certificate_id_1a479fcb_fk_pki_certificate_id FOREIGN KEY (certificate_id) REFERENCES public.pki_certificate(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sensors_case
    ADD CONSTRAINT sensors_case_reported_by_id_56c9e58e_fk_tenants_person_id FOREIGN KEY (reported_by_id) REFERENCES public.tenants_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sensors_case
    ADD CONSTRAINT sensors_case_sensor_id_dcdfd387_fk_sensors_sensor_id FOREIGN KEY (sensor_id) REFERENCES public.sensors_sensor(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sensors_casenote
    ADD CONSTRAINT sensors_casenote_case_id_7d1234eb_fk_sensors_case_id FOREIGN KEY (case_id) REFERENCES public.sensors_case(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sensors_casenote
    ADD CONSTRAINT sensors_casenote_written_by_id_e98b9504_fk_tenants_person_id FOREIGN KEY (written_by_id) REFERENCES public.tenants_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sensors_certificaterequest
    ADD CONSTRAINT sensors_certificater_certificate_id_bbe1aae7_fk_pki_certi FOREIGN KEY (certificate_id) REFERENCES public.pki_certificate(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sensors_certificaterequest
    ADD CONSTRAINT sensors_certificater_code_id_3d0dac8b_fk_sensors_e FOREIGN KEY (code_id) REFERENCES public.sensors_enrolmentcode(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sensors_certificaterequest
    ADD CONSTRAINT sensors_certificater_gateway_id_b880fb26_fk_sensors_g FOREIGN KEY (gateway_id) REFERENCES public.sensors_gateway(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sensors_certificaterequest
    ADD CONSTRAINT sensors_certificater_sensor_id_6d776bbc_fk_sensors_s FOREIGN KEY (sensor_id) REFERENCES public.sensors_sensor(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sensors_diskkeyrelease
    ADD CONSTRAINT sensors_diskkeyrelease_sensor_id_03754ec9_fk_sensors_sensor_id FOREIGN KEY (sensor_id) REFERENCES public.sensors_sensor(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sensors_enrolmentcode
    ADD CONSTRAINT sensors_enrolmentcod_approval_id_2ec10aaf_fk_tenants_a FOREIGN KEY (approval_id) REFERENCES public.tenants_approval(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sensors_enrolmentcode
    ADD CONSTRAINT sensors_enrolmentcode_gateway_id_d1f4a54e_fk_sensors_gateway_id FOREIGN KEY (gateway_id) REFERENCES public.sensors_gateway(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sensors_enrolmentcode
    ADD CONSTRAINT sensors_enrolmentcode_sensor_id_0c6abb17_fk_sensors_sensor_id FOREIGN KEY (sensor_id) REFERENCES public.sensors_sensor(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sensors_gateway
    ADD CONSTRAINT sensors_gateway_revoked_by_id_6bdf97f7_fk_tenants_person_id FOREIGN KEY (revoked_by_id) REFERENCES public.tenants_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sensors_gatewaycontact
    ADD CONSTRAINT sensors_gatewayconta_gateway_id_1257066c_fk_sensors_g FOREIGN KEY (gateway_id) REFERENCES public.sensors_gateway(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sensors_gatewayslot
    ADD CONSTRAINT sensors_gatewayslot_gateway_id_61bf0e71_fk_sensors_gateway_id FOREIGN KEY (gateway_id) REFERENCES public.sensors_gateway(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sensors_gatewayslot
    ADD CONSTRAINT sensors_gatewayslot_sensor_id_a4827f8c_fk_sensors_sensor_id FOREIGN KEY (sensor_id) REFERENCES public.sensors_sensor(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sensors_keypermit
    ADD CONSTRAINT sensors_keypermit_permitted_by_id_35c36f6b_fk_tenants_person_id FOREIGN KEY (permitted_by_id) REFERENCES public.tenants_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sensors_keypermit
    ADD CONSTRAINT sensors_keypermit_sensor_id_1940a7a0_fk_sensors_sensor_id FOREIGN KEY (sensor_id) REFERENCES public.sensors_sensor(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sensors_measure
    ADD CONSTRAINT sensors_measure_case_id_a1e5e518_fk_sensors_case_id FOREIGN KEY (case_id) REFERENCES public.sensors_case(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sensors_measure
    ADD CONSTRAINT sensors_measure_gateway_id_3101d1cb_fk_sensors_gateway_id FOREIGN KEY (gateway_id) REFERENCES public.sensors_gateway(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sensors_sensor
    ADD CONSTRAINT sensors_sensor_enrolled_anew_with_i_b6b06989_fk_sensors_e FOREIGN KEY (enrolled_anew_with_id) REFERENCES public.sensors_enrolmentcode(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sensors_sensor
    ADD CONSTRAINT sensors_sensor_gateway_id_10aa641f_fk_sensors_gateway_id FOREIGN KEY (gateway_id) REFERENCES public.sensors_gateway(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sensors_sensor
    ADD CONSTRAINT sensors_sensor_site_id_c90bd096_fk_tenants_site_id FOREIGN KEY (site_id) REFERENCES public.tenants_site(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sensors_sensor
    ADD CONSTRAINT sensors_sensor_underlay_address_id_9f4b8901_fk_sensors_u FOREIGN KEY (underlay_address_id) REFERENCES public.sensors_underlayaddress(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sensors_sensorcontact
    ADD CONSTRAINT sensors_sensorcontact_sensor_id_f880f622_fk_sensors_sensor_id FOREIGN KEY (sensor_id) REFERENCES public.sensors_sensor(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sensors_session
    ADD CONSTRAINT sensors_session_gateway_id_8ef62b32_fk_sensors_gateway_id FOREIGN KEY (gateway_id) REFERENCES public.sensors_gateway(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sensors_session
    ADD CONSTRAINT sensors_session_sensor_id_cf8f2d14_fk_sensors_sensor_id FOREIGN KEY (sensor_id) REFERENCES public.sensors_sensor(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sensors_sessionquestion
    ADD CONSTRAINT sensors_sessionquest_gateway_id_580e72d1_fk_sensors_g FOREIGN KEY (gateway_id) REFERENCES public.sensors_gateway(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sensors_sighting
    ADD CONSTRAINT sensors_sighting_case_id_f3a2964d_fk_sensors_case_id FOREIGN KEY (case_id) REFERENCES public.sensors_case(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sensors_sighting
    ADD CONSTRAINT sensors_sighting_gateway_id_351f7774_fk_sensors_gateway_id FOREIGN KEY (gateway_id) REFERENCES public.sensors_gateway(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sensors_underlayaddress
    ADD CONSTRAINT sensors_underlayaddr_gateway_id_56fe406d_fk_sensors_g FOREIGN KEY (gateway_id) REFERENCES public.sensors_gateway(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tenants_accountchange
    ADD CONSTRAINT tenants_accountchang_customer_id_1aaf2fb6_fk_tenants_c FOREIGN KEY (customer_id) REFERENCES public.tenants_customer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tenants_accountchange
    ADD CONSTRAINT tenants_accountchange_made_by_id_df749017_fk_tenants_person_id FOREIGN KEY (made_by_id) REFERENCES public.tenants_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tenants_accountchange
    ADD CONSTRAINT tenants_accountchange_person_id_3559ac1f_fk_tenants_person_id FOREIGN KEY (person_id) REFERENCES public.tenants_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tenants_approval
    ADD CONSTRAINT tenants_approval_customer_id_6c1ab986_fk_tenants_customer_id FOREIGN KEY (customer_id) REFERENCES public.tenants_customer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tenants_approval
    ADD CONSTRAINT tenants_approval_decided_by_id_22b8d2b4_fk_tenants_person_id FOREIGN KEY (decided_by_id) REFERENCES public.tenants_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tenants_approval
    ADD CONSTRAINT tenants_approval_requested_by_id_49f17bf0_fk_tenants_person_id FOREIGN KEY (requested_by_id) REFERENCES public.tenants_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tenants_auditchain
    ADD CONSTRAINT tenants_auditchain_customer_id_99c34fc1_fk_tenants_customer_id FOREIGN KEY (customer_id) REFERENCES public.tenants_customer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tenants_auditentry
    ADD CONSTRAINT tenants_auditentry_chain_id_75d08c80_fk_tenants_auditchain_id FOREIGN KEY (chain_id) REFERENCES public.tenants_auditchain(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tenants_customergroupobjectpermission
    ADD CONSTRAINT tenants_customergrou_content_object_id_445f1562_fk_tenants_c FOREIGN KEY (content_object_id) REFERENCES public.tenants_customer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tenants_customergroupobjectpermission
    ADD CONSTRAINT tenants_customergrou_group_id_7a4aad6a_fk_auth_grou FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tenants_customergroupobjectpermission
    ADD CONSTRAINT tenants_customergrou_permission_id_60bdb27d_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tenants_customerrolegroup
    ADD CONSTRAINT tenants_customerrole_customer_id_7a0967b7_fk_tenants_c FOREIGN KEY (customer_id) REFERENCES public.tenants_customer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tenants_customerrolegroup
    ADD CONSTRAINT tenants_customerrolegroup_group_id_39e1fa5e_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tenants_person_groups
    ADD CONSTRAINT tenants_person_groups_group_id_4e171455_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tenants_person_groups
    ADD CONSTRAINT tenants_person_groups_person_id_4c0f196b_fk_tenants_person_id FOREIGN KEY (person_id) REFERENCES public.tenants_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tenants_person_user_permissions
    ADD CONSTRAINT tenants_person_user__permission_id_ec0ccc42_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tenants_person_user_permissions
    ADD CONSTRAINT tenants_person_user__person_id_d02f6f7d_fk_tenants_p FOREIGN KEY (person_id) REFERENCES public.tenants_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tenants_providerrolegroup
    ADD CONSTRAINT tenants_providerrolegroup_group_id_a0c0dcbf_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tenants_site
    ADD CONSTRAINT tenants_site_customer_id_0ec29b98_fk_tenants_customer_id FOREIGN KEY (customer_id) REFERENCES public.tenants_customer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tenants_staffread
    ADD CONSTRAINT tenants_staffread_reader_id_f29470bc_fk_tenants_person_id FOREIGN KEY (reader_id) REFERENCES public.tenants_person(id) DEFERRABLE INITIALLY DEFERRED;
