-- Whether two people agreed to where a gateway is, with its TCP port, or without one. Who was asked before there was a
-- choice has agreed to none, and who was asked before packets were a choice, to the usual ones.
CREATE FUNCTION public.sensors_gateway_is_agreed(
    of_gateway uuid, of_name text, at_host text, at_port integer, by_tcp integer, in_network text, to_base jsonb,
    with_mssfix smallint
) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM public.tenants_approval
        WHERE verdict = 'approved' AND details->>'host' = at_host AND (details->>'port')::integer = at_port
            AND (details->>'tcp_port')::integer IS NOT DISTINCT FROM by_tcp
            AND details->'base_networks' = to_base AND COALESCE((details->>'mssfix')::integer, 1400) = with_mssfix AND (
                action = 'gateway:register' AND about = 'gateway:' || of_name AND details->>'network' = in_network
                OR action = 'gateway:change' AND about = 'gateway:' || of_gateway
            )
    )
$$;
