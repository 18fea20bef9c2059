"""WhatsApp's side of a stack on this machine: the tests' strict stand-in for Meta's Graph API, beside the local cloud.

Nobody is written to: what the product says is in its outbox.
"""

from __future__ import annotations

from standin import StandIn

# What the stand-in knows of itself: an app, its token, and the number that everybody shares.
APP_ID = "123456789"
ACCESS_TOKEN = "EAAG-test-token"
PHONE_NUMBER_ID = "700800900100200"
PHONE_NUMBER = "+4915550001111"


class Graph(StandIn):
    """Meta's Graph API."""

    name = "graph"
    plays = "the Graph API"
    # One port is left to the local cloud.
    ports_behind = 2
    ready = "/_fake/outbox"

    def parameters(self) -> list[str]:
        """The template's parameters that send the product here."""
        return [
            f"WhatsAppBaseUrl={self.endpoint}", f"WhatsAppAppId={APP_ID}", f"WhatsAppAccessToken={ACCESS_TOKEN}",
            f"WhatsAppPhoneNumberId={PHONE_NUMBER_ID}", f"WhatsAppPhoneNumber={PHONE_NUMBER}",
        ]
