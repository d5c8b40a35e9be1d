"""What is not translated yet: shown in English to everybody, whole, so that no page or mail speaks two languages.

These lists only get shorter: `tests/house/test_texts.py`.
"""

# By the names of their views. The admin's pages are English, too.
PAGES = frozenset(
    {
        "now",
        "overview",
    }
)
# By the names of their templates in `templates/mail/`.
MAILS = frozenset(
    {
        "account_changed",
    }
)
