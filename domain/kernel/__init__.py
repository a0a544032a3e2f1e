"""What every context shares: deciders, facts, values, regions, days."""
