"""Somebody runs code in a process of the portal and talks to PostgreSQL as that process, which refuses what he wants.

Each step stands alone, and is tried as a process that has no business with it: logged in with its role, not by
`SET ROLE` from a login that could undo that.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.models import AccessToken
from database.roles.declaration import MACHINES, PEOPLE, SIGNER, WORKER, Role
from notices.models import Mail
from portal.grants import GRANTS
from sensors.cases.operations.request_closing import request_closing
from sensors.enrolment.operations.issue_enrolment_code import issue_sensor_code
from sensors.enrolment.operations.request_renewal import request_renewal
from sensors.fleet.gateway_steps import REGISTER
from sensors.gateways.operations.register_gateway import register_gateway
from sensors.gateways.operations.revoke_gateway import revoke_gateway
from sensors.keys.operations.permit_release import permit_release
from sensors.keys.operations.release_disk_key import release_disk_key
from sensors.models import CaseOutcome, KeyPermit, LossCard
from tenants.models import Approval
from tenants.operations.decide_approval import refuse_approval
from tests.support.fleet import ACTOR, Fleet, as_reported, make_fleet, renewal

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only PostgreSQL has roles"),
]

# PostgreSQL's own refusals, and those of our triggers.
REFUSALS = {"42501", "23000"}

EVERYBODY = (PEOPLE, MACHINES, SIGNER, WORKER)
SHORT = {
    "ENTRY": "tenants_auditentry (chain_id, sequence, at, actor, action, subject, details, previous_hash, hash)",
    "AS_EVER": "now(), 'person:olga@provider.example', 'case:close', 'case:x', '{}'",
    # Open, as one step names a column more.
    "REQUEST": "sensors_certificaterequest (sensor_id, csr, csr_digest, code_proof, renewal_proof, requested_at,"
    " refused_because, tunnel_key",
    "GATEWAY": "sensors_gateway (id, name, subject, host, port, network, base_networks, generation, config_generation,"
    " next_address_offset, registered_at, subject_since, revoked_because)",
    "SENSOR": "sensors_sensor (id, site_id, gateway_id, name, description, hardware_serial, line, subject, state,"
    " underlay_address_id, registered_at)",
}

# What he would have to do, and the processes that must not be able to.
HISTORY = {
    "change what the audit trail says": "UPDATE tenants_auditentry SET actor = 'nobody'",
    "take the last entry away": "DELETE FROM tenants_auditentry WHERE sequence > 1",
    "empty the audit trail": "TRUNCATE tenants_auditentry CASCADE",
    "move the head of a chain": "UPDATE tenants_auditchain SET length = 0",
    "chain all entries again": "UPDATE tenants_auditchain SET head_hash = repeat('0', 64)",
    "take a chain away": "DELETE FROM tenants_auditchain",
    "begin a chain in its middle": "INSERT INTO tenants_auditchain (name, length, head_hash) VALUES ('x', 5, 'y')",
    "write an entry beside the chain": (
        "INSERT INTO ENTRY SELECT id, length + 1, AS_EVER, repeat('0', 64), repeat('1', 64) FROM tenants_auditchain"
    ),
    "write an entry far ahead": (
        "INSERT INTO ENTRY SELECT id, length + 9, AS_EVER, head_hash, repeat('1', 64) FROM tenants_auditchain"
    ),
    "write an entry a second time": (
        "INSERT INTO ENTRY SELECT id, length, AS_EVER, head_hash, repeat('1', 64) FROM tenants_auditchain"
    ),
    "take the triggers away": "ALTER TABLE tenants_auditentry DISABLE TRIGGER ALL",
    "drop a trigger": "DROP TRIGGER tenants_auditentry_no_change ON tenants_auditentry",
    "lift all triggers for a while": "SET session_replication_role = replica",
    "replace the trigger's function": (
        "CREATE OR REPLACE FUNCTION tenants_auditentry_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RETURN NEW; END $$"
    ),
    "change a revocation": "UPDATE pki_revocation SET reason = 'unspecified'",
    "un-revoke": "DELETE FROM pki_revocation",
    "un-revoke everything": "TRUNCATE pki_revocation",
    "change a certificate": "UPDATE pki_certificate SET subject = 's-aaaaaaaaaaaa'",
    "forget a certificate": "DELETE FROM pki_certificate",
    "bring a retired key back": "DELETE FROM pki_keyretirement",
    "forget a case": "DELETE FROM sensors_case",
    "forget a release": "DELETE FROM sensors_diskkeyrelease",
    "change a release": "UPDATE sensors_diskkeyrelease SET outcome = 'released'",
}
MORE_POWER = {
    "become the owner": "SET ROLE nsmaas",
    "become another process": "SET ROLE {another}",
    "log in again": "SET SESSION AUTHORIZATION nsmaas",
    "become a superuser": "ALTER ROLE {role} SUPERUSER",
    "be an authority": "INSERT INTO pki_authority (name, certificate_der, created_at) VALUES ('x', '', now())",
    "make a role": "CREATE ROLE thief LOGIN",
    "join the owner": "GRANT nsmaas TO {role}",
    "take more rights": "GRANT ALL ON pki_certificate TO {role}",
    "own a table": "ALTER TABLE sensors_session OWNER TO {role}",
    "make a function": "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "make a table": "CREATE TABLE mine (a int)",
    "make a table that hides another": "CREATE TEMPORARY TABLE sensors_sensor (id uuid)",
    "make a schema": "CREATE SCHEMA mine",
    "load an extension": "CREATE EXTENSION dblink",
    "change a function of the owner": "ALTER FUNCTION sensors_raise_generation(uuid) RESET search_path",
    "run a program": "COPY (SELECT 1) TO PROGRAM 'true'",
    "read a file": "SELECT pg_read_file('/etc/passwd')",
    "write a file": "COPY (SELECT 1) TO '/tmp/thief'",
    "end the owner's session": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'nsmaas'",
    "choose the next key of a table": "SELECT setval('tenants_auditentry_id_seq', 1)",
    "put a guard away": "ALTER TABLE sensors_sensor DISABLE TRIGGER USER",
}
FACTS_OF_A_RELEASE = {
    "make a certificate known": (
        "INSERT INTO pki_certificate (authority_id, serial, subject, profile, not_before, not_after, der, fingerprint,"
        " created_at) SELECT authority_id, '1', subject, profile, not_before, not_after, der, 'f', now()"
        " FROM pki_certificate"
    ),
    "give a sensor another one's name": "UPDATE sensors_sensor SET subject = 's-aaaaaaaaaaaa'",
    "give a sensor another address": (
        "UPDATE sensors_sensor SET underlay_address_id = (SELECT max(id) FROM sensors_underlayaddress)"
        " WHERE name = 'box-1'"
    ),
    "move a sensor to another site": (
        "UPDATE sensors_sensor SET site_id = other.id FROM tenants_site AS other WHERE other.id <> site_id"
    ),
    "move a sensor to another gateway": (
        "UPDATE sensors_sensor SET gateway_id = other.id FROM sensors_gateway AS other WHERE other.id <> gateway_id"
    ),
    "change an address": "UPDATE sensors_underlayaddress SET address = '192.0.2.9'",
    "take an address": (
        "INSERT INTO sensors_underlayaddress (gateway_id, address, allocated_at)"
        " SELECT id, '192.0.2.9', now() FROM sensors_gateway"
    ),
    "change what a box asks for": "UPDATE sensors_certificaterequest SET csr = 'x'",
    "change what a box has signed": "UPDATE sensors_certificaterequest SET renewal_proof = 'x'",
    "change whose code it is": "UPDATE sensors_enrolmentcode SET sensor_id = sensor_id",
    "use a code twice": "UPDATE sensors_enrolmentcode SET used_at = NULL",
    "make a code last": "UPDATE sensors_enrolmentcode SET expires_at = 'infinity'",
}
OF_THE_MACHINES = {
    "say where a tunnel comes from": "UPDATE sensors_session SET public_address = '192.0.2.9'",
    "say that a tunnel is there": (
        "INSERT INTO sensors_session (sensor_id, gateway_id, public_address, underlay_address, since, reported_at,"
        " bytes_received, bytes_sent) SELECT id, gateway_id, '198.51.100.21', '10.88.0.9', now(), now(), 0, 0"
        " FROM sensors_sensor"
    ),
    "say that a tunnel has ended": "UPDATE sensors_session SET ended_at = now()",
    "answer for a gateway": (
        "INSERT INTO sensors_sessionquestion (gateway_id, subjects, asked_at, answered_at, answer)"
        " SELECT id, '[]', now(), now(), '{}' FROM sensors_gateway"
    ),
    "read what a gateway is asked": "SELECT subjects FROM sensors_sessionquestion",
    "let a silent gateway speak": "UPDATE sensors_gatewaycontact SET last_report_at = now()",
    "say that the cut was seen": "UPDATE sensors_case SET confirmed_at = now()",
    "say that a gateway has done its part": "UPDATE sensors_measure SET done_at = now()",
    "use a permit again": "UPDATE sensors_keypermit SET used_at = NULL",
    "say that a key was given out": (
        "INSERT INTO sensors_diskkeyrelease (sensor_id, at, outcome, reason, source_address, serial)"
        " SELECT id, now(), 'held', 'public-network-unexpected', '192.0.2.9', '1' FROM sensors_sensor"
    ),
}
SEALED_KEYS = {
    "put a sealed key in": (
        "INSERT INTO pki_wrappedkey (subject, purpose, version, kek_id, nonce, ciphertext, created_at)"
        " VALUES ('s-aaaaaaaaaaaa', 'disk-key', 9, 'x', '', '', now())"
    ),
    "spoil a sealed key": "UPDATE pki_wrappedkey SET ciphertext = ''",
    "take a sealed key away": "DELETE FROM pki_wrappedkey",
    "read a sealed key": "SELECT ciphertext FROM pki_wrappedkey",
    "name another key-encryption key": "UPDATE pki_keyencryptionkeycheck SET kek_id = 'x'",
}
OF_THE_SIGNER = {
    "put a reported box into service": "UPDATE sensors_sensor SET state = 'in-service' WHERE state = 'reported'",
    "call a request signed": "UPDATE sensors_certificaterequest SET certificate_id = 1",
    "publish a list": (
        "INSERT INTO pki_certificaterevocationlist (authority_id, number, entry_count, this_update, next_update, der,"
        " created_at) SELECT id, 99, 0, now(), now(), '', now() FROM pki_authority"
    ),
}
OF_THE_PEOPLE = {
    "let a box in from anywhere": "UPDATE tenants_site SET expected_networks = '[\"0.0.0.0/0\"]'",
    "permit a key": (
        "INSERT INTO sensors_keypermit (sensor_id, public_address, permitted_by_id, permitted_at, expires_at)"
        " SELECT id, '192.0.2.9', 1, now(), 'infinity' FROM sensors_sensor"
    ),
    "make a code": (
        "INSERT INTO sensors_enrolmentcode (digest, sensor_id, issued_by, issued_at, expires_at)"
        " SELECT 'x', id, 'x', now(), 'infinity' FROM sensors_sensor"
    ),
    "set a password": "UPDATE tenants_person SET password = 'x'",
    "read passwords": "SELECT password FROM tenants_person",
    "become staff": "UPDATE tenants_person SET is_staff = true",
    "join a role": "INSERT INTO tenants_person_groups (person_id, group_id) SELECT 1, id FROM auth_group",
    "read sessions of people": "SELECT session_data FROM django_session",
    "read second factors": "SELECT data FROM mfa_authenticator",
    "agree to something": "UPDATE tenants_approval SET verdict = 'approved'",
    "close a case": "UPDATE sensors_case SET closed_at = now(), outcome = 'false-alarm'",
    "move a gateway": "UPDATE sensors_gateway SET host = '192.0.2.9'",
    "un-revoke a gateway": "UPDATE sensors_gateway SET revoked_at = NULL",
    "read the audit trail": "SELECT details FROM tenants_auditentry",
}
GENERATIONS = {
    "silence a gateway's news": "UPDATE sensors_gateway SET generation = 9223372036854775807",
    "let the next box have an address again": "UPDATE sensors_gateway SET next_address_offset = 2",
    "touch what a gateway still has to do": "UPDATE sensors_gatewayslot SET generation = 0",
}
# The door of the people may write these tables; the forged columns are what is refused.
TOLD = {
    "say that people were told of a code": "UPDATE sensors_enrolmentcode SET announced_at = '2020-01-01'",
    "say that people were told of a permit": "UPDATE sensors_keypermit SET announced_at = '2020-01-01'",
    "say that people were told of a network": (
        'UPDATE tenants_site SET announced_networks = \'{"0.0.0.0/0": "2020-01-01T00:00:00+00:00"}\''
    ),
    "say that there is nothing to tell": "UPDATE tenants_site SET networks_announced_for = networks_set_at",
    "say that people were told of a move": "UPDATE sensors_sensormove SET announced_at = now()",
    "let no time pass": "UPDATE tenants_customer SET change_delay_in_force = 0",
    "write what the worker knows": "UPDATE tenants_announcement SET announced_at = '2020-01-01'",
    "forget what was announced": "DELETE FROM tenants_announcement",
    "announce in the worker's name": (
        "INSERT INTO tenants_announcement (about, mails, queued_at, announced_at)"
        " VALUES ('enrolment-code:1', '[]', now(), now())"
    ),
}
SECOND_WORDS = {
    "say that a second person has looked": "UPDATE sensors_enrolmentcode SET confirmed_at = now()",
    "say that the box is the one that was there": "UPDATE sensors_sensor SET enrolled_anew_with_id = NULL",
}
TOKEN = (
    "accounts_accesstoken (person_id, name, prefix, secret_hash, permissions, made_at, expires_at, endings_seen,"
    " revoked_at) SELECT id, 'x', 'thieving', 'x', '[]', now(),"
)
FORGED_BY_PEOPLE = {
    "note a move that people were told of": (
        "INSERT INTO sensors_sensormove (sensor_id, from_site_id, to_site_id, from_gateway_id, to_gateway_id,"
        " from_address_id, moved_by, moved_at, announced_at)"
        " SELECT id, site_id, site_id, gateway_id, gateway_id, underlay_address_id, 'x', now(), now()"
        " FROM sensors_sensor"
    ),
    "make a code that people were told of": (
        "INSERT INTO sensors_enrolmentcode (digest, sensor_id, issued_by, issued_at, expires_at, announced_at)"
        " SELECT 'x', id, 'x', now(), now(), now() FROM sensors_sensor LIMIT 1"
    ),
    "make a code that was looked at": (
        "INSERT INTO sensors_enrolmentcode (digest, sensor_id, issued_by, issued_at, expires_at, confirmed_at)"
        " SELECT 'x', id, 'x', now(), now(), now() FROM sensors_sensor LIMIT 1"
    ),
    "make a permit that people were told of": (
        "INSERT INTO sensors_keypermit (sensor_id, public_address, permitted_by_id, permitted_at, expires_at,"
        " announced_at) SELECT sensor_id, public_address, permitted_by_id, now(), now(), now() FROM sensors_keypermit"
    ),
    "make a site that people were told of": (
        "INSERT INTO tenants_site (id, customer_id, name, expected_networks, networks_set_by, networks_set_at,"
        " announced_networks, registered_at) SELECT gen_random_uuid(), customer_id, 'x', expected_networks, '', now(),"
        ' \'{"0.0.0.0/0": "2020-01-01T00:00:00+00:00"}\', now() FROM tenants_site'
    ),
    "begin a customer with a time that is over": (
        "INSERT INTO tenants_customer (id, slug, name, change_delay_minutes, change_delay_in_force,"
        " two_people_for_changes, registered_at) VALUES (gen_random_uuid(), 'x', 'x', 5, 0, false, now())"
    ),
    "ask for a renewal": ("INSERT INTO REQUEST) SELECT id, 'csr', 'd', '', '', now(), '', '' FROM sensors_sensor"),
    "ask for a renewal with a proof": (
        "INSERT INTO REQUEST) SELECT id, 'csr', 'd', '', 'proof', now(), '', '' FROM sensors_sensor"
    ),
    "hand out a tunnel key": "UPDATE sensors_certificaterequest SET tunnel_key = 'x'",
    "take a refusal back": "UPDATE sensors_certificaterequest SET refused_because = ''",
    "register a sensor that is in service": (
        "INSERT INTO SENSOR SELECT gen_random_uuid(), site_id, gateway_id, 'x', '', '', line,"
        " 's-aaaaaaaaaaaa', 'in-service', underlay_address_id, now() FROM sensors_sensor"
    ),
    "register a sensor with a gateway's name": (
        "INSERT INTO SENSOR SELECT gen_random_uuid(), site_id, gateway_id, 'x', '', '', line,"
        " 'g-aaaaaaaaaaaa', 'registered', underlay_address_id, now() FROM sensors_sensor"
    ),
    "bring a reported box back": "UPDATE sensors_sensor SET state = 'returned' WHERE state = 'reported'",
    "bring a cut-off box back": "UPDATE sensors_sensor SET state = 'returned' WHERE state = 'cut-off'",
    "say that its cut was seen": "UPDATE sensors_sensor SET state = 'cut-off' WHERE state = 'reported'",
    "close a case alone": "UPDATE sensors_case SET closed_at = now(), outcome = 'false-alarm'",
    "open a case that is closed": (
        "INSERT INTO sensors_case (id, sensor_id, kind, note, callback_phone, reported_by_id, received_at, opened_at,"
        " closed_at, outcome) SELECT gen_random_uuid(), sensor_id, kind, '', '', reported_by_id, now(), now(), now(),"
        " 'false-alarm' FROM sensors_case"
    ),
    "say for a gateway that it is done": (
        "INSERT INTO sensors_measure (case_id, kind, gateway_id, done_at, detail)"
        " SELECT case_id, 'x', gateway_id, now(), '' FROM sensors_measure WHERE gateway_id IS NOT NULL"
    ),
    "say that the host's owner made an account": (
        "INSERT INTO tenants_accountchange (person_id, step, role, at)"
        " SELECT id, 'person:add', '', now() FROM tenants_person LIMIT 1"
    ),
    "agree to what was refused": "UPDATE tenants_approval SET verdict = 'approved' WHERE verdict <> ''",
    "make a code that is used already": (
        "INSERT INTO sensors_enrolmentcode (digest, sensor_id, issued_by, issued_at, expires_at, used_at)"
        " SELECT 'x', id, 'x', now(), now(), now() FROM sensors_sensor LIMIT 1"
    ),
    "enrol with a tunnel key": (
        "INSERT INTO REQUEST, code_id) SELECT sensor_id, 'csr', 'd', 'p', '', now(), '', 'key', id"
        " FROM sensors_enrolmentcode WHERE used_at IS NULL LIMIT 1"
    ),
    "register a gateway with a sensor's name": (
        "INSERT INTO GATEWAY SELECT gen_random_uuid(), 'x', 's-aaaaaaaaaaaa', host, port, network, base_networks,"
        " 1, 1, 2, now(), now(), '' FROM sensors_gateway WHERE name = 'gateway-1'"
    ),
    "register a gateway that is ahead": (
        "INSERT INTO GATEWAY SELECT gen_random_uuid(), 'x', 'g-aaaaaaaaaaaa', host, port, network, base_networks,"
        " 9, 9, 2, now(), now(), '' FROM sensors_gateway WHERE name = 'gateway-1'"
    ),
    "register a gateway that nobody agreed to": (
        "INSERT INTO GATEWAY SELECT gen_random_uuid(), 'y', 'g-aaaaaaaaaaaa', host, port, network, base_networks,"
        " 1, 1, 2, now(), now(), '' FROM sensors_gateway WHERE name = 'gateway-1'"
    ),
    "register a gateway somewhere else than was agreed": (
        "INSERT INTO GATEWAY SELECT gen_random_uuid(), 'x', 'g-aaaaaaaaaaaa', '192.0.2.9', port, network,"
        " base_networks, 1, 1, 2, now(), now(), '' FROM sensors_gateway WHERE name = 'gateway-1'"
    ),
    "move a gateway": "UPDATE sensors_gateway SET host = '192.0.2.9'",
    "have a gateway listen by TCP": "UPDATE sensors_gateway SET tcp_port = 443",
    "make tunnels too narrow": "UPDATE sensors_gateway SET mssfix = 1000",
    "let boxes reach more of base": "UPDATE sensors_gateway SET base_networks = '[\"10.0.0.0/8\"]'",
    "make a code for a gateway": (
        "INSERT INTO sensors_enrolmentcode (digest, gateway_id, issued_by, issued_at, expires_at)"
        " SELECT 'x', id, 'x', now(), 'infinity' FROM sensors_gateway"
    ),
    "make a code for a gateway by an approval of something else": (
        "INSERT INTO sensors_enrolmentcode (digest, gateway_id, approval_id, issued_by, issued_at, expires_at)"
        " SELECT 'x', sensors_gateway.id, tenants_approval.id, 'x', now(), 'infinity'"
        " FROM sensors_gateway, tenants_approval WHERE verdict = 'approved'"
    ),
    "un-revoke a gateway": "UPDATE sensors_gateway SET revoked_at = NULL WHERE revoked_at IS NOT NULL",
    "give a gateway back": (
        "SELECT sensors_give_back_gateway(tenants_approval.id, 'g-aaaaaaaaaaaa')"
        " FROM tenants_approval WHERE verdict = 'approved'"
    ),
    "end the tunnels of a gateway": "SELECT sensors_shut_out_gateway(id) FROM sensors_gateway WHERE revoked_at IS NULL",
    "make a permit that is used": (
        "INSERT INTO sensors_keypermit (sensor_id, public_address, permitted_by_id, permitted_at, expires_at, used_at)"
        " SELECT sensor_id, public_address, permitted_by_id, now(), now(), now() FROM sensors_keypermit"
    ),
    "say that a mail was sent": "UPDATE notices_mail SET sent_at = now()",
    "write a mail that was sent": (
        "INSERT INTO notices_mail (recipient, subject, body, about, created_at, next_attempt_at, attempts, sent_at,"
        " last_error) VALUES ('a@example.org', '', '', '', now(), now(), 1, now(), '')"
    ),
    "ask and agree in one": (
        "INSERT INTO tenants_approval (id, customer_id, action, about, details, reason, requested_by_id, requested_at,"
        " expires_at, verdict, decided_by_id, decided_at)"
        " SELECT gen_random_uuid(), id, 'case:give-back', 'case:x', '{}', 'x', 1, now(), now(), 'approved', 2, now()"
        " FROM tenants_customer"
    ),
    "bring a revoked loss card back": "UPDATE sensors_losscard SET revoked_at = NULL, revoked_by_id = NULL",
    "say who revoked a loss card": (
        "INSERT INTO sensors_losscard (site_id, digest, made_by_id, made_at, revoked_by_id, revoked_at)"
        " SELECT (SELECT id FROM tenants_site LIMIT 1), 'x', id, now(), id, now() FROM tenants_person LIMIT 1"
    ),
    "bring a revoked token back": "UPDATE accounts_accesstoken SET revoked_at = NULL",
    "make a token that lasts": f"INSERT INTO {TOKEN} 'infinity', 0, NULL FROM tenants_person LIMIT 1",
    "make a token that is revoked": f"INSERT INTO {TOKEN} now(), 0, now() FROM tenants_person LIMIT 1",
    "make a permit last": "UPDATE sensors_keypermit SET expires_at = 'infinity'",
    "retire a key of a box in service": (
        "INSERT INTO pki_keyretirement (subject, purpose, up_to_version, retired_at)"
        " SELECT subject, 'disk-key', 9, now() FROM sensors_sensor"
    ),
    "retire a gateway's tunnel key": (
        "INSERT INTO pki_keyretirement (subject, purpose, up_to_version, retired_at)"
        " SELECT subject, 'tls-crypt-v2-server-key', 9, now() FROM sensors_gateway"
    ),
    "free an address in use": "SELECT sensors_release_address(underlay_address_id) FROM sensors_sensor",
    "have the signer sign what he likes": (
        "INSERT INTO pki_revocation (certificate_id, reason, revoked_at, entry_der)"
        " SELECT id, 'keyCompromise', now(), '\\x3000' FROM pki_certificate"
        " WHERE id NOT IN (SELECT certificate_id FROM pki_revocation)"
    ),
    "tell boxes the time in the signer's place": (
        "INSERT INTO pki_timequery (digest, query, asked_at, reply) VALUES ('d', '', now(), 'x')"
    ),
    "make a superuser": (
        "INSERT INTO tenants_person (email, name, phone, password, is_active, is_staff, is_superuser, date_joined)"
        " VALUES ('thief@example.org', 'x', '', 'x', true, true, true, now())"
    ),
    "choose a row's key": (
        "INSERT INTO notices_mail (id, recipient, subject, body, about, created_at, next_attempt_at, attempts,"
        " last_error) VALUES (999999, 'a@example.org', '', '', '', now(), now(), 0, '')"
    ),
}
NEXT_KEY = {
    "name the key that everybody is to seal under": (
        "INSERT INTO pki_keyencryptionkeycheck (id, kek_id, nonce, ciphertext, created_at)"
        " VALUES (2, 'x', '', '', now())"
    ),
}
FORGED_BY_MACHINES = {
    "enrol": (
        "INSERT INTO REQUEST, code_id) SELECT id, 'csr', 'd', 'p', '', now(), '', '', 1 FROM sensors_sensor LIMIT 1"
    ),
    "take a refusal back": "UPDATE sensors_certificaterequest SET refused_because = ''",
    "let a gateway forget": "UPDATE sensors_gateway SET generation = 0",
    "say once more that a cut was seen": "UPDATE sensors_case SET confirmed_at = now() WHERE confirmed_at IS NOT NULL",
    "put a cut-off box into service": "UPDATE sensors_sensor SET state = 'in-service' WHERE state = 'cut-off'",
}
FORGED_BY_THE_SIGNER = {
    "put a reported box into service": "UPDATE sensors_sensor SET state = 'in-service' WHERE state = 'reported'",
}
BY = {
    EVERYBODY: HISTORY | MORE_POWER,
    (PEOPLE, MACHINES, WORKER): FACTS_OF_A_RELEASE | OF_THE_SIGNER,
    (PEOPLE, SIGNER, WORKER): OF_THE_MACHINES,
    (MACHINES, SIGNER, WORKER): OF_THE_PEOPLE,
    (SIGNER, PEOPLE, WORKER): GENERATIONS,
    (PEOPLE, MACHINES, SIGNER): TOLD,
    (PEOPLE, WORKER): SEALED_KEYS | SECOND_WORDS,
    (MACHINES, SIGNER): NEXT_KEY,
    (PEOPLE,): FORGED_BY_PEOPLE,
    (MACHINES,): FORGED_BY_MACHINES,
    (SIGNER,): FORGED_BY_THE_SIGNER,
}
STEPS = {f"{role}: {step}": (role, sql) for roles, steps in BY.items() for role in roles for step, sql in steps.items()}


@pytest.fixture(scope="module")
def fleet(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """Committed, since a thief has a connection of his own; and something in each table that he is after."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        for name in ("PROCESS", "CA_KEY_FILE", "CA_PASSPHRASE", "KEY_ENCRYPTION_KEY"):
            patch.setattr(settings, name, getattr(settings, name))  # what it is set to is put back at the end
        patch.setattr(settings, "RENEWABLE_AFTER_PERCENT", 0)
        patch.setattr(settings, "SECOND_FACTOR", "offered")
        try:
            yield fill(make_fleet(settings, tmp_path_factory.mktemp("keys")))
        finally:
            call_command("flush", interactive=False, verbosity=0)


def fill(fleet: Fleet) -> Fleet:
    fleet.enrol_gateway()
    box = fleet.connected("box-1")
    release_disk_key(
        sensor=box, certificate=fleet.certificate_of(box), source=box.address, confirmation=as_reported(box)
    )
    moved = fleet.connected("box-2", public_address="203.0.113.9")
    release_disk_key(
        sensor=moved, certificate=fleet.certificate_of(moved), source=moved.address, confirmation=as_reported(moved)
    )
    permit_release(sensor=moved, public_address="203.0.113.9", permitted_by=fleet.world.operator)
    stolen = fleet.connected("box-3")
    request_renewal(sensor=stolen, **renewal(stolen))
    fleet.reported(stolen)
    cut = fleet.cut_off("box-4")
    asked = request_closing(
        case=cut, outcome=CaseOutcome.GIVEN_BACK, reason="Found.", requested_by=fleet.world.administrator
    )
    refuse_approval(approval=asked.pk, about=cut.about, refused_by=fleet.world.owner)
    issue_sensor_code(sensor=fleet.register("box-5"), issued_by=ACTOR)
    of_gateways(fleet)
    AccessToken.objects.create(
        person=fleet.world.operator,
        name="Lost",
        prefix="revokedx",
        secret_hash="x",
        made_at=timezone.now(),
        expires_at=timezone.now() + timedelta(days=1),
        endings_seen=0,
        revoked_at=timezone.now(),
    )
    LossCard.objects.create(
        site=fleet.world.quay,
        digest="x" * 64,
        made_by=fleet.world.owner,
        made_at=timezone.now(),
        revoked_by=fleet.world.owner,
        revoked_at=timezone.now(),
    )
    assert KeyPermit.objects.exists()
    assert Mail.objects.exists()
    return fleet


def of_gateways(fleet: Fleet) -> None:
    """One that is revoked, and one that two people want and that is still to be registered."""
    gone = register_gateway(
        name="gateway-gone", host="192.0.2.1", port=1194, network="10.96.0.0/16", base_networks=[], registered_by=ACTOR
    )
    revoke_gateway(gateway=gone, reason="Stolen.", revoked_by=fleet.world.operator)
    place, now = fleet.gateway, timezone.now()
    wanted = {name: getattr(place, name) for name in ("host", "port", "network", "tcp_port", "base_networks", "mssfix")}
    Approval.objects.create(
        action=REGISTER,
        about="gateway:x",
        details=wanted,
        reason="New.",
        requested_by=fleet.world.administrator,
        requested_at=now,
        expires_at=now,
        verdict="approved",
        decided_by=fleet.world.operator,
        decided_at=now,
    )


Logins = dict[Role, "psycopg.Connection[tuple[object, ...]]"]


def log_in(user: str) -> "psycopg.Connection[tuple[object, ...]]":
    here = connection.settings_dict
    return psycopg.connect(host=here["HOST"], port=here["PORT"] or None, dbname=here["NAME"], user=user)


@pytest.fixture(scope="module")
def logins(fleet: Fleet) -> Iterator[Logins]:
    opened = {role: log_in(role.login) for role in Role}
    yield opened
    for one in opened.values():
        one.close()


@pytest.mark.parametrize(("role", "sql"), STEPS.values(), ids=STEPS)
def test_it_is_refused(logins: Logins, role: Role, sql: str):
    assert answer(logins, role, sql) in REFUSALS


def test_each_guard_refuses_something_that_nothing_else_does(fleet: Fleet, logins: Logins):
    """So that a new guard comes with what it is for."""
    owner = log_in("nsmaas")
    owner.autocommit = True
    idle = []
    for table, guards in GRANTS.guards.items():
        steps = [(role, sql) for role, sql in STEPS.values() if table in spelt_out(role, sql)]
        for guard in guards:
            owner.execute(f'ALTER TABLE {table} DISABLE TRIGGER "{guard.name()}"'.encode())
            if all(answer(logins, role, sql) in REFUSALS for role, sql in steps if role in guard.of):
                idle.append(f"{table}: {guard.because} ({', '.join(guard.of)})")
            owner.execute(f'ALTER TABLE {table} ENABLE TRIGGER "{guard.name()}"'.encode())
    owner.close()
    assert idle == []


def test_no_other_process_can_take_all_connections_from_the_machines_door(fleet: Fleet):
    """Asked of the catalog: what is taken here would be missing in tests beside this one."""
    owner = log_in("nsmaas")
    found = owner.execute("SELECT rolname, rolconnlimit FROM pg_roles WHERE rolname LIKE 'nsmaas\\_%'").fetchall()
    owner.close()
    limits = {str(login): int(str(limit)) for login, limit in found}
    others = [limits[role.login] for role in Role if role is not MACHINES]
    assert min(others) > 0
    assert sum(others) < 97, "of PostgreSQL's 100, of which three are the superuser's"


def answer(logins: Logins, role: Role, sql: str) -> str | None:
    """PostgreSQL's code for why it refuses, None if it does not. Whatever was done is undone."""
    thief = logins[role]
    try:
        thief.execute(spelt_out(role, sql).encode())
    except psycopg.Error as refusal:
        return refusal.sqlstate
    finally:
        thief.rollback()
    return None


def spelt_out(role: Role, sql: str) -> str:
    another = MACHINES if role is PEOPLE else PEOPLE
    for short, long in (SHORT | {"{role}": role.login, "{another}": another.login}).items():
        sql = sql.replace(short, long)
    return sql
