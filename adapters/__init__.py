"""The world outside: stores, ministries, clock, people."""
