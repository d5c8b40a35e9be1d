"""What is not translated yet: shown in English to everybody, whole, so that no page or mail speaks two languages.

These lists only get shorter: `tests/house/test_texts.py`.
"""

# By the names of their views. The admin's pages, which are not here, are English as well.
PAGES = frozenset(
    {
        "checklist",
        "closing",
        "decision",
        "decisions",
        "held-key",
        "import-file",
        "import-run",
        "import-template-csv",
        "import-template-xlsx",
        "invite",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_download_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_index",
        "mfa_view_recovery_codes",
        "now",
        "overview",
        "people",
        "people-of",
        "person",
        "records",
        "records-export",
        "remove-person",
        "sensor",
        "sensors",
        "sensors-csv",
        "token-new",
        "token-revoke",
        "tokens",
    }
)
# By the names of their templates in `templates/mail/`.
MAILS = frozenset(
    {
        "account_changed",
        "certificate_ends",
        "change_requested",
        "code_issued",
        "delay_shortened",
        "gateway_code_agreed",
        "gateway_done",
        "gateway_requested",
        "gateway_revoked",
        "gateway_revoked_customer",
        "invitation",
        "invitation_requested",
        "key_held",
        "key_permitted",
        "networks_changed",
        "person_corrected",
        "sensor_moved",
        "token_made",
        "token_revoked",
    }
)
