"""The detectors that ship: a line for each."""

from __future__ import annotations

from mailguard.inspection.generic import credential, credit_card, email_address
from mailguard.inspection.ja import (
    bank_account,
    basic_pension_number,
    birth_date,
    corporate_number,
    driver_license,
    employment_insurance,
    health_insurance,
    member_number,
    my_number,
    passport,
    person_name,
    phone_number,
    postal_address,
    residence_card,
    resident_code,
    salary,
    special_care,
    staff_number,
)
from mailguard.inspection.text import Detector

DETECTORS: tuple[Detector, ...] = (
    my_number.DETECTOR,
    corporate_number.DETECTOR,
    basic_pension_number.DETECTOR,
    health_insurance.DETECTOR,
    driver_license.DETECTOR,
    passport.DETECTOR,
    residence_card.DETECTOR,
    employment_insurance.DETECTOR,
    resident_code.DETECTOR,
    bank_account.DETECTOR,
    credit_card.DETECTOR,
    birth_date.DETECTOR,
    staff_number.DETECTOR,
    member_number.DETECTOR,
    phone_number.DETECTOR,
    email_address.DETECTOR,
    postal_address.DETECTOR,
    person_name.DETECTOR,
    special_care.DETECTOR,
    salary.DETECTOR,
    credential.DETECTOR,
)
