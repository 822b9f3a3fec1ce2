"""The mails and messages we write to people about mail that waits for them. Pure: values in, octets out.

``occasions`` says who is to be told what, and when to look again; ``wording`` has the words, ``mail`` the octets of a
mail, ``chat`` those for a channel.
"""
