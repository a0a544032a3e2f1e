"""The ledger: one door, gapless positions, nothing ever changed."""
