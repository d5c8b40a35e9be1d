"""Which process holds which key, and what each may do with certificates, revocations and sealed keys, on PostgreSQL."""

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
    Table,
)

# Which process works with which key, by its name in `NSMAAS_PROCESS`.
NEED_KEY_ENCRYPTION_KEY = frozenset({"machines", "signer"})
NEED_CA_KEY = frozenset({"signer"})

_READ = Rights(read=ALL)
_READ_AND_ADD = Rights(read=ALL, add=ALL)

GRANTS = Declaration(
    (
        Table(
            "pki_authority",
            "name certificate_der created_at",
            {SIGNER: Rights(read=ALL, lock=True), PEOPLE: _READ, MACHINES: _READ, WORKER: _READ, MONITOR: _READ},
        ),
        Table(
            "pki_certificate",
            "authority_id serial subject profile not_before not_after der fingerprint created_at",
            # The process that revokes locks what is to be revoked.
            {
                SIGNER: Rights(read=ALL, add=ALL, lock=True),
                PEOPLE: Rights(read=ALL, lock=True),
                MACHINES: _READ,
                # When it ends.
                WORKER: Rights(read="id subject profile not_after"),
                MONITOR: Rights(read="id subject profile not_after"),
            },
        ),
        Table(
            "pki_revocation",
            "certificate_id reason revoked_at entry_der",
            {
                SIGNER: _READ_AND_ADD,
                PEOPLE: _READ_AND_ADD,
                MACHINES: _READ,
                WORKER: Rights(read="id certificate_id"),
                MONITOR: Rights(read="id certificate_id"),
            },
            (
                Guard(
                    (PEOPLE,),
                    "INSERT",
                    "NEW.entry_der <> public.pki_list_entry(NEW.certificate_id, NEW.reason, NEW.revoked_at)",
                    "holds its certificate's own element of the list",
                ),
            ),
        ),
        Table(
            "pki_certificaterevocationlist",
            "authority_id number entry_count this_update next_update der created_at",
            {
                SIGNER: _READ_AND_ADD,
                PEOPLE: _READ,
                MONITOR: Rights(read="id authority_id number this_update next_update"),
            },
        ),
        Table(
            "pki_wrappedkey",
            "subject purpose version kek_id nonce ciphertext created_at destroyed_at",
            {
                MACHINES: _READ_AND_ADD,
                SIGNER: _READ_AND_ADD,
                # Enough to take it out of use.
                PEOPLE: Rights(read="id subject purpose version"),
            },
        ),
        Table(
            "pki_keyretirement",
            "subject purpose up_to_version retired_at",
            {PEOPLE: _READ_AND_ADD, MACHINES: _READ, SIGNER: _READ},
        ),
        Table(
            "pki_keyencryptionkeycheck",
            "id kek_id nonce ciphertext created_at",
            {MACHINES: _READ_AND_ADD, SIGNER: _READ_AND_ADD},
            (Guard((MACHINES, SIGNER), "INSERT", "NEW.id <> 1", "names the first key alone"),),
            numbered=False,
        ),
        # A row of the first is written by a command of the owner's alone.
        Table(
            "pki_restoration",
            "backup_made_at restored_at settled_at",
            {MACHINES: _READ, SIGNER: _READ},
        ),
        Table(
            "pki_recalledserials",
            "restoration_id told_by part is_last serials told_at",
            {MACHINES: _READ_AND_ADD},
        ),
        Table(
            "pki_timequery",
            "digest query asked_at reply",
            # The signer alone answers, and each answer is signed.
            {
                PEOPLE: Rights(read=ALL, add=ALL),
                SIGNER: Rights(read=ALL, change="reply", remove=True),
            },
            (Guard((PEOPLE,), "INSERT", "NEW.reply IS NOT NULL", "begins without an answer"),),
        ),
    ),
    (
        Function(
            "pki_destroy_retired(text, text)",
            (PEOPLE,),
            "empties the sealed keys of a subject that were taken out of use",
        ),
        # Asked by a guard. PostgreSQL wants the right of each role that adds to the table, also of the signer.
        Function(
            "pki_list_entry(bigint, text, timestamp with time zone)",
            (PEOPLE, SIGNER),
            "makes an element of the revocation list",
        ),
    ),
)
