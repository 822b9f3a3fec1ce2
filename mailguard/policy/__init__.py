"""Facts and rules in, a verdict for each recipient out; pure."""

from mailguard.policy.builtin import BuiltinRule

__all__ = ["BuiltinRule"]
