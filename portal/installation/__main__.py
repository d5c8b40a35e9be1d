"""The command `nsm-portal`."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

from portal.installation import acme, acme_client, places
from portal.installation.advisories import advisories
from portal.installation.answers import HINTS, QUESTIONS, Answers, flag, read_file
from portal.installation.backups import back_up, copy_postgresql
from portal.installation.check import check
from portal.installation.manage import become
from portal.installation.refusals import SetupRefused
from portal.installation.restore import restore
from portal.installation.setup import setup
from portal.installation.upgrade import finish_upgrade


def main(words: list[str]) -> int:
    if words[:1] == ["manage"] or (words[:1] == ["backup"] and words[1:]):
        return _manage(words[1:] if words[0] == "manage" else words)
    arguments = _parser().parse_args(words)
    try:
        if arguments.command == "setup":
            given = {field.name: value for field in fields(Answers) if (value := getattr(arguments, field.name))}
            return setup(given, file=arguments.file, only_look=arguments.check)
        if arguments.command == "restore":
            options = {name: getattr(arguments, name) for name in ("file", "identity", "wal", "verify")}
            return restore(**options)
        if arguments.command == "advisories":
            return advisories(file=arguments.file, of=arguments.of)
        return _WITHOUT_ARGUMENTS[arguments.command]()
    except SetupRefused as error:
        print(f"nsm-portal: {error}", file=sys.stderr)
    except (KeyboardInterrupt, EOFError):
        print("\nnsm-portal: stopped. Run it again: it goes on from here.", file=sys.stderr)
    return 1


def _with_answers(command: Callable[[Answers], int]) -> Callable[[], int]:
    return lambda: command(Answers(**read_file(places.ANSWERS)))


_WITHOUT_ARGUMENTS = {
    "check": lambda: check(aloud=True),
    "backup": _with_answers(back_up),
    "base-backup": _with_answers(copy_postgresql),
    "finish-upgrade": finish_upgrade,
    "request-certificate": _with_answers(acme_client.request),
    "take-certificate": _with_answers(acme.take),
    "renew-certificate": _with_answers(acme.renew_at_once),
}


def _manage(words: list[str]) -> int:
    """Everything after `manage` is the command's, also what looks like an option of ours."""
    try:
        become(*words)
    except SetupRefused as error:
        print(f"nsm-portal: {error}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="nsm-portal", description="The portal on this host.")
    commands = parser.add_subparsers(dest="command", required=True)
    told = commands.add_parser("setup", help="from the installed package to a running portal; safe to run again")
    told.add_argument("--check", action="store_true", help="change nothing, and say what would be done")
    told.add_argument("--file", type=Path, help='answers, one a line: name = "portal.example.org"')
    for field in fields(Answers):
        told.add_argument(flag(field.name), help=(QUESTIONS | HINTS).get(field.name), default="")
    commands.add_parser(
        "backup", help="make the backup of this night now, as setup was told (with arguments: manage backup)"
    )
    commands.add_parser("base-backup", help="PostgreSQL's user makes the copy that its archived WAL is applied to")
    told = commands.add_parser("restore", help="a backup onto a host without a portal; settle_restoration follows")
    told.add_argument("file", type=Path, metavar="FILE")
    told.add_argument("--identity", type=Path, required=True, help="a file of age's with the secret key")
    told.add_argument(
        "--wal", type=Path, help="the folder of archived WAL: the database of the last minute, not of FILE"
    )
    told.add_argument("--verify", action="store_true", help="read it to its end and change nothing")
    commands.add_parser("check", help="what is not right on this host, and how to mend it")
    told = commands.add_parser("advisories", help="which are about what is bundled; without FILE, of those remembered")
    told.add_argument(
        "file", type=Path, metavar="FILE", nargs="?", help="OSV's zip of PyPI; or one advisory, or a folder"
    )
    told.add_argument(
        "--of", type=Path, metavar="LIST", help="of these packages instead, NAME==VERSION; remembers nothing"
    )
    commands.add_parser("manage", help="one of Django's commands: nsm-portal manage verify_audit")
    commands.add_parser("renew-certificate", help="a new one by ACME now, with a new key; else it is renewed in time")
    commands.add_parser("request-certificate", help="its unit, as certbot's user: asks the ACME server, if it is time")
    commands.add_parser("take-certificate", help="its unit, as root: gives the door what the ACME server has made")
    commands.add_parser("finish-upgrade", help="migrations, rights and restarts, as the package asks for them")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
