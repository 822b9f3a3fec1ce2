"""The words the server says, each with its enhanced status code (RFC 3463; RFC 2034: all but greeting and EHLO)."""

from __future__ import annotations

from mailguard.errors import MailguardError


class Refused(MailguardError):
    """A command or a content that is answered with a reply of its own; ``temporary`` follows from the code."""

    def __init__(self, code: int, enhanced: str, text: str) -> None:
        super().__init__(public=text)
        self.reply_code = code
        self.enhanced = enhanced
        self.temporary = code < 500


def line(code: int, enhanced: str, text: str) -> bytes:
    """One reply line with CRLF. The text is made harmless: ASCII, no control characters, 400 octets."""
    safe = "".join(sign if " " <= sign <= "~" else "?" for sign in text)[:400]
    return f"{code} {enhanced} {safe}\r\n".encode("ascii")


def of_error(error: MailguardError) -> bytes:
    """The reply an error asks for: its code and public words, never its cause."""
    return line(error.reply_code, error.enhanced, error.public)


OK = line(250, "2.0.0", "Ok")
OK_SENDER = line(250, "2.1.0", "Ok")
OK_RECIPIENT = line(250, "2.1.5", "Ok")
GO_AHEAD = b"354 End data with <CR><LF>.<CR><LF>\r\n"
BYE = line(221, "2.0.0", "Bye")
READY_FOR_TLS = line(220, "2.0.0", "Ready to start TLS")
SIGNED_IN = line(235, "2.7.0", "Authentication successful")
WILL_TRY = line(252, "2.5.0", "Cannot verify; send the mail and delivery will be tried")
HELP = line(214, "2.0.0", "See RFC 6409, RFC 5321 and your mail administrator")

LOCAL_ERROR = line(451, "4.3.0", "Local error; nothing was lost, please try again")
NO_ROOM = line(452, "4.3.1", "No room for mail right now; please try again in a few minutes")
TOO_MANY_RECIPIENTS = line(452, "4.5.3", "Too many recipients; send the mail to the others separately")
TOO_MANY_MAILS_PER_HOUR = line(450, "4.7.1", "This account has sent too many mails in an hour; please try again later")
TOO_MANY_RECIPIENTS_PER_HOUR = line(
    452, "4.7.1", "This account has written to too many recipients in an hour; please try again later"
)
NOT_NOW = line(454, "4.7.0", "The password cannot be checked right now; please try again")
TLS_UNAVAILABLE = line(454, "4.7.0", "TLS is not available right now")

CLOSING_IDLE = line(421, "4.4.2", "Waited too long for you; closing the connection")
CLOSING_SLOW = line(421, "4.4.2", "The mail arrives too slowly; closing the connection")
CLOSING_STOP = line(421, "4.3.2", "The service is being stopped; please try again in a moment")
CLOSING_ERRORS = line(421, "4.7.0", "Too many errors; closing the connection")
CLOSING_NOTHING_DONE = line(421, "4.7.0", "Too many commands without a mail; closing the connection")
CLOSING_FAULT = line(421, "4.3.0", "Local error; closing the connection, please try again")
CLOSING_NOT_SMTP = line(421, "4.7.0", "This is a mail server; closing the connection")
CLOSING_FULL = line(421, "4.7.0", "Too many connections; please try again in a moment")
CLOSING_FULL_ADDRESS = line(421, "4.7.0", "Too many connections from your address; please try again in a moment")
CLOSING_TOO_LARGE = line(552, "5.3.4", "The mail is far larger than allowed; closing the connection")
CLOSING_SIGN_IN = line(421, "4.7.0", "Too many failed sign-ins; closing the connection")

UNKNOWN_COMMAND = line(500, "5.5.2", "Command not known")
BAD_LINE_END = line(500, "5.5.2", "Lines must end in CR LF")
LINE_TOO_LONG = line(500, "5.5.2", "Line too long")
NOT_ASCII = line(500, "5.5.2", "Only ASCII or UTF-8 may be in a command")
NOT_OFFERED = line(502, "5.5.1", "Command not offered")
NO_ARGUMENT = line(501, "5.5.4", "This command takes no argument")
NAME_NEEDED = line(501, "5.5.4", "Say your host name: EHLO name")
HELLO_FIRST = line(503, "5.5.1", "Send EHLO first")
MAIL_FIRST = line(503, "5.5.1", "Send MAIL first")
RECIPIENT_FIRST = line(503, "5.5.1", "Send RCPT first; no recipient has been accepted")
NESTED_MAIL = line(503, "5.5.1", "A mail has been begun already")
NOT_IN_MAIL = line(503, "5.5.1", "Not while a mail is being sent")
TLS_ALREADY = line(503, "5.5.1", "The connection is encrypted already")
SIGNED_IN_ALREADY = line(503, "5.5.1", "You are signed in already")
SIGN_IN_FIRST = line(530, "5.7.0", "Sign in first")
TLS_FIRST = line(530, "5.7.0", "Send STARTTLS and sign in first")
NOT_A_SOURCE = line(530, "5.7.0", "Your address may not send mail here")
TLS_FOR_SIGN_IN = line(538, "5.7.11", "Encryption is needed to sign in; send STARTTLS first")
MECHANISM_UNKNOWN = line(504, "5.5.4", "Only PLAIN and LOGIN are known")
SIGN_IN_SYNTAX = line(501, "5.5.4", "Say AUTH PLAIN or AUTH LOGIN")
SIGN_IN_TEXT = line(501, "5.5.2", "User name and password must be UTF-8")
SENDER_NOT_YOURS = line(
    553, "5.7.1", "This sender address is not yours to use; ask for it to be granted to your account"
)
SENDER_NOT_ALLOWED = line(550, "5.7.1", "This sender address is not allowed from your address")
NO_POSTMASTER = line(550, "5.1.1", "No postmaster is named here")
NO_ANSWER_ADDRESS = line(550, "5.1.1", "No letter named this address for answers")
TOO_LARGE = line(552, "5.3.4", "The mail is larger than allowed here")
HEADER_TOO_LARGE = line(552, "5.3.4", "The header of the mail is larger than allowed here")
CONTENT_LINE_TOO_LONG = line(552, "5.3.4", "A line of the mail is longer than allowed here")
STRAY_LINE_END = line(550, "5.6.0", "The mail holds a CR or LF by itself, or a NUL; lines must end in CR LF")
LOOP = line(554, "5.4.6", "Too many hops; the mail goes round in circles")


def queued(queue_id: str) -> bytes:
    """The 250 that takes responsibility (RFC 5321 §6.1)."""
    return f"250 2.0.0 Ok: queued as {queue_id}\r\n".encode("ascii")
