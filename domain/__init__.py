"""The rules of the regency: pure, dated, without input or output."""
