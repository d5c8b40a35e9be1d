from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from sensors.gateways.operations.register_gateway import register_gateway
from sensors.models.gateway import USUAL_MSSFIX
from tenants.actors import Actor


class Command(BaseCommand):
    help = "Register a gateway, as the owner of this host: in the admin it takes two people. All of the staff are told."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("host", help="Where sensors reach it: a name or an address.")
        parser.add_argument("network", help="The underlay, such as 10.88.0.0/16.")
        parser.add_argument("--port", type=int, default=1194)
        parser.add_argument("--tcp-port", type=int, help="Also by TCP, for sites that let no UDP out; usually 443.")
        parser.add_argument("--mssfix", type=int, default=USUAL_MSSFIX, help="Bytes of the largest packet on the line.")
        parser.add_argument("--base-network", action="append", default=[], help="Once for each network at base.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            gateway = register_gateway(
                name=options["name"],
                host=options["host"],
                port=options["port"],
                tcp_port=options["tcp_port"],
                network=options["network"],
                base_networks=options["base_network"],
                mssfix=options["mssfix"],
                registered_by=Actor.process("register_gateway"),
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"{gateway.name} is registered as {gateway.subject}.")
