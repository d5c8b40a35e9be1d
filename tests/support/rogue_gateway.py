"""A gateway's certificate in wrong hands: registered and enrolled, and its host never ran OpenVPN."""

from pathlib import Path

from lab.gateway import GatewayHost
from lab.topology import BASE_PUBLIC
from tests.support.scene import Scene

# Run as the owner of the portal's host, who needs nobody else.
REGISTER = """
from sensors.enrolment.operations.issue_enrolment_code import issue_gateway_code
from sensors.gateways.operations.register_gateway import register_gateway
from tenants.actors import Actor
actor = Actor.process("test")
gateway = register_gateway(name="{name}", host="198.51.100.9", port=1194, network="{network}",
                           base_networks=[], registered_by=actor)
print(issue_gateway_code(gateway=gateway, issued_by=actor))
"""


def files_of_a_rogue(scene: Scene, name: str = "gateway-rogue", network: str = "10.97.0.0/16") -> Path:
    """`gateway.crt` and `gateway.key`, of one name one and the same for all attacks in a laboratory."""
    lab = scene.lab
    directory = lab.directory.subdirectory(name, mode=0o755)
    if not (directory / "gateway.crt").exists():
        host = GatewayHost(
            host=lab.host("base"),
            directory=directory,
            processes=lab.processes,
            portal_url=f"https://{BASE_PUBLIC}",
            ca_file=lab.certificates / "ca.crt",
        )
        register = REGISTER.format(name=name, network=network)
        host.enrol(lab.portal.manage("shell", "--no-imports", "-c", register).strip())
    return directory
