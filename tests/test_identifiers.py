from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.identifiers import (
    fold,
    is_organisation_code,
    is_resident_id,
    looks_like_resident_id,
    uscc_fault,
    uscc_kind,
    uscc_place,
)
from analysis.schema import OrganisationKind

LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ALL = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# published codes of bodies: python-stdnum (stdnum.cn.uscc), the readme of uscc-utils and the tests of hutool (CreditCodeUtilTest)
SOUND = ["91110000600037341L", "91110108551385082Q", "91310110666007217T"]
SPECIMEN = "11010519491231002X"  # the example of GB 11643-1999


# ------------------------------------------------------------------ the rules once more, as tables of the standards


def outer(body):
    """The check character of 17 characters by the table of weights in GB 32100-2015."""
    weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
    left = 31 - sum(weight * LETTERS.index(letter) for weight, letter in zip(weights, body, strict=True)) % 31
    return LETTERS[0 if left == 31 else left]


def inner(body):
    """The check character of 8 characters by GB 11714-1997."""
    left = 11 - sum(weight * ALL.index(letter) for weight, letter in zip([3, 7, 9, 10, 5, 8, 4, 2], body, strict=True)) % 11
    return {10: "X", 11: "0"}.get(left, str(left))


def last(body):
    """The check character of 17 digits by the table in GB 11643-1999."""
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return "10X98765432"[sum(weight * int(digit) for weight, digit in zip(weights, body, strict=True)) % 11]


def whole(front, body):
    code = front + body + inner(body)
    return code + outer(code)


def days(first=date(1900, 1, 1), final=date(2100, 12, 31)):
    return st.integers(0, (final - first).days).map(lambda after: first + timedelta(after))


USCC = st.builds(whole, st.text("0123456789", min_size=8, max_size=8), st.text(LETTERS, min_size=8, max_size=8))
CODE = st.text(ALL, min_size=8, max_size=8).map(lambda body: body + inner(body))
RESIDENT = st.builds("{}{:%Y%m%d}{:03}".format, st.integers(100000, 999999), days(), st.integers(0, 999)).map(
    lambda body: body + last(body)
)


def changed(code, at, letter):
    return code[:at] + letter + code[at + 1 :]


# ------------------------------------------------------------------ codes of bodies


@pytest.mark.parametrize(
    ("typed", "folded"),
    [("", ""), (" ａ－1\n", "A1"), ("6000‐3734–1", "600037341"), ("\ufeff9111\u200b0000　6000", "911100006000"), ("洋县", "洋县")],
)
def test_an_identifier_is_compared_without_what_typing_adds(typed, folded):
    assert fold(typed) == folded


@pytest.mark.parametrize("code", SOUND)
def test_published_codes_are_sound(code):
    assert uscc_fault(code) == ()
    assert is_organisation_code(code[8:17])
    assert code == whole(code[:8], code[8:16])


@pytest.mark.parametrize("code", ["91110000600037341l", "９１１１００００６０００３７３４１Ｌ", "911100 00-600037341-L"])
def test_width_case_blanks_and_hyphens_do_not_matter(code):
    assert uscc_fault(code) == ()
    assert uscc_place(code) == "110000"


def test_every_rule_that_fails_is_told():
    assert uscc_fault("91110000600037341M") == ("outer",)
    # another wrong code inside a right one
    assert uscc_fault("9111000060003734" + "2" + outer("9111000060003734" + "2")) == ("inner",)
    assert uscc_fault("91110000600037342L") == ("outer", "inner")


@pytest.mark.parametrize(
    "code", ["", "9111000060003734L", "91110000600037341LL", "I1110000600037341L", "9111000060003734ZL", "统一社会信用代码"]
)
def test_what_no_code_looks_like_is_a_fault_of_form(code):
    assert uscc_fault(code) == ("form",)
    assert (uscc_kind(code), uscc_place(code)) == ("", "")


@given(USCC)
def test_a_code_made_by_the_standard_is_sound(code):
    assert uscc_fault(code) == ()
    assert uscc_place(code) == code[2:8]


@given(USCC, st.integers(0, 17), st.sampled_from(LETTERS))
def test_no_change_of_one_character_goes_unseen(code, at, letter):
    # 31 is prime and no weight a multiple of it, so that the outer rule sees each change
    assert ("outer" in uscc_fault(changed(code, at, letter))) == (code[at] != letter)


@given(USCC)
def test_one_check_character_alone_fits(code):
    assert [letter for letter in LETTERS if not uscc_fault(code[:17] + letter)] == [code[17]]


@pytest.mark.parametrize("code", ["60003734-1", "600037341", "６０００３７３４—１", "55138508-2", "66600721-7"])
def test_organisation_codes_out_of_published_ones(code):
    assert is_organisation_code(code)


@pytest.mark.parametrize(
    # 4 of weight 2 is 8, 11 - 8 = 3; 5 of weight 2 is 10, 1; 6 of weight 2 is 12, 12 mod 11 is 1, 10 is X; of 0 it is 11, 0; A is 10
    ("code", "sound"),
    [("000000043", True), ("000000051", True), ("00000006X", True), ("000000000", True), ("0000000A2", True), ("0000000A3", False)],
)
def test_organisation_codes_by_hand(code, sound):
    assert is_organisation_code(code) is sound


@pytest.mark.parametrize("code", ["", "6000373-1", "60003734-1-1", "60003734-A", "6000373洋1"])
def test_what_is_no_organisation_code(code):
    assert not is_organisation_code(code)


@given(CODE, st.integers(0, 8), st.sampled_from(ALL))
def test_an_organisation_code_shows_a_change_unless_it_is_one_of_eleven(code, at, letter):
    # the values run to 35 and the rule counts modulo 11: 1, C, N and Y weigh the same
    same = code[at] == letter if at == 8 else (ALL.index(code[at]) - ALL.index(letter)) % 11 == 0
    assert is_organisation_code(changed(code, at, letter)) == same
    assert [check for check in ALL if is_organisation_code(code[:8] + check)] == [code[8]]


@pytest.mark.parametrize(
    ("front", "kind"),
    [("51", "association"), ("52", "private_nonprofit"), ("53", "foundation"), ("59", ""), ("91", ""), ("N2", "")],
)
def test_the_front_says_kind_and_place(front, kind):
    code = whole(f"{front}610723", "MJ000001")  # 610723 is Yangxian in GB/T 2260
    assert (uscc_kind(code), uscc_place(code)) == (kind, "610723")
    assert not kind or kind in OrganisationKind.__members__
    assert uscc_kind(code[:17]) == ""


def test_a_place_is_of_digits():
    assert uscc_place(whole("51A10723", "MJ000001")) == ""


# ------------------------------------------------------------------ numbers of persons


@pytest.mark.parametrize(
    "number", [SPECIMEN, "11010519491231002x", "１１０１０５１９４９１２３１００２Ｘ", "110105 19491231 002-X", "110105491231002"]
)
def test_the_specimen_is_an_identity_number(number):
    assert is_resident_id(number)
    assert looks_like_resident_id(number)


NOBODY = """
110105 1101054912310021 110105194902290028 110105194900100021 110105189912310021 110105210112310021 110105491331002
010105194912310021 11010519491231002A 11010519491231X021 60003734-1
"""


@pytest.mark.parametrize(
    "number",
    ["", *NOBODY.split(), *SOUND],
)
def test_what_is_no_identity_number(number):
    assert not is_resident_id(number)
    assert not looks_like_resident_id(number)


@pytest.mark.parametrize("number", ["110105194912310021", "11010519491231002×"])
def test_a_mistyped_number_is_still_a_persons(number):
    assert not is_resident_id(number)
    assert looks_like_resident_id(number)


@given(RESIDENT, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_an_identity_number_shows_each_change(number, at, letter):
    assert is_resident_id(number)
    assert is_resident_id(changed(number, at, letter)) == (number[at] == letter)
    assert [check for check in ALL if is_resident_id(number[:17] + check)] == [number[17]]


@given(st.integers(100000, 999999), days(date(1900, 1, 1), date(1999, 12, 31)), st.integers(0, 999))
def test_the_old_number_leaves_out_the_century(area, day, order):
    assert is_resident_id(f"{area}{day:%y%m%d}{order:03}")


def bodies_like_persons(place):
    """Sound codes of bodies whose middle reads as a birthday."""
    codes = (whole(f"52{place}", f"85010{order:03}") for order in range(1000))
    return [code for code in codes if code.isdigit()]


def test_a_sound_code_of_a_body_is_never_a_persons():
    found = bodies_like_persons("110119")  # Yanqing in Beijing: 19 85 01 0n
    assert len(found) > 100
    assert not any(map(looks_like_resident_id, found))
    assert all(looks_like_resident_id(changed(code, 17, str((int(code[17]) + 1) % 10))) for code in found if code[13] != "0")


def test_a_code_of_no_place_is_no_body():
    # 01 is no province: what keeps the rules of a body by chance is a person of a place that starts with 5201
    assert any(map(looks_like_resident_id, bodies_like_persons("010119")))


@given(st.text())
def test_no_text_is_too_odd_to_ask(text):
    assert isinstance(is_resident_id(text) or looks_like_resident_id(text) or is_organisation_code(text), bool)
    assert uscc_fault(text) != ("inner", "outer")
