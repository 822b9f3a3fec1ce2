"""English texts about passwords of protected mail; the same keys as in ``ja_passwords``."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # Passwords of parcels: the mails and short messages that tell them.
    "password.from": "Password notice",
    "password.subject": "[Password] {subject}",
    "password.file": "File",
    "password.sender": "From",
    "password.heading": "== Password ==",
    "password.typing": (
        "Type the password with its hyphens (-); capital and small letters differ. Copying and pasting it is safest."
    ),
    "password.opening.zip": (
        "Save the attached ZIP file, open it with 7-Zip (Windows), Keka (Mac) or the like, and type the password. "
        "What comes with Windows or a Mac may not open it."
    ),
    "password.opening.pdf": "Open the attached PDF file and type the password. No special program is needed.",
    "password.opening.office": "Open the attached file with Word, Excel or the like, and type the password.",
    "password.to_sender.sms_failed": (
        "The password was to go as a short message (SMS), but we could not make sure that it was sent. "
        "Please tell it by telephone."
    ),
    "password.to_sender.separate_mail_failed": (
        "The password was to go in a mail of its own, but we could not make sure that it arrived. The file did. "
        "Please tell the password by telephone."
    ),
    "password.to_sender.intro": (
        "Your mail was sent as a file that opens only with a password. The recipient's server has taken it."
    ),
    "password.to_sender.task": (
        "Please tell the recipient the password below by telephone. Until then the file cannot be opened."
    ),
    "password.to_sender.more": "and {count} more",
    "password.to_sender.sentence_heading": "== What to say ==",
    "password.to_sender.sentence": (
        '"This is {who}. I have the password for the file I mailed you; please have a pen ready. '
        'Capital and small letters differ, and the hyphens belong to it."'
    ),
    "password.to_sender.who": "{sender} of {office}",
    "password.to_sender.spelling_heading": "== How to read it out (line by line; wait until it is written down) ==",
    "password.to_sender.opening_heading": "== If they ask how to open it ==",
    "password.to_sender.care_heading": "== Take care ==",
    "password.to_sender.care_mail": (
        "* Do not send this password by mail. If the address was wrong, one person would get both file and password."
    ),
    "password.to_sender.care_number": (
        "* Use a telephone number you already know, from a card or a directory. Do not call a number given in a mail."
    ),
    "password.to_sender.care_wrong": (
        "* If you find that the address was wrong, tell nobody the password. Without it the file stays closed."
    ),
    "password.to_sender.contact": "Questions? Please give the reference and ask {contact}.",
    "password.to_sender.contact_unnamed": "Questions? Please give the reference and ask whoever looks after mail here.",
    "password.separate_mail.intro": (
        "This is the password for the file attached to the mail we sent you before. "
        "It is sent automatically on behalf of the sender."
    ),
    "password.separate_mail.opening_heading": "== How to open it ==",
    "password.separate_mail.contact": "If it does not open, please ask {contact}.",
    "password.separate_mail.contact_unnamed": "If it does not open, please ask the sender.",
    "password.separate_mail.signature": "{office} (sent automatically)",
    "password.separate_mail.astray": "If you did not expect this, please leave the file closed and tell the sender.",
    "password.sms": "{office}: password for the mailed file: {password}",
    # A password read out by telephone; names in the order of the alphabet, the digits and ASCII's signs.
    "spelling.between": ", ",
    "spelling.hyphen": "hyphen",
    "spelling.blank": "blank",
    "spelling.capital": "capital {letter} as in {name}",
    "spelling.small": "small {letter} as in {name}",
    "spelling.digit": "digit {digit} ({name})",
    "spelling.sign": "sign {sign} ({name})",
    "spelling.letters": (
        "Alpha, Bravo, Charlie, Delta, Echo, Foxtrot, Golf, Hotel, India, Juliett, Kilo, Lima, Mike, "
        "November, Oscar, Papa, Quebec, Romeo, Sierra, Tango, Uniform, Victor, Whiskey, X-ray, Yankee, Zulu"
    ),
    "spelling.digits": "zero, one, two, three, four, five, six, seven, eight, nine",
    "spelling.signs": (
        "exclamation mark, double quote, hash, dollar, percent, ampersand, apostrophe, left parenthesis, "
        "right parenthesis, asterisk, plus, comma, full stop, slash, colon, semicolon, less than, equals, "
        "greater than, question mark, at sign, left square bracket, backslash, right square bracket, caret, "
        "underscore, backquote, left curly bracket, vertical bar, right curly bracket, tilde"
    ),
    # What is wrong with a password that is to be agreed with a partner.
    "agreed.characters": "Use plain letters, digits and signs only; others cannot be typed on every device.",
    "agreed.blanks": "Take the blanks off both ends; they get lost in copying, and then it does not open.",
    "agreed.too_short": "Use at least 10 characters.",
    "agreed.too_long": "Use at most 100 characters.",
    "agreed.too_few_kinds": "Mix at least three of: capital letters, small letters, digits, signs.",
    "agreed.row": 'Do not use digits in their order such as "1234", or one character again and again such as "aaaa".',
    "agreed.many_digits": "Do not use six or more digits together: birthdays and telephone numbers are guessed first.",
    "agreed.well_known": "Most of it is a word that many people use. Join other words, and make it longer.",
    "agreed.partner": "Do not use the partner's name, company or a part of their address.",
}
