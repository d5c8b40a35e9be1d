"""What each process may do with the fleet, on PostgreSQL.

The machines' door gives out disk keys and the signer signs by what stands in these rows. So of the facts by which those
two decide, none may be written by a process that others can talk to more easily, unless docs/threat-model.md names it.
"""

from database.roles.declaration import (
    ALL,
    MACHINES,
    MONITOR,
    PEOPLE,
    SIGNER,
    WORKER,
    Declaration,
    Function,
    Guard,
    Rights,
    Role,
    Table,
)
from sensors.states import SensorState

_READ = Rights(read=ALL)
_REFUSAL_STAYS = "OLD.refused_because <> '' AND NEW.refused_because <> OLD.refused_because"
_KEY_IS_ERASED = "NEW.tunnel_key <> OLD.tunnel_key AND NEW.tunnel_key <> ''"

_OUT_OF_SERVICE = (SensorState.REGISTERED, SensorState.RETURNED, SensorState.IN_SERVICE)
# Whose it is to bring a sensor into a state, and from which. `sensors.states` says which changes there are at all.
STATE_CHANGES: dict[Role, dict[SensorState, tuple[SensorState, ...]]] = {
    PEOPLE: {
        SensorState.REPORTED: _OUT_OF_SERVICE,
        SensorState.RETIRED: (*_OUT_OF_SERVICE, SensorState.CUT_OFF),
        SensorState.RETURNED: (SensorState.CUT_OFF,),
    },
    MACHINES: {SensorState.CUT_OFF: (SensorState.REPORTED,)},
    SIGNER: {SensorState.IN_SERVICE: (SensorState.REGISTERED, SensorState.RETURNED)},
}


def _keeps_to_its_changes(role: Role) -> Guard:
    changes = [f"('{before}', '{after}')" for after, before_it in STATE_CHANGES[role].items() for before in before_it]
    others = f"NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN ({', '.join(changes)})"
    return Guard((role,), "UPDATE", others, "is brought into a state only by the process whose that is")


_SENSOR = Table(
    "sensors_sensor",
    "id site_id gateway_id name description hardware_serial line subject state underlay_address_id"
    " enrolled_anew_with_id registered_at sniffing_interfaces home_networks manager_name manager_address name_order"
    " searched",
    {
        PEOPLE: Rights(
            read=ALL,
            add=ALL,
            change="site_id gateway_id underlay_address_id name description hardware_serial line state"
            " sniffing_interfaces home_networks manager_name manager_address",
        ),
        MACHINES: Rights(read=ALL, change="state"),
        SIGNER: Rights(read=ALL, change="state enrolled_anew_with_id"),
        WORKER: Rights(read=ALL, lock=True),
        MONITOR: Rights(read="id gateway_id state"),
    },
    (
        Guard((PEOPLE,), "INSERT", f"NEW.state <> '{SensorState.REGISTERED}'", "begins without a certificate"),
        Guard((PEOPLE,), "INSERT", "NEW.subject !~ '^s-[a-z2-7]{12}$'", "has a sensor's subject"),
        *map(_keeps_to_its_changes, STATE_CHANGES),
        Guard(
            (PEOPLE,),
            "UPDATE",
            f"OLD.state = '{SensorState.CUT_OFF}' AND NEW.state <> OLD.state AND public.sensors_has_open_case(NEW.id)",
            "stays cut off until its case is closed",
        ),
        Guard(
            (PEOPLE,),
            "UPDATE",
            "(NEW.site_id, NEW.gateway_id, NEW.underlay_address_id) IS DISTINCT FROM"
            " (OLD.site_id, OLD.gateway_id, OLD.underlay_address_id)"
            f" AND (OLD.state NOT IN {tuple(map(str, _OUT_OF_SERVICE))} OR public.sensors_has_open_case(NEW.id)"
            " OR NOT public.sensors_move_is_noted("
            "NEW.id, OLD.site_id, NEW.site_id, NEW.gateway_id, NEW.underlay_address_id))",
            "is moved within its customer, as was noted, and of which people are told",
        ),
    ),
    numbered=False,
)

_MOVES = Table(
    "sensors_sensormove",
    "sensor_id from_site_id to_site_id from_gateway_id to_gateway_id from_address_id moved_by moved_at announced_at",
    {
        PEOPLE: Rights(read=ALL, add=ALL),
        MACHINES: _READ,
        WORKER: Rights(read=ALL, change="announced_at"),
    },
    (Guard((PEOPLE,), "INSERT", "NEW.announced_at IS NOT NULL", "begins unknown to everybody else"),),
)

_ENROLMENT = (
    Table(
        "sensors_enrolmentcode",
        "digest sensor_id gateway_id approval_id issued_by issued_at expires_at used_at revoked_at announced_at"
        " confirmed_at",
        {
            PEOPLE: Rights(read=ALL, add=ALL, change="used_at revoked_at"),
            MACHINES: Rights(read="id issued_by used_at announced_at confirmed_at", change="confirmed_at"),
            SIGNER: Rights(read=ALL, change="confirmed_at"),
            WORKER: Rights(
                read="id sensor_id gateway_id approval_id issued_by issued_at expires_at used_at revoked_at"
                " announced_at confirmed_at",
                change="announced_at",
            ),
        },
        (
            Guard((PEOPLE,), "INSERT", "NEW.used_at IS NOT NULL OR NEW.revoked_at IS NOT NULL", "begins unused"),
            Guard(
                (PEOPLE,),
                "INSERT",
                "NEW.announced_at IS NOT NULL OR NEW.confirmed_at IS NOT NULL",
                "begins unknown to everybody else",
            ),
            Guard(
                (PEOPLE,),
                "INSERT",
                "NEW.gateway_id IS NOT NULL"
                " AND NOT public.sensors_gateway_code_is_agreed(NEW.gateway_id, NEW.approval_id)",
                "is for a gateway only if two people agreed",
            ),
            Guard(
                (PEOPLE,),
                "UPDATE",
                "OLD.used_at IS NOT NULL AND NEW.used_at IS DISTINCT FROM OLD.used_at"
                " OR OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at",
                "stays used or revoked",
            ),
        ),
    ),
    Table(
        "sensors_certificaterequest",
        "code_id sensor_id gateway_id csr csr_digest code_proof renewal_proof requested_at signed_at certificate_id"
        " refused_because tunnel_key",
        {
            PEOPLE: Rights(read=ALL, add=ALL, change="refused_because tunnel_key"),
            MACHINES: Rights(
                read="id code_id sensor_id gateway_id csr csr_digest renewal_proof requested_at signed_at"
                " certificate_id refused_because",
                add=ALL,
                change="refused_because",
            ),
            SIGNER: Rights(read=ALL, change="signed_at certificate_id refused_because tunnel_key code_proof"),
            WORKER: Rights(read="id sensor_id signed_at tunnel_key", change="tunnel_key"),
            MONITOR: Rights(read="id requested_at certificate_id refused_because"),
        },
        (
            Guard(
                (PEOPLE, MACHINES),
                "INSERT",
                "NEW.certificate_id IS NOT NULL OR NEW.signed_at IS NOT NULL OR NEW.tunnel_key <> ''",
                "is signed by the signer alone",
            ),
            Guard(
                (PEOPLE,),
                "INSERT",
                "NEW.code_id IS NULL OR NEW.renewal_proof <> ''",
                "asks for a renewal only at the machines' door",
            ),
            Guard(
                (MACHINES,),
                "INSERT",
                "NEW.code_id IS NOT NULL OR NEW.code_proof <> ''",
                "asks for an enrolment only at the people's door",
            ),
            Guard((PEOPLE, MACHINES), "UPDATE", _REFUSAL_STAYS, "stays refused"),
            Guard((PEOPLE, WORKER), "UPDATE", _KEY_IS_ERASED, "has no tunnel key but the signer's"),
        ),
    ),
)

_AGREED = (
    "public.sensors_gateway_is_agreed(NEW.id, NEW.name, NEW.host, NEW.port, NEW.tcp_port, NEW.network,"
    " NEW.base_networks, NEW.mssfix)"
)

_GATEWAYS = (
    Table(
        "sensors_gateway",
        "id name subject host port tcp_port network base_networks mssfix generation config_generation"
        " next_address_offset registered_at subject_since revoked_at revoked_by_id revoked_because",
        {
            PEOPLE: Rights(
                read=ALL,
                add=ALL,
                change="host port tcp_port base_networks mssfix revoked_at revoked_by_id revoked_because",
            ),
            # A gateway that is ahead of a database that was restored.
            MACHINES: Rights(read=ALL, change="generation config_generation"),
            # Locked, so that nothing is signed for one that is being revoked.
            SIGNER: Rights(read=ALL, lock=True),
            WORKER: _READ,
            MONITOR: Rights(read="id name subject generation revoked_at"),
        },
        (
            Guard((PEOPLE,), "INSERT", "NEW.subject !~ '^g-[a-z2-7]{12}$'", "has a gateway's subject"),
            Guard(
                (PEOPLE,),
                "INSERT",
                "NEW.generation <> 1 OR NEW.config_generation <> 1 OR NEW.next_address_offset <> 2",
                "begins at the beginning",
            ),
            Guard((PEOPLE,), "INSERT", f"NOT {_AGREED}", "is registered by two people"),
            Guard(
                (PEOPLE,),
                "UPDATE",
                "(NEW.host, NEW.port, NEW.tcp_port, NEW.base_networks, NEW.mssfix) IS DISTINCT FROM"
                " (OLD.host, OLD.port, OLD.tcp_port, OLD.base_networks, OLD.mssfix)"
                f" AND NOT {_AGREED}",
                "is changed by two people",
            ),
            Guard(
                (PEOPLE,),
                "UPDATE",
                "OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at",
                "stays revoked until two people give it back",
            ),
            Guard(
                (MACHINES,),
                "UPDATE",
                "NEW.generation < OLD.generation OR NEW.config_generation > NEW.generation",
                "has a generation that never falls",
            ),
        ),
        numbered=False,
    ),
    Table(
        "sensors_gatewaycontact",
        "gateway_id last_report_at last_sequence observed_generation agent_version openvpn_version problems",
        {
            MACHINES: Rights(read=ALL, add=ALL, change=ALL),
            PEOPLE: _READ,
            MONITOR: Rights(read="id gateway_id last_report_at observed_generation problems"),
        },
    ),
    Table("sensors_gatewayslot", "gateway_id sensor_id generation", {MACHINES: _READ}),
    Table(
        "sensors_underlayaddress",
        "gateway_id address allocated_at released_at",
        dict.fromkeys((PEOPLE, MACHINES, SIGNER, WORKER), _READ),
    ),
    Table(
        "sensors_session",
        "sensor_id gateway_id public_address underlay_address since client serial noted_at reported_at bytes_received"
        " bytes_sent ended_at",
        {
            MACHINES: Rights(
                read=ALL,
                add=ALL,
                change="public_address underlay_address serial reported_at bytes_received bytes_sent ended_at",
            ),
            PEOPLE: _READ,
            # Which certificates a box no longer needs.
            SIGNER: _READ,
            WORKER: Rights(read="id sensor_id since"),
            MONITOR: Rights(read="id sensor_id gateway_id noted_at ended_at"),
        },
    ),
    Table(
        "sensors_sessionquestion",
        "gateway_id subjects asked_at answered_at answer",
        # A key is given out on the answer: nobody else is to read what is asked or answered, but whether it was.
        {
            MACHINES: Rights(read=ALL, add=ALL, change="answered_at answer", remove=True),
            MONITOR: Rights(read="id gateway_id asked_at answered_at"),
            PEOPLE: Rights(read="id gateway_id asked_at answered_at"),
        },
    ),
    Table(
        "sensors_sensorcontact",
        "sensor_id last_heartbeat_at disk kit_version",
        {
            MACHINES: Rights(read=ALL, add=ALL, change="last_heartbeat_at disk kit_version"),
            PEOPLE: _READ,
            MONITOR: Rights(read="id sensor_id last_heartbeat_at"),
        },
    ),
)

_KEYS = (
    Table(
        "sensors_diskkeyrelease",
        "sensor_id at outcome reason source_address public_address other_addresses serial repeats",
        {
            MACHINES: Rights(read=ALL, add=ALL, change="repeats"),
            PEOPLE: _READ,
            MONITOR: Rights(read="id sensor_id at outcome reason"),
        },
    ),
    Table(
        "sensors_keypermit",
        "sensor_id public_address permitted_by_id permitted_at expires_at used_at announced_at",
        {
            PEOPLE: Rights(read=ALL, add=ALL, change="expires_at"),
            MACHINES: Rights(read=ALL, change="used_at"),
            WORKER: Rights(read=ALL, change="announced_at"),
        },
        (
            Guard(
                (PEOPLE,),
                "INSERT",
                "NEW.used_at IS NOT NULL OR NEW.announced_at IS NOT NULL",
                "begins unused, and unknown to everybody else",
            ),
            Guard((PEOPLE,), "UPDATE", "NEW.expires_at > OLD.expires_at", "can only be cut short"),
        ),
    ),
)

_CASES = (
    # Who finds a card cuts off boxes of one site: it opens nothing, and its code stands nowhere.
    Table(
        "sensors_losscard",
        "site_id digest made_by_id made_at revoked_by_id revoked_at",
        {
            PEOPLE: Rights(read=ALL, add=ALL, change="revoked_by_id revoked_at"),
        },
        (
            Guard((PEOPLE,), "INSERT", "NEW.revoked_at IS NOT NULL", "begins good"),
            Guard(
                (PEOPLE,),
                "UPDATE",
                "OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at",
                "stays revoked",
            ),
        ),
    ),
    Table("sensors_casenumber", "given_at", {PEOPLE: Rights(read=ALL, add=ALL)}),
    Table(
        "sensors_case",
        "id number sensor_id kind note callback_phone reported_by_id reported_with_id received_at opened_at"
        " confirmed_at escalated_at closed_at outcome",
        {
            PEOPLE: Rights(read=ALL, add=ALL, change="closed_at outcome"),
            MACHINES: Rights(read=ALL, change="confirmed_at"),
            WORKER: Rights(read=ALL, change="escalated_at"),
            MONITOR: Rights(read="id opened_at confirmed_at closed_at"),
        },
        (
            Guard(
                (PEOPLE,),
                "INSERT",
                "NEW.confirmed_at IS NOT NULL OR NEW.escalated_at IS NOT NULL OR NEW.closed_at IS NOT NULL",
                "begins open",
            ),
            Guard(
                (PEOPLE,),
                "UPDATE",
                "OLD.closed_at IS NOT NULL OR OLD.confirmed_at IS NULL OR NOT public.sensors_closing_is_agreed(NEW.id)",
                "is closed once, after its cut was confirmed and by two people",
            ),
            Guard((MACHINES,), "UPDATE", "OLD.confirmed_at IS NOT NULL", "is confirmed once"),
        ),
        numbered=False,
    ),
    Table(
        "sensors_measure",
        "case_id kind gateway_id done_at detail",
        {
            PEOPLE: Rights(read=ALL, add=ALL),
            MACHINES: Rights(read=ALL, change="done_at detail"),
            WORKER: _READ,
        },
        (
            Guard(
                (PEOPLE,),
                "INSERT",
                "NEW.gateway_id IS NOT NULL AND NEW.done_at IS NOT NULL",
                "is done by a gateway only when that says so",
            ),
        ),
    ),
    Table("sensors_casenote", "case_id written_by_id written_at text", {PEOPLE: Rights(read=ALL, add=ALL)}),
    # For a day: who reports by a key takes their own older ones away.
    Table(
        "sensors_reportkey",
        "person_id key_hash content_hash case_id made_at",
        {PEOPLE: Rights(read=ALL, add=ALL, remove=True)},
    ),
    Table(
        "sensors_sighting",
        "case_id gateway_id at told_at first_at received_at times source_address serial line",
        {MACHINES: Rights(read=ALL, add=ALL, change="at told_at received_at times line"), PEOPLE: _READ},
    ),
)

# What a file says becomes true by the people's door alone, with the rights that it has for each row in any case.
_IMPORTS = (
    Table(
        "sensors_importrun",
        "id customer_id uploaded_by_id uploaded_at file_name digest notes sites people boxes there_already rows_done"
        " confirmed_at stopped_at stopped_because ended_at outcome",
        {
            PEOPLE: Rights(
                read=ALL,
                add=ALL,
                change="rows_done confirmed_at stopped_at stopped_because ended_at outcome",
            ),
            WORKER: Rights(read=ALL, change="ended_at outcome"),
        },
        numbered=False,
    ),
    Table(
        "sensors_importpart",
        "run_id rows count",
        {
            PEOPLE: Rights(read=ALL, add=ALL, remove=True),
            # It forgets them, and need not know what they say.
            WORKER: Rights(read="id run_id", remove=True),
        },
    ),
)

GRANTS = Declaration(
    (_SENSOR, _MOVES, *_ENROLMENT, *_GATEWAYS, *_KEYS, *_CASES, *_IMPORTS),
    (
        Function("sensors_raise_generation(uuid)", (PEOPLE, SIGNER), "tells a sensor's gateway of a change"),
        Function("sensors_raise_config_generation(uuid)", (PEOPLE,), "tells a gateway of a change of its own"),
        Function("sensors_allocate_address(uuid)", (PEOPLE,), "picks the next free address of a gateway"),
        Function("sensors_release_address(bigint)", (PEOPLE,), "frees an address that no sensor in use has"),
        Function(
            "sensors_move_is_noted(uuid, uuid, uuid, uuid, bigint)",
            (PEOPLE, MACHINES, SIGNER),
            "says whether a move of a sensor was noted",
        ),
        # Asked by guards. PostgreSQL wants the right of each role that changes the table, also if it is not guarded.
        Function("sensors_has_open_case(uuid)", (PEOPLE, MACHINES, SIGNER), "says whether a sensor has an open case"),
        Function("sensors_closing_is_agreed(uuid)", (PEOPLE, MACHINES, WORKER), "says whether two people agreed"),
        Function("sensors_shut_out_gateway(uuid)", (PEOPLE,), "ends what a revoked gateway said of tunnels"),
        Function(
            "sensors_give_back_gateway(uuid, text)", (PEOPLE,), "gives the machine in a revoked one's place a new name"
        ),
        Function(
            "sensors_gateway_is_agreed(uuid, text, text, integer, integer, text, jsonb, smallint)",
            (PEOPLE, MACHINES),
            "says whether two people agreed to it",
        ),
        Function("sensors_gateway_code_is_agreed(uuid, uuid)", (PEOPLE,), "says whether two people agreed to a code"),
        Function("sensors_gateway_is_revoked(text)", (PEOPLE,), "says whether a gateway is revoked"),
        Function("sensors_key_may_end(text)", (PEOPLE,), "says whether a sensor's case is being closed"),
    ),
    {
        "pki_keyretirement": (
            Guard(
                (PEOPLE,),
                "INSERT",
                "NOT CASE NEW.purpose WHEN 'disk-key' THEN public.sensors_key_may_end(NEW.subject)"
                " WHEN 'tls-crypt-v2-server-key' THEN public.sensors_gateway_is_revoked(NEW.subject) ELSE false END",
                "ends a disk key only with a case that two people close, a tunnel's only with a revoked gateway",
            ),
        )
    },
)
