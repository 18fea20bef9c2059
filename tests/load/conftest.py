"""Locust replaces the sockets of Python when it is imported: before anything that uses them, or they are half replaced."""

import locust  # noqa: F401
