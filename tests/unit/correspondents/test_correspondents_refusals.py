"""What refusals teach: replies in the shape of servers that are met every day, those that speak of archives and others.

The words are those the programs document or are seen to say; hosts, addresses and tickets are made up.
"""

from __future__ import annotations

from collections import deque

import pytest

from mailguard.correspondents.refusals import taught_by_reply
from mailguard.delivery.replies import RawReply, ReplyReader, reply_of
from mailguard.model.delivery import Reply
from mailguard.model.protection import Mode, Trait

TEACHING = {
    "google": (
        "552-5.7.0 This message was blocked because its content presents a potential",
        "552-5.7.0 security issue. To review our message content and attachment content",
        "552-5.7.0 guidelines, go to",
        "552 5.7.0  https://support.google.com/mail/?p=BlockedMessage a1-20020a.12 - gsmtp",
    ),
    "postfix mime_header_checks": ("550 5.7.1 Error: attachment file type not allowed",),
    "postfix header_checks with a pattern's words": ("554 5.7.1 ZIP attachments are not accepted here",),
    "amavis banned": ("554 5.7.0 Reject, id=12345-01 - BANNED: multipart/mixed | application/zip,.zip,document.zip",),
    "amavis and clamav on encrypted archives": (
        "554 5.7.0 Reject, id=23456-02 - INFECTED: Heuristics.Encrypted.Zip",
    ),
    "rspamd and clamav": ('554 5.7.1 clamav: virus found: "Heuristics.Encrypted.Zip"',),
    "exchange edge attachment filter": ("550 5.7.1 Message rejected due to unacceptable attachments",),
    "exchange transport rule with the office's words": (
        "550 5.7.1 TRANSPORT.RULES.RejectMessage; Password-protected attachments are not accepted by this organization",
    ),
    "microsoft 365 common attachments filter": (
        "550 5.0.350 One or more of the attachments in your email is of a file type that is not allowed by the "
        "recipient's organization. [TY2PEPF0000AB1C.apcprd01.prod.example.com]",
    ),
    "proofpoint": ("554 5.7.1 Message blocked: encrypted attachment not permitted by content policy",),
    "proofpoint essentials": ("550 5.7.1 This email was rejected because it contains a restricted attachment",),
    "mimecast": (
        "554 Encrypted archive not permitted by attachment management policy - "
        "https://community.example.com/docs/DOC-1369#554 [Qa1bC2dE3fG4.jp1]",
    ),
    "barracuda": ("550 permanent failure for one or more recipients (partner@customer.example.com:blocked, password "
                  "protected archive)",),
    "barracuda attachment filter": ("554 5.7.1 Message blocked due to banned attachment",),
    "cisco content filter": ("554 5.7.1 Your message was bounced: attachment is password protected",),
    "cisco unscannable": ("554 #5.7.1 The attachment could not be scanned and is not allowed",),
    "trend micro": ("550 5.7.1 Mail rejected: The attachment is a password protected file and violates policy",),
    "sophos": ("550 5.7.1 Blocked file extension in archive",),
    "fortimail": ("554 5.7.1 This message has been blocked because it contains a banned file type.",),
    "m-filter": ("550 5.7.1 パスワード付きZIPファイルが添付されているため、受信を拒否しました",),
    "guardian": ("554 5.7.1 添付ファイルが暗号化されたファイルのため受信できません",),
    "japanese, full width": ("550 5.7.1 パスワード付きＺＩＰは受け取れません",),
    "japanese, ppap": ("550 5.7.1 当社ではPPAPによるファイルの受信を廃止しました",),
    "japanese attachment policy": ("552 5.7.1 添付ファイルの種類が受信ポリシーで禁止されています",),
    "must not be encrypted": ("550 5.7.1 Attachments must not be encrypted",),
    "encrypted message": ("550 5.7.1 Encrypted messages are refused by policy",),
    "552 5.7.x in whatever words": ("552 5.7.1 Your message was not accepted",),
    "no status": ("550 Illegal attachment: compressed file",),
    "google illegal attachment": (
        "552-5.7.0 Our system detected an illegal attachment on your message. Please",
        "552 5.7.0 visit https://support.google.com/mail/?p=illegal_attachment to review our guidelines",
    ),
    "postfix, for viruses there may be": (
        '550 5.7.1 Files attached to emails that end in "zip" are prohibited on this server as they may contain '
        "viruses. The file named parcel.zip was rejected",
    ),
    "postfix, to a box with a word for something else": (
        "550 5.7.1 <spam-gate@one.example.com>: ZIP files are not accepted",
    ),
    "amavis banned, short": ("554 5.7.0 Reject, id=34567-03 - BANNED: .zip,parcel.zip",),
    "clamav milter": ("550 5.7.1 virus Heuristics.Encrypted.Zip detected by ClamAV",),
    "qmail-scanner": (
        "554 mail server permanently rejected message - disallowed attachment type found in .zip (#5.3.0)",
    ),
    "exim": ("550 This message contains an attachment of a type which we do not accept (.zip)",),
    "exim unscannable": ("550 Message contained unscannable content",),
    "exchange rule with a status of its own": (
        "550 5.7.950 Password protected files are blocked by the mail policy of Example Corp",
    ),
    "sophos unscannable": (
        "554 5.7.1 Encrypted/unscannable email content, blocked by anti-spam gateway",
    ),
    "barracuda, named after its other trade": ("554 5.7.1 Attachment blocked by spam firewall policy (zip)",),
    "virus scanner that cannot open it": (
        "550 5.7.1 The file parcel.zip is encrypted; the virus scanner cannot open it",
    ),
    "cannot be scanned for viruses": ("554 5.7.1 Encrypted archive rejected: it cannot be scanned for viruses",),
    "symantec": ("553 Message filtered: the attachment is a password-protected compressed file (#5.7.1)",),
    "body type": ("554 5.6.1 Body type not supported by remote host: encrypted ZIP",),
    "and what to do instead": ("550 5.7.1 Encrypted archives are blocked. Please resend the files without a password",),
    "m-filter, for a scan": (
        "554 5.7.1 パスワードが設定された添付ファイルはウイルスチェックができないため受信を拒否しました",
    ),
    "guardian, brackets": ("554 5.7.1 ZIPファイル（パスワード付）が添付されたメールは受信しておりません",),
    "japanese file extension": ("550 5.7.1 添付ファイル（拡張子 zip）はお受け取りできません",),
    "japanese compressed files": ("554 5.7.1 圧縮ファイルの添付は許可されていません",),
}  # fmt: skip

TEACHING_NOTHING = {
    "google mailbox full": (
        "552-5.2.2 The email account that you tried to reach is over quota. For more",
        "552 5.2.2 information, go to https://support.google.com/mail/?p=OverQuotaPerm a1-2002.7 - gsmtp",
    ),
    "google size": (
        "552-5.2.3 Your message exceeded Google's message size limits. Please visit",
        "552-5.2.3 https://support.google.com/mail/?p=MaxSizeError to view our size",
        "552 5.2.3 guidelines. a1-20020a.7 - gsmtp",
    ),
    "google spam": (
        "550-5.7.1 [198.51.100.7      12] Our system has detected that this message is",
        "550-5.7.1 likely unsolicited mail. To reduce the amount of spam sent to Gmail,",
        "550-5.7.1 this message has been blocked. Please visit",
        "550 5.7.1  https://support.google.com/mail/?p=UnsolicitedMessageError a1-2002.7 - gsmtp",
    ),
    "google dmarc": (
        "550-5.7.26 Unauthenticated email from example.jp is not accepted due to domain's",
        "550 5.7.26 DMARC policy. Please contact the administrator of example.jp domain",
    ),
    "google content of a link": (
        "552 5.7.0 This message was blocked because it contains a link to a suspicious url",
    ),
    "postfix size": ("552 5.3.4 Message size exceeds fixed limit",),
    "postfix mailbox": ("552 5.2.2 <ando@one.example.com>: mailbox full",),
    "postfix unknown user": (
        "550 5.1.1 <zip@one.example.com>: Recipient address rejected: User unknown in local recipient table",
    ),
    "postfix relay": ("554 5.7.1 <ando@one.example.com>: Relay access denied",),
    "postfix block list": (
        "554 5.7.1 Service unavailable; Client host [198.51.100.7] blocked using zen.spamhaus.org; "
        "https://www.spamhaus.org/query/ip/198.51.100.7",
    ),
    "postfix content rejected, which may be a word of the text": ("550 5.7.1 message content rejected",),
    "postfix smtputf8": ("553 5.6.7 SMTPUTF8 extension is required, but was not offered by archive.example.com",),
    "rspamd": ("554 5.7.1 Spam message rejected",),
    "amavis virus": ("554 5.7.0 Reject, id=12345-01 - INFECTED: Win.Trojan.Agent-1 in attachment",),
    "exchange rule without a word why": (
        "550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy",
    ),
    "microsoft 365 sender blocked": ("550 5.7.1 Service unavailable, Client host [198.51.100.7] blocked",),
    "microsoft 365 attribution": ("550 5.7.64 TenantAttribution; Relay Access Denied",),
    "microsoft 365 authentication": (
        "550 5.7.509 Access denied, sending domain example.jp does not pass DMARC verification and has a DMARC policy "
        "of reject.",
    ),
    "microsoft 365 banned sender": ("550 5.7.511 Access denied, banned sender[198.51.100.7]",),
    "exchange attachment too large": ("552 5.3.4 Attachment too large; message size exceeds limit",),
    "attachment too large, no status": ("552 Attachments exceed the maximum size",),
    "proofpoint block list": (
        "554 Blocked - see https://ipcheck.proofpoint.example.com/?ip=198.51.100.7&zip=attachment-not-allowed",
    ),
    "mimecast signature": (
        "554 Email rejected due to security policies - MCSpamSignature.x.x "
        "https://community.example.com/docs/DOC-1369#554",
    ),
    "mimecast spoofing": ("550 Rejected by header based Anti-Spoofing policy: tanoue@office.example.jp",),
    "barracuda spam": ("554 rejected due to spam content",),
    "barracuda reputation": ("550 Service unavailable; attachment source blocked by reputation",),
    "cisco reputation": (
        "554-mx1.one.example.com",
        "554 Your access to this mail system has been rejected due to the sending MTA's poor reputation.",
    ),
    "trend micro block list": (
        "550 5.7.1 Service unavailable; Client host [198.51.100.7] blocked using Trend Micro Email Reputation Service",
    ),
    "m-filter spam": ("550 5.7.1 迷惑メールと判定されたため、添付ファイルごと受信を拒否しました",),
    "japanese mailbox full": ("552 容量を超えているため、添付ファイルを受信できません",),
    "wants encryption on the way": ("530 5.7.0 Must issue a STARTTLS command first",),
    "wants an encrypted connection": ("554 5.7.1 Mail is accepted over an encrypted connection only",),
    "wants encryption of attachments": ("550 5.7.1 Attachments must be encrypted: policy",),
    "wants passwords": ("550 5.7.1 The attachment is not password protected",),
    "wants encryption, japanese": ("550 5.7.1 添付ファイルは暗号化して送ってください",),
    "encryption needed": ("550 5.7.10 Encryption needed for attachments",),
    "unencrypted": ("550 5.7.1 Unencrypted attachments are not accepted",),
    "virus in a file that could be read": ("550 5.7.1 Virus W97M.Example found in attachment invoice.doc",),
    "nothing said": ("550 5.7.1 Requested action not taken",),
    "administrative": ("554 5.7.1 Administrative prohibition",),
    "google illegal sender": (
        "550-5.7.1 This message does not have authentication information or fails to",
        "550 5.7.1 pass authentication checks. To best protect our users, the attachment has been blocked.",
    ),
    "exim asks for a zip file": (
        "550 Potentially executable content. If you meant to send this file then please package it up as a zip file "
        "and resend it.",
    ),
    "assp asks for compression": (
        "500 These attachments are not allowed -- Please compress (zip,tar..) them before mailing.",
    ),
    "postfix, to a box named like a file": ("550 5.7.1 <archive@one.example.com>: Access denied",),
    "amavis banned program": ("554 5.7.0 Reject, id=12345-01 - BANNED: .exe,setup.exe",),
    "another file of the mail": ('554 5.7.1 Attachment name "rechnung.docm" not allowed: macros',),
    "a program in the archive": ("554 5.7.1 Executable files in archives are not allowed",),
    "microsoft 365 tenant list": (
        "550 5.7.703 Your message can't be delivered because messages to zip@one.example.com are blocked by your "
        "organization using Tenant Allow Block List.",
    ),
    "microsoft 365 recipient": (
        "550 5.4.1 Recipient address rejected: Access denied [TY2PEPF0000AB1C.apcprd01.prod.example.com]",
    ),
    "barracuda without a word why": (
        "550 permanent failure for one or more recipients (partner@customer.example.com:blocked)",
    ),
    "cisco size": ("552 #5.3.4 message size exceeds limit",),
    "encrypted, and too large": (
        "552 5.7.1 Encrypted attachments may have 10 MB at most; this message is too large",
    ),
    "too many attachments": ("550 5.7.1 Too many attachments",),
    "symantec without a word why": (
        "553 Message filtered. Refer to the Troubleshooting page at http://www.example.com/archive (#5.7.1)",
    ),
    "wants a session with encryption": ("550 5.7.1 Session encryption is required",),
    "wants passwords, at length": ("550 5.7.1 Attachments must be sent as a password-protected zip",),
    "wants passwords, japanese": ("550 5.7.1 添付ファイルにはパスワードを設定して送ってください",),
    "asks for compression, japanese": ("550 5.7.1 圧縮してから添付してください",),
    "virus in the archive": ("554 5.7.1 Attachment parcel.zip contains the virus Eicar-Test-Signature",),
    "malware": ("554 Message rejected: attachment contains malware",),
    "japanese virus": ("550 5.7.1 添付ファイルからウイルスが検出されました",),
    "japanese size": ("550 5.7.1 添付ファイルの容量が大きすぎるため受信できません",),
    "japanese unknown user": ("550 5.1.1 宛先のメールアドレスは存在しません",),
    "japanese dmarc": ("550 5.7.1 送信ドメイン認証（DMARC）に失敗したため受信を拒否しました",),
    "something attached that is no file": ("554 5.7.1 You are not allowed to connect; see attached policy",),
    "archive of a mailing list": ("550 5.7.1 message content rejected; see https://lists.example.com/archive/1",),
}  # fmt: skip


def said(*lines: str) -> Reply:
    """The reply as it is read from the wire."""
    reader, found = ReplyReader(), deque[RawReply]()
    reader.feed(b"".join(line.encode() + b"\r\n" for line in lines), found)
    return reply_of(found[0])


@pytest.mark.parametrize("lines", TEACHING.values(), ids=TEACHING)
def test_refusal_of_an_archive_teaches_that_none_is_taken(lines: tuple[str, ...]) -> None:
    """A server that refuses my encrypted archive for what it is will not be sent a second one."""
    assert (Trait.REFUSES_ZIP, "yes") == taught_by_reply(Mode.ZIP, said(*lines))


@pytest.mark.parametrize("lines", TEACHING_NOTHING.values(), ids=TEACHING_NOTHING)
def test_refusal_for_another_cause_teaches_nothing(lines: tuple[str, ...]) -> None:
    """A full mailbox, a block list or a failed check of the sender says nothing about archives."""
    assert taught_by_reply(Mode.ZIP, said(*lines)) is None


@pytest.mark.parametrize("mode", [Mode.PDF, Mode.OFFICE])
@pytest.mark.parametrize("lines", TEACHING.values(), ids=TEACHING)
def test_refusal_of_a_file_with_a_password_says_nothing_of_archives(mode: Mode, lines: tuple[str, ...]) -> None:
    """Where no archive was sent, none was refused."""
    assert taught_by_reply(mode, said(*lines)) is None


@pytest.mark.parametrize("code", [0, 250, 421, 451, 452])
def test_reply_that_is_not_for_good_teaches_nothing(code: int) -> None:
    """What is put off may be taken later; what was taken was taken."""
    reply = Reply(code, f"{code // 100}.7.1" if code else "", "Encrypted attachments are not accepted")

    assert taught_by_reply(Mode.ZIP, reply) is None


@pytest.mark.parametrize(
    "words",
    ["attachment " * 90 + "zip" * 3, "encrypted" + "_" * 100_000, "zip " * 50_000, "a@" * 100_000, "may be " * 50_000],
    ids=["words", "blanks of a name", "a word again and again", "addresses", "half a phrase"],
)
def test_very_long_reply_is_read_at_once(words: str) -> None:
    """No words of a server keep the relay busy."""
    assert taught_by_reply(Mode.ZIP, Reply(550, "5.7.1", words)) is None
