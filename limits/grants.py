"""What each process may do with the counters of tries, on PostgreSQL."""

from database.roles.declaration import ALL, PEOPLE, WORKER, Declaration, Rights, Table

GRANTS = Declaration(
    (
        Table(
            "limits_spentpurse",
            "key full_at",
            # The worker sweeps out what is full again.
            {PEOPLE: Rights(read=ALL, add=ALL, change=ALL, remove=True), WORKER: Rights(read=ALL, remove=True)},
            numbered=False,
        ),
    )
)
