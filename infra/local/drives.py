"""People's drives of a stack on this machine: the tests' strict stand-ins for Google Drive, Dropbox and OneDrive, beside the local cloud.

Each is the drive of one person. What is on them is at `/_fake/files`.
"""

from __future__ import annotations

import json

from standin import StandIn

# How each stand-in knows the product, in the order of their ports.
CLIENTS = {
    "google-drive": ("drive-client.apps.googleusercontent.com", "GOCSPX-drive-secret-of-tests"),
    "dropbox": ("dbx-app-key", "dbx-app-secret"),
    "onedrive": ("5f0c2a3e-7d41-4c8b-9a26-0e1d3b5c7f90", "Q8x~onedrive-test-secret"),
}


class Drives(StandIn):
    """The drives of three providers."""

    name = "drives"
    plays = "people's drives"
    ports = len(CLIENTS)
    # Behind the Graph API's.
    ports_behind = 3
    ready = "/_fake/files"

    @property
    def endpoints(self) -> dict[str, str]:
        """Where each provider is."""
        return {provider: self.endpoint_at(place) for place, provider in enumerate(CLIENTS)}

    def parameters(self) -> list[str]:
        """The template's parameters that send the product here."""
        providers = {
            provider: {"clientId": client, "clientSecret": secret, "origin": self.endpoints[provider]}
            for provider, (client, secret) in CLIENTS.items()
        }
        return [f"DriveProviders={json.dumps(providers)}", "DriveAddresses=any"]
