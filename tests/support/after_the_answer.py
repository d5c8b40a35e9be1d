"""What the door does when the answer is sent already."""


def wait_for_what_is_done_after_the_answer() -> None:
    """Threads of the door that still write would meet the tables being emptied, or the next test's rows."""
    from accounts import failed_tries, mail_requests

    for thread in (failed_tries.writer, mail_requests.sender):
        thread.pool.submit(lambda: None).result(timeout=60)
