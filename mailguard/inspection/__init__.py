"""Personal data in the text of a mail: what kinds, of how many people, where, how sure, and why. Usable on its own."""
