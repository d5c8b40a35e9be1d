-- What the people's door must bring about without writing the rows: functions that run as the tables' owner. Each looks
-- itself whether what it is asked for may be, and derives what it writes from the rows. PostgreSQL's alone; on SQLite,
-- where each process may write everything, the operations write the rows themselves.

-- The gateway's row stays locked until the change is committed, so generations become visible in their order.
CREATE FUNCTION public.sensors_raise_generation(changed uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place uuid;
    raised bigint;
BEGIN
    SELECT gateway_id INTO STRICT place FROM public.sensors_sensor WHERE id = changed;
    UPDATE public.sensors_gateway SET generation = generation + 1 WHERE id = place RETURNING generation INTO raised;
    INSERT INTO public.sensors_gatewayslot (gateway_id, sensor_id, generation) VALUES (place, changed, raised)
    ON CONFLICT (gateway_id, sensor_id) DO UPDATE SET generation = excluded.generation;
END $$;

CREATE FUNCTION public.sensors_raise_config_generation(changed uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    raised bigint;
BEGIN
    UPDATE public.sensors_gateway SET generation = generation + 1, config_generation = generation + 1
    WHERE id = changed RETURNING generation INTO STRICT raised;
    RETURN raised;
END $$;

-- NULL when the pool is used up. The last address is the broadcast address; the counter begins behind the gateway's.
CREATE FUNCTION public.sensors_allocate_address(place uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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

CREATE FUNCTION public.sensors_release_address(freed bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM public.sensors_sensor WHERE underlay_address_id = freed AND state <> 'retired') THEN
        RAISE EXCEPTION 'a sensor that is not retired has this address' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE public.sensors_underlayaddress SET released_at = now() WHERE id = freed;
END $$;

-- What guards ask (sensors/grants.py), as whoever writes the row.
CREATE FUNCTION public.sensors_has_open_case(of_sensor uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.sensors_case WHERE sensor_id = of_sensor AND closed_at IS NULL)
$$;

CREATE FUNCTION public.sensors_closing_is_agreed(of_case uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.tenants_approval WHERE about = 'case:' || of_case AND verdict = 'approved')
$$;

-- Only in the transaction that closes the case, between the approval and the end.
CREATE FUNCTION public.sensors_key_may_end(of_subject text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM public.sensors_case AS closing JOIN public.sensors_sensor AS sensor ON sensor.id = closing.sensor_id
        WHERE sensor.subject = of_subject AND closing.closed_at IS NULL
            AND public.sensors_closing_is_agreed(closing.id)
    )
$$;

-- What two people agreed to is done as they agreed to it: with these values, and of no later approval's gateway.
CREATE FUNCTION public.sensors_gateway_is_agreed(
    of_gateway uuid, of_name text, at_host text, at_port integer, in_network text, to_base jsonb
) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM public.tenants_approval
        WHERE verdict = 'approved' AND details->>'host' = at_host AND (details->>'port')::integer = at_port
            AND details->'base_networks' = to_base AND (
                action = 'gateway:register' AND about = 'gateway:' || of_name AND details->>'network' = in_network
                OR action = 'gateway:change' AND about = 'gateway:' || of_gateway
            )
    )
$$;

CREATE FUNCTION public.sensors_gateway_code_is_agreed(of_gateway uuid, of_approval uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM public.tenants_approval AS agreed JOIN public.sensors_gateway AS gateway ON gateway.id = of_gateway
        WHERE agreed.id = of_approval AND agreed.verdict = 'approved' AND agreed.about = 'gateway:' || of_gateway
            AND agreed.action IN ('gateway:enrolment-code:issue', 'gateway:give-back')
            AND gateway.revoked_at IS NULL AND agreed.decided_at >= gateway.subject_since
    )
$$;

CREATE FUNCTION public.sensors_gateway_is_revoked(of_subject text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.sensors_gateway WHERE subject = of_subject AND revoked_at IS NOT NULL)
$$;

-- What a revoked gateway said of tunnels is void. A report that is being taken in is finished first, and the next one
-- sees that its gateway was revoked: it takes the same lock.
CREATE FUNCTION public.sensors_shut_out_gateway(revoked uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.sensors_gateway WHERE id = revoked AND revoked_at IS NOT NULL) THEN
        RAISE EXCEPTION 'this gateway is not revoked' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM FROM public.sensors_gatewaycontact WHERE gateway_id = revoked FOR UPDATE;
    DELETE FROM public.sensors_sessionquestion WHERE gateway_id = revoked;
    UPDATE public.sensors_session SET ended_at = now() WHERE gateway_id = revoked AND ended_at IS NULL;
END $$;

-- In the transaction in which a second person has agreed.
CREATE FUNCTION public.sensors_give_back_gateway(of_approval uuid, new_subject text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
END $$;
