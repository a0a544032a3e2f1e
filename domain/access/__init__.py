"""Looking at personal data: what an official sees of a person is a fact of its own."""
