"""The agent on the OpenVPN host: makes the host match the portal's desired state and reports what it observed."""

__version__ = "0.1.0"
