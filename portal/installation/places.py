"""Where the installed portal keeps what is its own. The units under `portal/deploy/systemd` name the same places."""

from pathlib import Path

# The folder that holds `manage.py`: /usr/lib/nsm-portal, once installed.
PROGRAM = Path(__file__).resolve().parent.parent.parent
# What comes inside the package, with its versions.
BUNDLED = PROGRAM / "bundled.txt"
DEPLOY = PROGRAM / "portal" / "deploy"
UNITS = Path("/usr/lib/systemd/system")

CONFIGURATION = Path("/etc/nsmaas")
ANSWERS = CONFIGURATION / "setup.toml"
SETTINGS = CONFIGURATION / "portal.env"
NGINX = CONFIGURATION / "nginx"
DOOR = CONFIGURATION / "door"
# Certificate and key in one file: what the people's nginx reads, also when it is told to while it runs.
PEOPLE_PAIR = DOOR / "people.pem"
# Of an ACME server with an authority of its own.
ACME_CA = CONFIGURATION / "acme-ca.crt"
FIREWALL = CONFIGURATION / "doors-addresses.nft"
SECRETS = CONFIGURATION / "secrets"
SECRET_KEY = SECRETS / "secret-key"
KEY_ENCRYPTION_KEY = SECRETS / "key-encryption-key"
CA_KEY = SECRETS / "ca.key"
CA_PASSPHRASE = SECRETS / "ca-passphrase"
# Of age's: the public keys of those who can open backups. They may be read by all.
BACKUP_RECIPIENTS = CONFIGURATION / "backup-recipients"

STATE = Path("/var/lib/nsmaas")
# What the running processes were started with.
RUNNING = STATE / "running.sha256"
# What the last look at advisories has left.
ADVISORIES = STATE / "advisories.json"
# There from the beginning of a restoration to its end: no portal is started in between.
RESTORE_UNDER_WAY = STATE / "restore-under-way"

# Where certbot has what is its own, and where it puts the answer to a question of the ACME server, for nginx to give.
ACME = Path("/var/lib/nsmaas-acme")
CHALLENGES = Path("/run/nsmaas-acme")
