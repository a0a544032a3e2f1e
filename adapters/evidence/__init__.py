"""Evidence: a tree over all facts, signed, so that anybody can prove what stands in the ledger."""
