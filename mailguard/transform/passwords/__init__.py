"""Passwords of parcels: made, judged, spelled, and put into the words of the channel they travel by.

Pure: a channel gets a ``Telling`` and gives back what is to be sent; it sends nothing and remembers nothing. A new
channel is a module with the members of ``PasswordChannel`` and a line in ``channels.CHANNELS``.
"""
