"""Residents, households and the counter that serves them. Law 23/2006 jo 24/2013."""
