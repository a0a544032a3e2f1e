"""Kafka: every fact for every application. The ledger stays the only truth; Kafka carries it."""
