"""What browsers are asked for a passkey, and whether their answer holds (WebAuthn level 3 §7): without any state."""

from __future__ import annotations

from typing import Any

import webauthn
from webauthn.helpers import options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from mailguard.errors import SignInRefused

_BROKEN = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)
"""What the library raises for an answer that no browser gives."""


class RelyingParty:
    """The pages as browsers know them. ``host``: what passkeys are bound to; ``name``: what devices show."""

    def __init__(self, host: str, origin: str, name: str) -> None:
        self._host = host
        self._origin = origin
        self._name = name

    def registration(self, address: str, handle: bytes, challenge: bytes, known: list[bytes]) -> str:
        """Options for a new passkey, as JSON. ``known``: the ids of those there are, which no device makes twice."""
        return options_to_json(
            webauthn.generate_registration_options(
                rp_id=self._host,
                rp_name=self._name,
                user_id=handle,
                user_name=address,
                user_display_name=address,
                challenge=challenge,
                authenticator_selection=AuthenticatorSelectionCriteria(
                    resident_key=ResidentKeyRequirement.REQUIRED,
                    require_resident_key=True,
                    user_verification=UserVerificationRequirement.REQUIRED,
                ),
                exclude_credentials=[PublicKeyCredentialDescriptor(one) for one in known],
            )
        )

    def authentication(self, challenge: bytes) -> str:
        """Options for a sign-in of whoever has a passkey, as JSON."""
        return options_to_json(
            webauthn.generate_authentication_options(
                rp_id=self._host, challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED
            )
        )

    def verified_new(self, answer: dict[str, Any], challenge: bytes) -> VerifiedRegistration:
        """The passkey that a browser made. Raises ``SignInRefused``."""
        try:
            return webauthn.verify_registration_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=self._host,
                expected_origin=self._origin,
                require_user_verification=True,
            )
        except _BROKEN as error:
            raise SignInRefused(f"the passkey does not hold: {error}") from error

    def verified_count(self, answer: dict[str, Any], challenge: bytes, public_key: bytes, sign_count: int) -> int:
        """How often the passkey was used, by its own count. Raises ``SignInRefused`` where the answer is not its."""
        try:
            verified = webauthn.verify_authentication_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=self._host,
                expected_origin=self._origin,
                credential_public_key=public_key,
                credential_current_sign_count=sign_count,
                require_user_verification=True,
            )
        except _BROKEN as error:
            raise SignInRefused(f"the passkey's answer does not hold: {error}") from error
        return verified.new_sign_count
