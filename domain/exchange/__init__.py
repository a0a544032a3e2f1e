"""What leaves the regency: neutral change records, numbered feeds, deliveries."""
