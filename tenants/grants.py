"""What each process may do with customers, sites, people, approvals and the audit trail, on PostgreSQL."""

from database.roles.declaration import (
    ALL,
    MACHINES,
    MONITOR,
    PEOPLE,
    SIGNER,
    WORKER,
    Declaration,
    Guard,
    Rights,
    Table,
)

_READ = Rights(read=ALL)
_EVERYBODY = (PEOPLE, MACHINES, SIGNER, WORKER)
# Who is to be told, and in which language: addresses by role. Nothing else of a person is the business of a process
# without sign-in.
_TELL = Rights(read="id email name is_active language time_zone")
# The trail itself is read by people. Who writes it needs the end of a chain, and moves that by an entry alone.
_CHAIN = Rights(read=ALL, add=ALL, lock=True)
_FIRST_HASH = "encode(sha256(convert_to('nsmaas audit chain ' || NEW.name, 'UTF8')), 'hex')"

GRANTS = Declaration(
    (
        Table(
            "tenants_customer",
            "id slug name change_delay_minutes change_delay_in_force two_people_for_changes registered_at"
            " home_networks manager_name manager_address",
            {
                PEOPLE: Rights(
                    read=ALL,
                    add=ALL,
                    change="name change_delay_minutes two_people_for_changes home_networks manager_name"
                    " manager_address",
                ),
                MACHINES: _READ,
                SIGNER: _READ,
                WORKER: Rights(read=ALL, change="change_delay_in_force"),
            },
            (
                Guard(
                    (PEOPLE,),
                    "INSERT",
                    "NEW.change_delay_in_force <> NEW.change_delay_minutes",
                    "begins with the delay that was asked for",
                ),
            ),
            numbered=False,
        ),
        Table(
            "tenants_site",
            "id customer_id name expected_networks networks_set_by networks_set_at announced_networks"
            " networks_announced_for registered_at home_networks manager_name manager_address",
            {
                PEOPLE: Rights(
                    read=ALL,
                    add=ALL,
                    change="name expected_networks networks_set_by networks_set_at home_networks manager_name"
                    " manager_address",
                ),
                MACHINES: _READ,
                SIGNER: _READ,
                WORKER: Rights(read=ALL, change="announced_networks networks_announced_for"),
            },
            (
                Guard(
                    (PEOPLE,),
                    "INSERT",
                    "NEW.announced_networks <> '{}' OR NEW.networks_announced_for IS NOT NULL",
                    "is announced by the worker alone",
                ),
            ),
            numbered=False,
        ),
        Table(
            "tenants_person",
            "email name phone password last_login is_active is_staff is_superuser date_joined language time_zone"
            " sign_in_generation",
            {
                PEOPLE: Rights(
                    read=ALL,
                    add=ALL,
                    change="name phone password last_login is_active is_staff language time_zone",
                ),
                MACHINES: _TELL,
                WORKER: _TELL,
            },
            (Guard((PEOPLE,), "INSERT", "NEW.is_superuser", "is no superuser"),),
        ),
        Table(
            "tenants_person_groups",
            "person_id group_id",
            {PEOPLE: Rights(read=ALL, add=ALL, remove=True), MACHINES: _READ, WORKER: _READ},
        ),
        Table("tenants_person_user_permissions", "person_id permission_id"),
        Table(
            "tenants_customerrolegroup",
            "customer_id role group_id",
            {PEOPLE: Rights(read=ALL, add=ALL), MACHINES: _READ, WORKER: _READ},
        ),
        Table(
            "tenants_providerrolegroup",
            "role group_id",
            # Locked, so that two who invite an administrator at once come one after the other.
            {PEOPLE: Rights(read=ALL, add=ALL, lock=True), MACHINES: _READ, WORKER: _READ},
        ),
        Table(
            "tenants_customergroupobjectpermission",
            "content_object_id group_id permission_id",
            {PEOPLE: Rights(read=ALL, add=ALL)},
        ),
        Table(
            "tenants_approval",
            "id customer_id action about details reason requested_by_id requested_at expires_at"
            " verdict decided_by_id decided_at",
            {PEOPLE: Rights(read=ALL, add=ALL, change="verdict decided_by_id decided_at")},
            (
                Guard((PEOPLE,), "INSERT", "NEW.verdict <> '' OR NEW.decided_by_id IS NOT NULL", "begins undecided"),
                Guard((PEOPLE,), "UPDATE", "OLD.verdict <> ''", "is decided once"),
            ),
            numbered=False,
        ),
        # What decides whether an account counts as one of two people. Never changed, see `database.append_only`.
        Table(
            "tenants_accountchange",
            "person_id step role customer_id made_by_id at",
            {PEOPLE: Rights(read=ALL, add=ALL)},
            (
                Guard(
                    (PEOPLE,),
                    "INSERT",
                    "NEW.made_by_id IS NULL",
                    "is made by somebody: only the host's owner is nobody",
                ),
            ),
        ),
        Table("tenants_staffread", "reader_id listing asked at", {PEOPLE: Rights(read=ALL, add=ALL, remove=True)}),
        # What the worker knows of whom it has told. A key is given out on it: nobody else is to write it.
        Table(
            "tenants_announcement",
            "about mails queued_at announced_at",
            {WORKER: Rights(read=ALL, add=ALL, change="announced_at", remove=True)},
        ),
        Table(
            "tenants_auditchain",
            "name customer_id length head_hash",
            dict.fromkeys(_EVERYBODY, _CHAIN),
            (
                Guard(
                    _EVERYBODY,
                    "INSERT",
                    f"NEW.length <> 0 OR NEW.head_hash <> {_FIRST_HASH}"
                    " OR NEW.name <> coalesce('customer:' || NEW.customer_id, 'provider')",
                    "begins empty",
                ),
            ),
        ),
        # The host's owner alone says that the chains are whole, by a command; people see when.
        Table("tenants_auditverification", "finished_at entries broken_chains", {PEOPLE: _READ, MONITOR: _READ}),
        Table(
            "tenants_auditentry",
            "chain_id sequence at actor action subject details previous_hash hash",
            {
                PEOPLE: Rights(read=ALL, add=ALL),
                MACHINES: Rights(add=ALL),
                SIGNER: Rights(add=ALL),
                WORKER: Rights(add=ALL),
            },
        ),
    )
)
