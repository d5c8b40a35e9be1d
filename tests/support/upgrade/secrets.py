"""Keys that open what the frozen databases hold. They were made for that and are used for nothing else."""

KEY_ENCRYPTION_KEY = "kek-fe6737f548be:dJyXD3BpGVTusFmJQbgbukV/HHNV00YWUV0PMeme0I0="
SECRET_KEY = "of the frozen databases alone"
CA_PASSPHRASE = "of the frozen authority alone"


def environment(*, database_url: str, state: str) -> dict[str, str]:
    return {
        "DATABASE_URL": database_url,
        "NSMAAS_STATE_DIR": state,
        "CELERY_BROKER_URL": f"filesystem://{state}/broker",
        "NSMAAS_KEY_ENCRYPTION_KEY": KEY_ENCRYPTION_KEY,
        "NSMAAS_SECRET_KEY": SECRET_KEY,
        "NSMAAS_CA_KEY_FILE": f"{state}/ca.key",
        "NSMAAS_CA_PASSPHRASE": CA_PASSPHRASE,
    }
