"""PDF files: pages, forms, notes, attached files; scans and passwords are told apart from text."""

from __future__ import annotations

import base64
import zlib

import pytest

from mailguard.extract.files.pdf import read
from mailguard.extract.walk import Limits
from mailguard.model.contents import Obstacle
from tests.unit.extract.made_documents import page_text, pdf, reading, stream

LOCKED = (
    "c-pO1OK;p%6y8*-@PY*k7Obv{MoNnk-"
    "}m)}G*ZToHfqwQnMsQj2gx(OGj*8QBimCFP>RHBLszhX6+%b_35gAYCE_Q*f(;TIHid2wsHzZb;Mg;141?4SBYEt59^d)Cd(W|3n_jR;mYCIg_"
    "x9T#pe-}b@^U@up$jH8c~qJhK?I7k{$$^zC0fYFCM~i_-Zy70f-uT@d)D%@Wd{UNSZ-M>E0#&)%1j&Xc2t-"
    "k0|5J?8QnBx(vOhsr~NEW(jl_1C+TWhBqxT;(Y`?ysNI?L%EK`%y6{h?H}C*fqZDhDa=`^u3*=OMkiB8zBx+{|Xb0992`!eW5)wI_EIE#L&@Qq"
    "!qr6h5rWspis<1${vWhmDdN%W{-"
    "!UaX+10k#U2_1E*7l>JY0vKN?7oI}fgpfoC2S+4+ub}$YskuOp<^kV5ZsW$8&WFQMixWRc401O=`6Z9COQRhqcR$0!v=<EV60Bc8(EGPZru!-"
    "QXwYn`Da6_Xvi=PF;iy&AU9E&WT{sXUD!DjQckx+Ovx~0T!a+MFoZ+}D-"
    "sd_p@R0xVeNpZkWvgLc^x1*Jg{TPN0hx}4qwXhxIhcA0Ga<|c{rzd(l=0l;|S6)q|?sRA!Q_F6tW0hOacO_n1zh-"
    "93JpW$cX9y4umOIhcF75oQR`qhan|UOjb2GomAEU5JaWwY<-"
    "^4s(YpnL$U{=IpkB}LA2t40)?>Hfph`%x=A@QvoH>Y`Sx?*!4OuFhdvpPVesrA8Wqjfkj;5ZMkVO8J7tu{Q4Y~p&@$$dY6S&3SFUXPfsz5!(pA"
    "2PwFg`0V@LW@`?wttPq}UBwSgKATm_q?eQ4KBw8)`pVVLc0w5&bt5Gf>PzURBbbsb4DZi5Q$QcaboJs+Hb5RMnDa?j&V;CZXWV+vwi41m`VX-"
    "H827}QBUS@xv_nqUX9x~X@Yb5S%>oq6>zhN~TSZOsv$>DO}-jG&2T3qV>o>9D+kw5o855}I<~8k~CP;xn)PaPQ2E-"
    "P4YB(Ea|tKHquc>Q{H=xyS!Hdh@*(e)??k$#>`Jhrhj&|N8BZKOf$H%m4D1^(S9{V!hS+=+AFX-"
    "?{Vg`qvNcn&ck;e0;V0#e?6U@`6A3r?(z^|J40gFPsCuvr;qW2e}zo7-"
    "<VX{2?g>6KH@Q+9bSUYEOD%({#>8w4SqZJRipup0jB_SA!5H=WSY?*vdRgMkcSf9p2CR;kZPye$(4)9<p|pNuMZ(XlKxi2azB>Dzp}{qhn4m#h"
    "k4?I%3yqH9kGV|NitWE}}SrmiX642xz2(42dbFtt=}MpFVezmkn%seezLW)~7(2L#$TIzY<t~1FIqO8~"
)
OWNED = (
    "c-pm9O^X~w7}kTL4IV^12~wAhyUK3YM^{%@92WXxdL1^|?`*{F6?&#?W;@Py58XY<t`WtPpiz{7;zj%cE-"
    "@gOgP=bl7zDv%PWcZJe5+?R+h&BE9GIzkKkBLHse0e3xs4!PBumVgyLscY@6eVS<wbQN?xGcysUogaf*=DWd2f8EvI@=TBbAl;xag?`gCLCZ?i"
    "HieGR%-53g(uvylki}(QeuZdvU44901I>)bOgR(q4?rcGk<2G#eoEa+<kWnVvb;;zNZrsJT7vR>vbScHoyx28aMwV=LC!%7+k8Es>-"
    "7AoHS1(%8$7&>q+ramkmc;5KqBvgA0@LHo$uhzqSwOjc~EiNX@q$~0{<iEI>kZ(CIWW$I%wchnI`>Kw)c<xNL_I(E=L5CpKif@6f`=1vi3HKg_"
    "%=v2xEBsZj34JkTwF;5`rQmNMRY?@u35}g3}aTO2qK?8#~Fx+u<kQZqFa)cR;D7J%$S|VbC+7Y!e7<2(J3Kdsro&}oge6bcW#_9!(+d4mum~BP"
    "OA~4z!#&*Og@c{*cAs~b4`D+mskWK*Jvai9!K81cVgH?5WEiaN1&4U4={|6>;d&#(`fJzc!N+QZgJEB~p!4{OmVhb1nfF=51a1NW|>zXOJi2@7"
    "ov<5B)AOw<${=xzV0X@f>BXA|G1Iz3qU=9MA1`-"
    "SPr9(YmQ9bA+e{vj*z5`sDR)uT!RMbbZ1%!9fYN*aKxeq%7xL_^FAPaR#jYiO;W*864W)<1Z)=Y;Lh&H#YI7{LJve!|IOSkR$*rU`5Fm*`~5H}"
    "2j*XGm>s3pPhZE%owC@HgCOM0Qp?Y1YV?_lCWWpAKG3+fyC-"
    "n@ib9t|;Lo=<E}C8b_qGmE={q#>h@C#l0Ew}}XRPqt}W=YZfq@{qZb6D|O77m<bp@voj9*G*`yrcfb!h}HGK-"
    ")y0>vDBGW4;|}n`<;%%1J$crDjY(EO$|W0pt3=AfTYkkWd%ihXng$1->=^d@814tc>7?j_-Ip{KiqvdP`AGN;paP_Kl9KV+~*&jeEIfo5B~b%&"
    "lf+v_v$yxzYl(VW%b_EZ*0E2`|j0SCoA8dyK!>;g`M}FKmWnE>(BkM`OBTBzJBS~b1QG&d{8}`jDhcTt10uNLiG)dq=6rOkj**csE;1`Z1^{-"
    "BiWfx(itC-a>i%j**r_&8J~2l$9;r|89YLnbLOjxI322@K6dykFOEkQvg=2|>;%ZzYmpui4v|j3oAhH&x|B=F6GtW%!O%`@`N<jk#$4l-"
    "8vOSwwYZ3q6iVW;_X=oa{T%TLrL8=#kTscar|&B`^!n!GqN;C!SkyA+=GyC_@ej3O_df"
)

"""Two files of one line, encrypted by ReportLab: one asks for a password, the other only forbids to change it."""

IMAGE = stream(b"\xff", "/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8")


def unpacked(text: str) -> bytes:
    """The octets of one of the constants."""
    return zlib.decompress(base64.b85decode(text))


def test_pages_come_with_their_numbers() -> None:
    """A finding can be told by its page."""
    found = reading(read, pdf([page_text("Kamei Taro"), page_text("090-0000-0000")]))

    assert "Kamei Taro" == found.text("page 1")
    assert "090-0000-0000" == found.text("page 2")
    assert set() == found.obstacles


def test_text_that_is_not_shown_counts_as_text() -> None:
    """The layer a copier lays under its scan is read."""
    content = stream(
        b"q 595 0 0 842 0 0 cm /I Do Q BT 3 Tr /F1 12 Tf 72 720 Td (Kamei Taro, 1-2-3 Karimachi, Tokyo) Tj ET"
    )
    found = reading(read, pdf([content], resources="/XObject << /I 6 0 R >>", more=[IMAGE]))

    assert "Kamei Taro, 1-2-3 Karimachi, Tokyo" == found.text("page 1")
    assert set() == found.obstacles


@pytest.mark.parametrize("stamp", ["", "BT /F1 8 Tf 10 10 Td (1/3) Tj ET"], ids=["scan", "scan with a page number"])
def test_scan_without_text_is_a_picture(stamp: str) -> None:
    """Nobody here can read it, and it is said once."""
    content = stream(f"q 595 0 0 842 0 0 cm /I Do Q {stamp}".encode())
    found = reading(read, pdf([content, content], resources="/XObject << /I 8 0 R >>", more=[IMAGE]))

    assert [Obstacle.PICTURE] == [unreadable.why for unreadable in found.contents.unreadable]


def test_letters_drawn_as_lines_are_a_picture() -> None:
    """Outlined text shows something and says nothing."""
    content = stream(b"".join(f"{n} 10 m {n} 20 l S ".encode() for n in range(100)))

    assert {Obstacle.PICTURE} == reading(read, pdf([content])).obstacles


def test_blank_page_is_nothing() -> None:
    """An empty page hides nothing."""
    assert set() == reading(read, pdf([page_text("a"), stream(b" ")])).obstacles


def test_password_of_a_reader_is_encrypted_and_of_an_owner_is_read() -> None:
    """Only a file that asks for a password is closed."""
    assert {Obstacle.ENCRYPTED} == reading(read, unpacked(LOCKED)).obstacles
    assert "readable" == reading(read, unpacked(OWNED)).text("page 1")


def test_notes_and_links_of_a_page_are_read() -> None:
    """A sticky note shows on pointing at it."""
    note = b"<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents <FEFF4EEE540D> >>"
    link = b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (mailto:taro@example.jp) >> >>"
    found = reading(read, pdf([page_text("a")], more=[note, link]))

    assert {"仮名", "taro@example.jp"} == set(found.text("page 1 annotations").split("\n"))


def test_filled_field_of_a_form_is_read_with_its_name() -> None:
    """What was typed into a form is data."""
    field = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (shimei) /V <FEFF4EEE540D> /Rect [0 0 9 9] >>"
    found = reading(read, pdf([page_text("a")], more=[field], catalog="/AcroForm << /Fields [6 0 R] >>"))

    assert "shimei: 仮名" == found.text("form")


def test_file_attached_inside_is_handed_on() -> None:
    """A PDF may carry a workbook."""
    spec = b"<< /Type /Filespec /F (list.csv) /UF (list.csv) /EF << /F 7 0 R >> >>"
    catalog = "/Names << /EmbeddedFiles << /Names [(list.csv) 6 0 R] >> >>"
    more = [spec, stream(b"name,phone", "/Type /EmbeddedFile")]

    assert {"attachment:made!list.csv": b"name,phone"} == reading(
        read, pdf([page_text("a")], more=more, catalog=catalog)
    ).files


def test_bookmarks_are_read() -> None:
    """Names of chapters count."""
    more = [b"<< /First 7 0 R /Last 7 0 R /Count 1 >>", b"<< /Title <FEFF4EEE540D> /Parent 6 0 R /Dest [4 0 R /Fit] >>"]

    assert "仮名" == reading(read, pdf([page_text("a")], more=more, catalog="/Outlines 6 0 R")).text("bookmarks")


@pytest.mark.parametrize("octets", [b"%PDF-1.7", b"%PDF-1.4\n1 0 obj\n<<", b"x"], ids=["head", "cut off", "none"])
def test_octets_that_are_no_pdf_are_damaged(octets: bytes) -> None:
    """Nonsense is a result."""
    assert {Obstacle.DAMAGED} == reading(read, octets).obstacles


def test_stream_that_unpacks_beyond_measure_is_too_large() -> None:
    """A bomb is measured before anybody unpacks it whole."""
    bomb = zlib.compress(b" " * 30_000_000, 9)

    assert {Obstacle.TOO_LARGE} == reading(read, pdf([stream(bomb, "/Filter /FlateDecode")])).obstacles


def test_stream_packed_twice_beyond_measure_is_too_large() -> None:
    """Packing it once more hides nothing."""
    bomb = zlib.compress(zlib.compress(b" " * 300_000_000, 9), 9)
    filters = "/Filter [/FlateDecode /FlateDecode]"

    assert {Obstacle.TOO_LARGE} == reading(read, pdf([stream(bomb, filters)])).obstacles


def test_pages_without_end_are_too_large() -> None:
    """Ten thousand pages are not read to the last."""
    found = reading(read, pdf([stream(b" ")] * 10_000))

    assert {Obstacle.TOO_LARGE} == found.obstacles


def form(content: bytes, target: int) -> bytes:
    """A form that knows one other as X."""
    resources = f"/Resources << /XObject << /X {target} 0 R >> >>"
    return stream(content, f"/Type /XObject /Subtype /Form /BBox [0 0 9 9] {resources}")


@pytest.mark.parametrize(
    "forms",
    [
        [form(b"/X Do /X Do", 6)],
        [form(b"/X Do /X Do", 7), form(b"/X Do /X Do", 6)],
        [form(b"/X Do /X Do", 7 + level) for level in range(30)] + [form(b"", 6)],
        [stream(b"/X Do /X Do", "/Subtype /Form /BBox [0 0 9 9] /Resources 7 0 R"), b"<< /XObject << /X 6 0 R >> >>"],
        [stream(zlib.compress(b"/X Do /X Do"), "/Filter /FlateDecode /Subtype /Form /BBox [0 0 9 9]")],
    ],
    ids=["itself", "each other", "a chain", "resources apart", "the page's resources"],
)
def test_forms_that_draw_each_other_without_end_are_refused(forms: list[bytes]) -> None:
    """Two to the power of thirty drawings are not begun."""
    found = reading(read, pdf([stream(b"/X Do")], resources="/XObject << /X 6 0 R >>", more=forms))

    assert {Obstacle.TOO_DEEP} == found.obstacles


def test_forms_in_forms_that_end_are_read() -> None:
    """Forms of one name on each level, as drawing programs write them, are no circle."""
    inner = stream(
        b"BT /F1 12 Tf 0 0 Td (Kamei) Tj ET", "/Subtype /Form /BBox [0 0 99 99] /Resources << /Font << /F1 3 0 R >> >>"
    )
    made = pdf([stream(b"/X Do")], resources="/XObject << /X 6 0 R >>", more=[form(b"/X Do", 7), inner])

    assert "Kamei" == reading(read, made).text("page 1")


def test_time_that_is_over_ends_the_reading_between_pages() -> None:
    """No page is begun after the limit."""
    assert {Obstacle.TOO_LONG} == reading(read, pdf([page_text("a")] * 3), Limits(seconds=-1)).obstacles
