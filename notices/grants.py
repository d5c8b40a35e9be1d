"""What each process may do with the outbox, on PostgreSQL."""

from database.roles.declaration import ALL, MACHINES, MONITOR, PEOPLE, WORKER, Declaration, Guard, Rights, Table

GRANTS = Declaration(
    (
        Table(
            "notices_mail",
            "recipient subject body forget_text about kind created_at next_attempt_at attempts sent_at last_error",
            {
                PEOPLE: Rights(read=ALL, add=ALL),
                MACHINES: Rights(read="id", add=ALL),
                # When, and how often it was tried: not to whom, and of what.
                MONITOR: Rights(read="id created_at next_attempt_at attempts sent_at"),
                WORKER: Rights(read=ALL, add=ALL, change="body next_attempt_at attempts sent_at last_error"),
            },
            (
                Guard(
                    (PEOPLE, MACHINES, WORKER),
                    "INSERT",
                    "NEW.sent_at IS NOT NULL OR NEW.attempts <> 0",
                    "is sent by the worker alone",
                ),
            ),
        ),
    )
)
