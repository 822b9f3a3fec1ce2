"""Parcels on record: what is in them, who has them, and where their passwords are."""
