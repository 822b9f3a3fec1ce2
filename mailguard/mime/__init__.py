"""Mail as octets: read tolerantly, written strictly; nothing here changes an octet that need not change."""
