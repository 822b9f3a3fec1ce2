"""The containers of a parcel: files that nobody opens without the password, and proof that it is so."""
