"""Read models: computed from the ledger, disposable, one file each with table, handler and queries."""
