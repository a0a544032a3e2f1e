"""Papers that the regency gives out: what stands on each, and whether it still holds."""
