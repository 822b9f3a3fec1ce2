"""Octets to text as Japanese mail writes it: also what the standard library's codecs refuse."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailguard.mime.japanese import decode_jis, decode_text

PLAIN = "御見積書をお送りします。ABC 123"
NEC = "①②⑳㈱㈲№℡㍿㌔Ⅰ髙﨑ⅰ"[:8]
"""Signs of NEC row 13 that office mail is full of."""


def jis(text: str) -> bytes:
    """ISO-2022-JP as mail programs write it: two-octet codes of CP932 turned back, half-width kana by their own set."""
    made, current = b"", b"B"
    for sign in text:
        octets = sign.encode("cp932")
        if sign.isascii():
            wanted, code = b"(B", octets
        elif len(octets) == 1:
            wanted, code = b"(I", bytes([octets[0] & 0x7F])
        else:
            wanted, code = b"$B", _row_and_cell(octets)
        if wanted != current and not (not made and wanted == b"(B"):
            made += b"\x1b" + wanted
        current = wanted
        made += code
    return made + (b"" if current == b"(B" else b"\x1b(B")


def _row_and_cell(octets: bytes) -> bytes:
    """A two-octet Shift_JIS code as JIS X 0208 row and cell (JIS X 0208:1997, Annex 1, backwards)."""
    lead, trail = octets
    row = ((lead - (0x81 if lead < 0xE0 else 0xC1)) * 2) + 0x21
    if trail >= 0x9F:
        return bytes([row + 1, trail - 0x7E])
    return bytes([row, trail - 0x1F - (trail > 0x7E)])


def euc(text: str) -> bytes:
    """EUC-JP as Windows and UNIX programs write it, with NEC's row 13 (CP51932)."""
    made = b""
    for sign in text:
        octets = sign.encode("cp932")
        if sign.isascii():
            made += octets
        elif len(octets) == 1:
            made += b"\x8e" + octets
        else:
            made += bytes(octet | 0x80 for octet in _row_and_cell(octets))
    return made


SIGNS = {
    "plain": PLAIN,
    "circled digit": "①",
    "company in brackets": "㈱見本商事",
    "numero and telephone": "№５℡０３",
    "ladder taka": "髙橋",
    "tatsu saki": "山﨑",
    "half-width kana": "ｶﾌﾞｼｷｶﾞｲｼｬ",
    "half-width and full": "ｱアa亜",
    "wave dash": "１０～２０",
    "roman": "Ⅳ期",
}
# In IBM's place (row 115 on) CP932 encodes these; mail programs turn them into NEC's row 89 on, or JIS has no code.
IBM = {"ladder taka", "tatsu saki"}


@pytest.mark.parametrize("name", sorted(SIGNS.keys() - IBM))
@pytest.mark.parametrize(
    "charset", ["iso-2022-jp", "ISO-2022-JP", "iso-2022-jp-ms", "csISO2022JP", " iso-2022-jp ", ""]
)
def test_jis_with_every_sign_offices_use(name: str, charset: str) -> None:
    """①, ㈱ and half-width kana in an ISO-2022-JP mail are read, although the standard has none of them."""
    assert SIGNS[name] == decode_text(jis(SIGNS[name]), charset)


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        pytest.param(b"\x1b$B\x7c\x62\x1b(B", "髙", id="taka in NEC's row"),
        pytest.param(b"\x1b$B\x79\x75\x1b(B", "﨑", id="saki in NEC's row"),
        pytest.param(b"\x1b$B-!-j\x1b(B", "①㈱", id="row 13"),
        pytest.param(b"\x1b$@0!\x1b(J", "亜", id="JIS C 6226, JIS X 0201"),
        pytest.param(b"\x1b(I1\x1b(B", "ｱ", id="half-width by escape"),
        pytest.param(b"\x0e1\x0fa", "ｱa", id="half-width by shift"),
        pytest.param(b"\x1b$(D0!\x1b(B", "丂", id="JIS X 0212"),
        pytest.param(b"\x1b$(B0!\x1b(B", "亜", id="escape of four"),
        pytest.param(b"\x1b$B0!\x1b$B0!\x1b(B\x1b(B", "亜亜", id="escapes that change nothing"),
        pytest.param(b"\x1b$B0!", "亜", id="not ended"),
        pytest.param(b"a\x1b$B0!\x1b(Bb\r\n", "a亜b\r\n", id="mixed"),
        pytest.param(b"\x1b$B0!\r\n0!\x1b(B", "亜\r\n亜", id="line end inside"),
        pytest.param(b"\x1b$B0", "0", id="half a character"),
        pytest.param(b"\x1b$B\xb0\xa1\x1b(B", "亜", id="top bit set inside"),
        pytest.param("件名".encode(), "件名", id="really utf-8"),
        pytest.param("件名".encode("cp932"), "件名", id="really shift_jis"),
    ],
)
def test_jis_as_programs_really_write_it(octets: bytes, expected: str) -> None:
    """What a mail program calls ISO-2022-JP is read, whatever it is."""
    assert expected == decode_jis(octets)


@pytest.mark.parametrize("name", sorted(SIGNS))
@pytest.mark.parametrize("charset", ["shift_jis", "Shift-JIS", "windows-31j", "cp932", "x-sjis", "ms_kanji"])
def test_shift_jis_with_every_sign_offices_use(name: str, charset: str) -> None:
    """Shift_JIS is what Windows means by it."""
    assert SIGNS[name] == decode_text(SIGNS[name].encode("cp932"), charset)


@pytest.mark.parametrize("name", sorted(SIGNS.keys() - IBM))
@pytest.mark.parametrize("charset", ["euc-jp", "EUC_JP", "x-euc-jp"])
def test_euc_with_every_sign_offices_use(name: str, charset: str) -> None:
    """EUC-JP is what mail programs mean by it, NEC's signs included."""
    assert SIGNS[name] == decode_text(euc(SIGNS[name]), charset)


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        pytest.param(b"\xfc\xe2\xb6\xb6", "髙橋", id="taka in NEC's row"),
        pytest.param(b"\x8f\xb0\xa1", "丂", id="JIS X 0212"),
        pytest.param(b"\xad\xa1\x8e\xb1a\r\n", "①ｱa\r\n", id="mixed"),
    ],
)
def test_euc_as_programs_really_write_it(octets: bytes, expected: str) -> None:
    """A name with its own form of a character is read in EUC-JP as well."""
    assert expected == decode_text(octets, "euc-jp")


@pytest.mark.parametrize("name", sorted(SIGNS))
@pytest.mark.parametrize(
    "charset", ["utf-8", "UTF8", "utf_8", "", "us-ascii", "unknown-8bit", "x-no-such", "base64", "rot13"]
)
def test_utf8_is_read_under_every_name(name: str, charset: str) -> None:
    """UTF-8 is found out, also where the mail says nothing, or names something that is no charset."""
    assert SIGNS[name] == decode_text(SIGNS[name].encode(), charset)


@pytest.mark.parametrize("real", ["cp932", "utf-8"])
@pytest.mark.parametrize("declared", ["", "us-ascii", "utf-8", "iso-2022-jp", "no-such"])
def test_charset_that_is_a_lie_is_seen_through(declared: str, real: str) -> None:
    """A mail that lies about its charset is read as it is."""
    assert PLAIN == decode_text(PLAIN.encode(real), declared)


@pytest.mark.parametrize("declared", ["", "us-ascii"])
def test_jis_without_a_name_is_found_out(declared: str) -> None:
    """Old programs send ISO-2022-JP and say nothing: its escapes say it."""
    assert PLAIN == decode_text(jis(PLAIN), declared)


CHARSETS = [
    "", "iso-2022-jp", "shift_jis", "euc-jp", "utf-8", "us-ascii", "utf-16", "utf-7", "hz", "idna", "punycode", "hex",
    "zlib", "unicode_escape", "undefined", "mbcs", "\x00", "x" * 300, "é", "../../etc/passwd",
]  # fmt: skip


@given(st.binary(max_size=200), st.sampled_from(CHARSETS))
def test_decoding_never_fails(octets: bytes, charset: str) -> None:
    """No octets under any name stop anything."""
    assert isinstance(decode_text(octets, charset), str)


ESCAPES = [b"\x1b$B", b"\x1b(B", b"\x1b(I", b"\x1b$(D", b"\x1b$@", b"\x1b(J", b"\x0e", b"\x0f", b"\x1b", b"\x1b$"]


@given(st.lists(st.one_of(st.sampled_from(ESCAPES), st.binary(max_size=6)), max_size=20).map(b"".join))
def test_jis_never_fails(octets: bytes) -> None:
    """No row of escapes stops anything."""
    assert isinstance(decode_jis(octets), str)


@given(st.text(alphabet=st.characters(codec="cp932", exclude_characters="\x0e\x0f\x1b¢£¬‖−〜"), max_size=40))
def test_jis_round_trip_of_everything_standard(text: str) -> None:
    """Every character ISO-2022-JP has comes out as it went in."""
    try:
        octets = text.encode("iso2022_jp")
    except UnicodeEncodeError:
        return
    # The same code is a wave dash to the standard and a full-width tilde to Windows; likewise a few others.
    same_code = str.maketrans("〜‖−¢£¬", "～∥－￠￡￢")

    assert text.translate(same_code) == decode_jis(octets).translate(same_code)
