"""Identifiers of bodies: the check rules of the unified social credit code and of the organisation code.

The number of a resident is here, too, for one reason: to tell it from the code of a body, which has as many characters.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from analysis.schema import OrganisationKind

_GAPS = re.compile(r"[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff\u2010-\u2015\u2212-]+")  # blanks, marks without width, hyphens
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z: they are taken for 1, 0, 5, U, 2
_USCC = re.compile(rf"[{_ALPHABET}]{{18}}")
_ORGANISATION = re.compile(r"[0-9A-Z]{8}[0-9X]")
_RESIDENT = re.compile(r"[1-9][0-9]{5}(?:([0-9]{8})[0-9]{3}[0-9X×]|([0-9]{6})[0-9]{3})")  # people type × for the X
_WEIGHTS = 3, 7, 9, 10, 5, 8, 4, 2
_KINDS = {"51": OrganisationKind.association, "52": OrganisationKind.private_nonprofit, "53": OrganisationKind.foundation}
_PROVINCE = re.compile("1[0-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12]")  # how the code of a place begins (GB/T 2260); 10 is the nation


def fold(text: str) -> str:
    """Return an identifier as it is compared: without blanks and hyphens, whatever the width and case of its letters.

    >>> fold(" 60003734－1 "), fold("１１０１０５ 19491231 002x")
    ('600037341', '11010519491231002X')
    """
    return _GAPS.sub("", unicodedata.normalize("NFKC", text).upper())


def uscc_fault(text: str) -> tuple[str, ...]:
    """Return the rules that a unified social credit code breaks; none of them if it is sound.

    Some codes given out in trials before the standard break a rule although they are in use: a fault is a question, no proof.

    Parameters
    ----------
    text
        The code as it was typed; blanks, hyphens, width and case do not matter.

    Returns
    -------
    tuple of str
        'form' alone if it is not 18 of the characters that a code can have. Else 'outer' if the last character is not the
        one that the others call for (GB 32100-2015), and 'inner' if characters 9 to 17 are no organisation code (GB 11714-1997).

    >>> uscc_fault("91110000600037341L")
    ()
    >>> uscc_fault("91110000600037342L"), uscc_fault("6000 3734-1")
    (('outer', 'inner'), ('form',))
    """
    code = fold(text)
    if not _USCC.fullmatch(code):
        return ("form",)
    # the weights are powers of 3 modulo 31, a prime: no change of one character goes unseen
    total = sum(pow(3, at, 31) * _ALPHABET.index(character) for at, character in enumerate(code[:17]))
    broken = {"outer": code[17] != _ALPHABET[-total % 31], "inner": not is_organisation_code(code[8:17])}
    return tuple(rule for rule, fails in broken.items() if fails)


def is_organisation_code(text: str) -> bool:
    """Whether a text is an organisation code: eight characters and the check character that they call for (GB 11714-1997).

    >>> is_organisation_code("60003734-1"), is_organisation_code("60003734-2")
    (True, False)
    """
    code = fold(text)
    if not _ORGANISATION.fullmatch(code):
        return False
    total = sum(weight * int(character, 36) for weight, character in zip(_WEIGHTS, code[:8], strict=True))
    return code[8] == "0123456789X"[-total % 11]


def uscc_kind(text: str) -> str:
    """Return the kind of organisation that a unified social credit code says, by its code in the schema; '' if it is none of the three.

    >>> uscc_kind("516107230000000000"), uscc_kind("91110000600037341L")
    ('association', '')
    """
    code = fold(text)
    kind = _KINDS.get(code[:2]) if _USCC.fullmatch(code) else None
    return kind.name if kind else ""


def uscc_place(text: str) -> str:
    """Return the place of registration that a unified social credit code says: six digits of GB/T 2260, or '' if it says none.

    >>> uscc_place("516107230000000000"), uscc_place("610723")
    ('610723', '')
    """
    code = fold(text)
    place = code[2:8] if _USCC.fullmatch(code) else ""
    return place if re.fullmatch("[0-9]{6}", place) else ""


def is_resident_id(text: str) -> bool:
    """Whether a text is the identity number of a resident.

    It is one of 18 characters with a day of birth from 1900 to 2100 and its check character (GB 11643-1999), or one of the 15 digits
    given out until 1999, which have a day of birth and no check.

    >>> is_resident_id("11010519491231002X"), is_resident_id("110105194912310021"), is_resident_id("110105491231002")
    (True, False, True)
    """
    number = fold(text)
    if not _has_birthday(number):
        return False
    # ISO 7064 MOD 11-2: the character next to last weighs 2, the one before it 4, and so on
    total = sum(pow(2, 17 - at, 11) * int(digit) for at, digit in enumerate(number[:17]))
    return len(number) == 15 or number[17] == "0123456789X"[(1 - total) % 11]


def looks_like_resident_id(text: str) -> bool:
    """Whether a text reads as the identity number of a resident, right or mistyped: all but the check character counts.

    A sound social credit code of a place in China is the code of a body, never one of a person. By chance about one identity number
    in 340 keeps both check rules of a body; so the place, too, has to be one.

    >>> looks_like_resident_id("110105194912310021"), looks_like_resident_id("110105194913310021")
    (True, False)
    """
    number = fold(text)
    return _has_birthday(number) and not (_PROVINCE.match(uscc_place(number)) and not uscc_fault(number))


def _has_birthday(number: str) -> bool:
    found = _RESIDENT.fullmatch(number)
    if not found:
        return False
    born = found[1] or f"19{found[2]}"
    try:
        return 1900 <= date(int(born[:4]), int(born[4:6]), int(born[6:])).year <= 2100
    except ValueError:
        return False
