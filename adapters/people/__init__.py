"""Residents that come in by the file: their lines, and synthetic ones to try the hub with."""
