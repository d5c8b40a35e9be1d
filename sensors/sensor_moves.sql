-- Moves of sensors. The people's door writes a sensor's site, gateway and address only as a move says that it has just
-- noted, and that nobody was told of yet; never to another customer, and of no box that has an open case.
CREATE FUNCTION public.sensors_move_is_noted(
    of_sensor uuid, left_site uuid, at_site uuid, at_gateway uuid, at_address bigint
) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM public.sensors_sensormove AS move
        JOIN public.tenants_site AS before ON before.id = left_site
        JOIN public.tenants_site AS after ON after.id = at_site AND after.customer_id = before.customer_id
        JOIN public.sensors_underlayaddress AS address ON address.id = at_address
            AND address.gateway_id = at_gateway AND address.released_at IS NULL
        WHERE move.sensor_id = of_sensor AND move.to_site_id = at_site AND move.to_gateway_id = at_gateway
            AND move.announced_at IS NULL
            AND move.id = (SELECT max(id) FROM public.sensors_sensormove WHERE sensor_id = of_sensor)
    )
$$;

-- As before, and also at a gateway that the sensor has left while that still reports a tunnel of it. In the order of
-- their keys, so that two moves in opposite directions do not wait for one another.
CREATE OR REPLACE FUNCTION public.sensors_raise_generation(changed uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place uuid;
    raised bigint;
BEGIN
    SELECT gateway_id INTO STRICT place FROM public.sensors_sensor WHERE id = changed;
    FOR place IN
        SELECT gateway_id FROM public.sensors_sensor WHERE id = changed
        UNION
        SELECT gateway_id FROM public.sensors_session WHERE sensor_id = changed AND ended_at IS NULL
        ORDER BY 1
    LOOP
        UPDATE public.sensors_gateway SET generation = generation + 1 WHERE id = place RETURNING generation INTO raised;
        INSERT INTO public.sensors_gatewayslot (gateway_id, sensor_id, generation) VALUES (place, changed, raised)
        ON CONFLICT (gateway_id, sensor_id) DO UPDATE SET generation = excluded.generation;
    END LOOP;
END $$;
