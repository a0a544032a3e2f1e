"""SOAP 1.1, document/literal: envelopes, schemas, records. No ministry's words stand here."""
