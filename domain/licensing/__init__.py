"""Permits: 59 permits and 10 non-permits at one counter, from application to issue."""
