"""Follow every application for a permit: a small application of its own, which asks nobody and misses nothing.

    pip install kafka-python
    python follow_permits.py --bootstrap 127.0.0.1:9092 --store permits.db

What it learns stands in a file of SQLite, and so does how far it has read: both change in one transaction. It
may be killed at any moment and started again; each event takes effect once.
"""

import argparse
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing

from kafka import KafkaConsumer, TopicPartition

TABLES = """
CREATE TABLE IF NOT EXISTS permits (
    application TEXT PRIMARY KEY, applicant TEXT, permit TEXT, office TEXT, status TEXT, number TEXT, changed TEXT
);
CREATE TABLE IF NOT EXISTS progress (part INTEGER PRIMARY KEY, next INTEGER NOT NULL, sequence TEXT NOT NULL);
"""
STATUS = {
    "simpul.perizinan.application-submitted.v1": "submitted",
    "simpul.perizinan.application-verified.v1": "complete",
    "simpul.perizinan.application-approved.v1": "approved",
    "simpul.perizinan.application-refused.v1": "refused",
    "simpul.perizinan.permit-issued.v1": "issued",
}
FORGOTTEN = "simpul.kependudukan.subject-forgotten.v1"


def follow(bootstrap: str, topic: str, store: sqlite3.Connection, *, to_end: bool) -> int:
    """Take in what is published, until the end of the topic or for ever; how many events took effect."""
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap,
        isolation_level="read_committed",  # without it you see pages that were given up
        enable_auto_commit=False,  # our place is in our own store, beside what we learned
        auto_offset_reset="earliest",
    )
    with closing(consumer):
        parts = [TopicPartition(topic, part) for part in consumer.partitions_for_topic(topic) or ()]
        consumer.assign(parts)
        for part in parts:
            consumer.seek(part, place(store, part.partition)[0])
        taken = 0
        while True:
            for part, records in consumer.poll(timeout_ms=500).items():
                taken += take(store, part.partition, records)
            if to_end and all(consumer.position(p) >= end for p, end in consumer.end_offsets(parts).items()):
                return taken


def place(store: sqlite3.Connection, part: int) -> tuple[int, str]:
    """The next offset of a partition, and the last sequence that took effect in it."""
    found = store.execute("SELECT next, sequence FROM progress WHERE part = ?", (part,)).fetchone()
    return found or (0, "")


def take(store: sqlite3.Connection, part: int, records: Iterable) -> int:
    """Everything of a batch and our new place, in one transaction."""
    taken = 0
    with store:
        _, last = place(store, part)
        for record in records:
            told = {name: value.decode() for name, value in record.headers}
            if told["ce_sequence"] > last:  # else it is known: 20 digits, in the order of the text
                apply(store, told, json.loads(record.value))
                last, taken = told["ce_sequence"], taken + 1
            after = record.offset + 1
        store.execute("REPLACE INTO progress VALUES (?, ?, ?)", (part, after, last))
    return taken


def apply(store: sqlite3.Connection, told: dict, event: dict) -> None:
    """What one event means to us. A type that we do not know is none of our business: more will come."""
    kind = told["ce_type"]
    if kind == FORGOTTEN:
        for subject in event["subjects"]:
            store.execute("UPDATE permits SET applicant = NULL WHERE applicant = ?", (subject,))
        return
    if kind not in STATUS:
        return
    application = event["application"]
    store.execute("INSERT OR IGNORE INTO permits (application) VALUES (?)", (application,))
    store.execute(
        "UPDATE permits SET status = ?, changed = ? WHERE application = ?",
        (STATUS[kind], event["on"], application),
    )
    for field in ("applicant", "permit", "office", "number"):
        if field in event:
            statement = f"UPDATE permits SET {field} = ? WHERE application = ?"
            store.execute(statement, (event[field], application))


def overview(store: sqlite3.Connection) -> Iterator[str]:
    """How many applications stand where."""
    rows = store.execute("SELECT permit, status, count(*) FROM permits GROUP BY 1, 2 ORDER BY 1, 2")
    for permit, status, count in rows:
        yield f"{permit:<24} {status:<10} {count:>5}"


def main() -> None:
    options = argparse.ArgumentParser(description="Follow every application for a permit.")
    options.add_argument("--bootstrap", default="127.0.0.1:9092", help="where Kafka is")
    options.add_argument("--topic", default="simpul.perizinan.events.v1")
    options.add_argument("--store", default="permits.db", help="our own file")
    options.add_argument("--to-end", action="store_true", help="stop when everything is read")
    given = options.parse_args()
    with closing(sqlite3.connect(given.store)) as store:
        store.executescript(TABLES)
        taken = follow(given.bootstrap, given.topic, store, to_end=given.to_end)
        print(f"{taken} events taken in")
        print("\n".join(overview(store)))


if __name__ == "__main__":
    main()
