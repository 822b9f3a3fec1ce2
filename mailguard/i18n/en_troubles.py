"""What can be wrong with the system: on its page, and in mails to administrators. English."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "system.page.trouble.database": "The database takes no writes. No mail is taken.",
    "system.page.trouble.database.next": (
        "See whether the database runs and the disk has room. Mail programs try again by themselves."
    ),
    "system.page.trouble.disk": "The disk has not enough room. No mail is taken.",
    "system.page.trouble.disk.next": "Free some room, or give it a larger disk.",
    "system.page.trouble.hop": "The next server, {name}, takes no mail.",
    "system.page.trouble.hop.next": (
        "See whether {name} runs and the settings towards it are right. No mail is lost; it leaves by itself once "
        "the server answers."
    ),
    "system.page.trouble.clock": "The clock was set, so nothing is sent by time.",
    "system.page.trouble.clock.next": "See whether the clock is right. If so, it goes on by itself in a while.",
    "system.page.trouble.looking": "No process looks into mail. New mail waits.",
    "system.page.trouble.looking.next": "It is being started again. If it lasts for minutes, restart the service.",
    "system.page.trouble.dns": "The DNS does not answer. Domains of new addresses cannot be checked.",
    "system.page.trouble.dns.next": "See whether the server's network and DNS settings are right.",
    "system.page.trouble.syslog": "The record cannot be forwarded. It is kept, and no mail waits for it.",
    "system.page.trouble.syslog.next": (
        "See whether the server of audit.syslog runs and its certificate is right. "
        "It goes on by itself where it stopped."
    ),
    "system.page.trouble.certificate": "The certificate ends in {days} {days:day|days}.",
    "system.page.trouble.certificate.next": "Renew it. No restart is needed.",
    "system.page.trouble.certificate_unreadable": "The certificate cannot be read.",
    "system.page.trouble.certificate_unreadable.next": (
        "Look at the file of the setting tls.certificate and who may read it."
    ),
    "system.page.trouble.other": "{name}: {word}",
    "system.page.trouble.other.next": "Run 'mailguard doctor' on the server to see why.",
    "system.page.trouble.disk_low": "The disk is nearly full. If it goes on, no mail can be taken.",
    "system.page.trouble.disk_low.next": (
        "Free some room soon, or give it a larger disk. Keeping mail for a shorter time helps as well."
    ),
    "system.page.trouble.queue": "Mail that is due has not moved for ten minutes or more. None of it is lost.",
    "system.page.trouble.queue.next": ("Restart the service. If it goes on, run 'mailguard doctor' on the server."),
    # Once it is over.
    "system.page.trouble.database.over": "The database takes writes again.",
    "system.page.trouble.disk.over": "The disk has room for mail again.",
    "system.page.trouble.disk_low.over": "The disk has enough room again.",
    "system.page.trouble.queue.over": "The mail that stood still moves again.",
    "system.page.trouble.hop.over": "The next server, {name}, takes mail again.",
    "system.page.trouble.clock.over": "Mail is sent by time again.",
    "system.page.trouble.looking.over": "Mail is being looked into again.",
    "system.page.trouble.dns.over": "The DNS answers again.",
    "system.page.trouble.syslog.over": "The record is forwarded again.",
    "system.page.trouble.certificate.over": "The certificate was renewed.",
    "system.page.trouble.certificate_unreadable.over": "The certificate can be read again.",
    "system.page.trouble.other.over": "{name} works again.",
    # The mails.
    "notice.subject.trouble.begun": "[System trouble] {what}",
    "notice.subject.trouble.begun.more": "[System trouble] {what} (and {count} more)",
    "notice.subject.trouble.over": "[Well again] {what}",
    "notice.subject.trouble.over.more": "[Well again] {what} (and {count} more)",
    "notice.intro.trouble.begun": "Something in the system that relays mail needs your attention.",
    "notice.intro.trouble.over": "What you were told of is over. There is nothing to do.",
    "notice.trouble.begun": "You will be told once more when it is over. The same is told at most once a day.",
    "notice.trouble.over": "Mail is taken and sent by itself.",
}
