import ipaddress
import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone

from sensors.subjects import new_gateway_subject
from tenants.models import Person
from tenants.networks import parse_networks
from tenants.roles import Permission
from tenants.validators import validate_label, validate_text

# Docker's default bridges on a Security Onion host: an underlay inside them would be routed to containers.
DOCKER_NETWORK = ipaddress.ip_network("172.17.0.0/16")
# RFC 1918. Gateways' agents refuse other underlays, and at base what no host can have (`gateway.state.ipv4`).
PRIVATE_NETWORKS = [ipaddress.IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]
NO_HOSTS = [ipaddress.ip_network(text) for text in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3")]
MOST_BASE_NETWORKS = 64
# Fits a way of 1,452 bytes, such as DSL's and most of LTE's.
USUAL_MSSFIX = 1400
# Beside it a line of client.conf says that it is by TCP.
LONGEST_HOST_BY_TCP = 220
SILENT_AFTER = timedelta(seconds=90)


def is_silent(last_report_at: datetime, now: datetime) -> bool:
    """Both by the portal's clock."""
    return now - last_report_at > SILENT_AFTER


def ports_in_words(udp: int, tcp: int | None) -> str:
    return f"UDP port {udp}" + (f" and TCP port {tcp}" if tcp is not None else "")


# A line of OpenVPN's configuration holds 255 characters, and the host is not alone in its own.
validate_host = RegexValidator(
    r"\A[A-Za-z0-9]([A-Za-z0-9.:-]{0,228}[A-Za-z0-9])?\Z", "Give a host name or an IP address, nothing else."
)


def validate_underlay_network(value: str) -> None:
    (network,) = parse_networks([value])
    if not isinstance(network, ipaddress.IPv4Network) or not 16 <= network.prefixlen <= 29:
        raise ValidationError(
            "The underlay must be an IPv4 network from /16 (OpenVPN serves no wider one) to /29, such as 10.88.0.0/16."
        )
    if not any(map(network.subnet_of, PRIVATE_NETWORKS)):
        raise ValidationError("The underlay must be a private network (RFC 1918), such as 10.88.0.0/16.")
    if network.overlaps(DOCKER_NETWORK):
        raise ValidationError("The underlay must stay clear of 172.17.0.0/16, which Docker uses on the sensors.")


def validate_base_networks(value: object) -> None:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise ValidationError("Give a list of networks.")
    networks = parse_networks(value)
    if any(network.version != 4 for network in networks):
        raise ValidationError("Networks at base must be IPv4.")
    if len(networks) > MOST_BASE_NETWORKS:
        raise ValidationError(f"A gateway reaches at most {MOST_BASE_NETWORKS} networks at base.")
    for network in networks:
        if network.prefixlen < 8 or any(network.overlaps(other) for other in NO_HOSTS):
            raise ValidationError(f"{network} cannot be a network at base: /8 at most, and where hosts can live.")


class GatewayQuerySet(models.QuerySet["Gateway"]):
    def visible_to(self, person: Person) -> "GatewayQuerySet":
        """Gateways are the provider's: its staff see all of them, customers none."""
        return self.all() if person.works_for_provider() else self.none()

    def permitting(self, person: Person, permission: Permission) -> "GatewayQuerySet":
        return self.all() if person.permits_at_provider(permission) else self.none()

    def serving(self) -> "GatewayQuerySet":
        return self.filter(revoked_at=None)


class Gateway(models.Model):
    """A host that runs OpenVPN for the underlay, and what it should be doing (its generation)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=32, unique=True, validators=[validate_label])
    subject = models.CharField(max_length=20, unique=True, default=new_gateway_subject, editable=False)
    host = models.CharField("public host", max_length=253, validators=[validate_host])
    port = models.PositiveIntegerField(
        "UDP port", default=1194, validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    tcp_port = models.PositiveIntegerField(
        "TCP port",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(65535)],
        help_text="Where boxes come in whose site lets no UDP out, usually 443. Empty: nowhere.",
    )
    network = models.CharField("underlay network", max_length=18, validators=[validate_underlay_network])
    base_networks = models.JSONField(
        "networks at base",
        blank=True,
        default=list,
        validators=[validate_base_networks],
        help_text="Reached through this gateway.",
    )
    mssfix = models.PositiveSmallIntegerField(
        "largest packet",
        default=USUAL_MSSFIX,
        # Processes of an earlier version, which do not know the column, add gateways during an upgrade.
        db_default=USUAL_MSSFIX,
        validators=[MinValueValidator(1000), MaxValueValidator(1500)],
        help_text="In bytes, on the line (OpenVPN: mssfix). Lower it if long downloads through a tunnel stand still.",
    )
    generation = models.BigIntegerField(default=1, editable=False)
    config_generation = models.BigIntegerField(default=1, editable=False)
    next_address_offset = models.PositiveBigIntegerField(default=2, editable=False)
    registered_at = models.DateTimeField(default=timezone.now, editable=False)
    # Another machine that takes the place of a revoked one comes under a new subject.
    subject_since = models.DateTimeField(default=timezone.now, editable=False)
    # Written by sensors.gateways.operations.revoke_gateway and give_back_gateway alone.
    revoked_at = models.DateTimeField(null=True, editable=False)
    revoked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    revoked_because = models.TextField(blank=True, editable=False, validators=[MaxLengthValidator(1000), validate_text])

    objects: ClassVar[models.Manager["Gateway"]] = GatewayQuerySet.as_manager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Two gateways with overlapping underlays would give one address to two sensors."""
        if self.tcp_port is not None and len(self.host) > LONGEST_HOST_BY_TCP:
            raise ValidationError(
                {"host": f"With a TCP port the host may have at most {LONGEST_HOST_BY_TCP} characters."}
            )
        try:
            # Read as the fields' validators read them, or what they let pass would not be compared here.
            (mine,), bases = parse_networks([self.network]), parse_networks(self.base_networks)
        except (TypeError, ValidationError):
            return  # Django calls this also when a field is at fault, which the field's validator has said
        for other in Gateway.objects.exclude(pk=self.pk):
            if mine.overlaps(ipaddress.ip_network(other.network)):
                raise ValidationError({"network": f"{self.network} overlaps {other.network} of gateway {other.name}."})
        for base in bases:
            if mine.overlaps(base):
                raise ValidationError({"base_networks": f"{base} overlaps the underlay {self.network}."})

    @property
    def about(self) -> str:
        """How approvals and mails name it."""
        return f"gateway:{self.pk}"

    @property
    def ports(self) -> str:
        """In words, for people."""
        return ports_in_words(self.port, self.tcp_port)

    @property
    def underlay(self) -> ipaddress.IPv4Network:
        return ipaddress.IPv4Network(self.network)


class GatewayContact(models.Model):
    """What a gateway last told: written often, so not a part of Gateway's row, which cut-offs lock."""

    gateway = models.OneToOneField(Gateway, on_delete=models.CASCADE, related_name="contact")
    last_report_at = models.DateTimeField()
    last_sequence = models.BigIntegerField(default=0)
    observed_generation = models.BigIntegerField(default=0)
    agent_version = models.CharField(max_length=40, blank=True)
    openvpn_version = models.CharField(max_length=80, blank=True)
    problems = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.gateway} at {self.last_report_at}"

    def is_silent(self, now: datetime) -> bool:
        return is_silent(self.last_report_at, now)


class GatewaySlot(models.Model):
    """A sensor's place at a gateway and the generation of its last change: a delta is an index scan."""

    gateway = models.ForeignKey(Gateway, on_delete=models.PROTECT, related_name="slots")
    sensor = models.ForeignKey("sensors.Sensor", on_delete=models.PROTECT, related_name="slots")
    generation = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["gateway", "sensor"], name="one_slot_per_gateway_and_sensor"),)
        indexes = (models.Index(fields=["gateway", "generation"], name="slot_generation"),)

    def __str__(self) -> str:
        return f"{self.sensor} at {self.gateway}"
