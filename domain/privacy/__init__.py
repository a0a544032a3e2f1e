"""Forgetting a person on a lawful request: asked by one officer, decided by another."""
