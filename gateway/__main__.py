"""`python -m gateway enrol | run | renew | check | close`."""

import argparse
import logging
import os
import sys
from pathlib import Path

from gateway import __version__
from gateway.agent import AgentBroken
from gateway.agent_directory import DEFAULT_DIRECTORY, AgentDirectory
from gateway.check import check
from gateway.enrol import AlreadyEnrolled, EnrolmentRefused, EnrolmentUnfinished, enrol
from gateway.locks.close_host import HostOpen, close_host, find_openings
from gateway.log_lines import PLAIN, start_logging
from gateway.run import AlreadyRunning, run
from gateway.to_portal.enrolment_file import NotEnrolled
from gateway.to_portal.renewal import RenewalFailed, RenewalRefused, renew
from gateway.to_portal.reports import SNAPSHOT_SECONDS

FINE, TROUBLE, USAGE, REFUSED, UNFINISHED, NOT_ENROLLED, ALREADY_ENROLLED = 0, 1, 2, 3, 4, 5, 6
EXIT_CODES = """\
exit codes:
  0  done; all is right
  1  something on this host is wrong (the text says what)
  2  wrong usage
  3  the portal refused, for good
  4  not finished in time: run the same command again
  5  not enrolled, or the enrolment's files are damaged
  6  enrolled already
"""
LONGEST_CODE = 200


def build_parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--directory",
        type=Path,
        default=DEFAULT_DIRECTORY,
        metavar="DIR",
        help="where all files are; OpenVPN is started with --cd DIR (default: %(default)s)",
    )
    common.add_argument("--verbose", action="store_true", help="say more on standard error")
    parser = argparse.ArgumentParser(
        prog="python -m gateway",
        description="The agent on the OpenVPN host: makes it match the portal's desired state and reports what is.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="enrol|run|renew|check|close")
    enrolling = commands.add_parser(
        "enrol",
        parents=[common],
        help="turn a one-time code into this gateway's certificate",
        description="Makes a key here, has the portal sign it, and collects what OpenVPN needs. May be repeated.",
    )
    enrolling.add_argument("--portal", required=True, metavar="URL", help="the people's door, https://...")
    enrolling.add_argument(
        "--ca-file", type=Path, metavar="FILE", help="PEM of the authority of the portal's own certificate"
    )
    enrolling.add_argument(
        "--code-file", required=True, metavar="FILE", help="file with the one-time code, - for standard input"
    )
    enrolling.add_argument(
        "--timeout", type=float, default=300.0, metavar="S", help="seconds in all (default: %(default)s)"
    )
    enrolling.add_argument(
        "--new-key", action="store_true", help="forget an earlier enrolment and begin with a new key"
    )
    running = commands.add_parser(
        "run",
        parents=[common],
        help="work until SIGTERM; starts and stops nothing itself",
        description="Asks the portal for the desired state, makes this host match it, reports what is. "
        "Needs root. Start OpenVPN with --cd DIR --config server.conf once DIR/server.conf is there.",
    )
    running.add_argument(
        "--snapshot-interval",
        type=float,
        default=SNAPSHOT_SECONDS,
        metavar="S",
        help="seconds between whole reports and whole looks at the host (default: %(default)s)",
    )
    commands.add_parser(
        "renew",
        parents=[common],
        help="renew this gateway's certificate now",
        description="What the agent does by itself after two thirds of the certificate's life. May be repeated.",
    )
    commands.add_parser("check", parents=[common], help="say whether all is right, in words")
    closing = commands.add_parser(
        "close",
        parents=[common],
        help="keep this host from forwarding, before its network is there",
        description="Puts the routing rules in place, and a table of nft's without any sensor unless one stands. "
        "Needs root, but neither the portal nor an enrolment.",
    )
    closing.add_argument("--look", action="store_true", help="change nothing: end with 1 and say so if it is open")
    return parser


def main(arguments: list[str] | None = None) -> int:
    options = build_parser().parse_args(arguments)
    try:
        level = logging.DEBUG if options.verbose else logging.INFO
        start_logging(os.environ.get("NSMAAS_LOG_FORMAT", "").strip() or PLAIN, level=level)
    except ValueError as error:
        return _fail(str(error), USAGE)
    directory = AgentDirectory(options.directory.absolute())
    try:
        if options.command == "enrol":
            return _enrol(options, directory)
        if options.command == "check":
            return FINE if check(directory=directory, say=print) else TROUBLE
        if options.command == "renew":
            renew(directory=directory)
            return FINE
        if options.command == "close":
            return _close(directory, only_look=options.look)
        run(directory=directory, snapshot_seconds=max(1.0, options.snapshot_interval))
    except NotEnrolled as error:
        return _fail(str(error), NOT_ENROLLED)
    except RenewalRefused as error:
        return _fail(str(error), REFUSED)
    except RenewalFailed as error:
        return _fail(str(error), UNFINISHED)
    except (AlreadyRunning, AgentBroken, HostOpen) as error:
        return _fail(str(error), TROUBLE)
    except OSError as error:
        return _fail(f"{error.filename or directory.root}: {error.strerror or error}", TROUBLE)
    return FINE


def _enrol(options: argparse.Namespace, directory: AgentDirectory) -> int:
    if options.code_file == "-":
        code = sys.stdin.readline(LONGEST_CODE)
    else:
        code = Path(options.code_file).read_text(errors="replace")[:LONGEST_CODE]
    try:
        enrolment = enrol(
            directory=directory,
            portal=options.portal,
            ca_file=options.ca_file,
            code=code.strip(),
            seconds=options.timeout,
            with_new_key=options.new_key,
        )
    except EnrolmentRefused as error:
        return _fail(str(error), REFUSED)
    except EnrolmentUnfinished as error:
        return _fail(str(error), UNFINISHED)
    except AlreadyEnrolled as error:
        return _fail(str(error), ALREADY_ENROLLED)
    except ValueError as error:
        return _fail(str(error), USAGE)
    print(f"enrolled as {enrolment.subject}; machines' door: {enrolment.machines_door_url}")
    return FINE


def _close(directory: AgentDirectory, *, only_look: bool) -> int:
    if not only_look:
        close_host(directory)
    for opening in (openings := find_openings(directory)):
        print(f"gateway: open: {opening}", file=sys.stderr)
    return TROUBLE if openings else FINE


def _fail(text: str, code: int) -> int:
    print(f"gateway: {text}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
