"""The mail's own text as files of its parcel."""

from __future__ import annotations

import base64
import re
import struct
import zlib
from email.message import EmailMessage
from email.policy import SMTP
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailguard.mime.message import Message
from mailguard.transform.letter import Letter, letter_of
from mailguard.transform.pictures import data_address
from mailguard.transform.plan import leaves

HEAD = (
    "From: =?utf-8?b?55Sw5LmL5LiKIOaBtQ==?= <tanoue@office.example.jp>\r\n"
    'To: "Ando" <ando@one.example.com>\r\nCc: baba@two.example.net\r\nBcc: secret@three.example.org\r\n'
    "Date: Thu, 26 Nov 2026 09:05:00 +0900\r\nSubject: =?utf-8?b?5ZCN57C/?=\r\nMIME-Version: 1.0\r\n"
)


def png() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    pixels = b"".join(b"\x00" + b"\x10\x80\x30" * 8 for _ in range(8))
    head = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


def letter(octets: bytes, head: bytes | None = None) -> Letter:
    """The letter of a mail whose every leaf is its text."""
    message = Message(octets)
    return letter_of(message, [part for part, _ in leaves(message.root)], "ja", head=head)


def page_of(made: Letter) -> str:
    return made.files[0][1].decode("utf-8")


def words_of(made: Letter) -> str:
    return made.files[1][1].decode("utf-8-sig").replace("\r\n", "\n").partition("-" * 60 + "\n\n")[2]


def plain(body: bytes, content_type: str = "text/plain; charset=utf-8") -> bytes:
    return (HEAD + f"Content-Type: {content_type}\r\n\r\n").encode() + body


def page(source: str) -> bytes:
    return plain(source.encode(), "text/html; charset=utf-8")


def test_letter_files_open_everywhere() -> None:
    """Whoever unpacks the parcel gets a page for a double click and a text that Windows shows with its letters."""
    made = letter(plain("本文です。\r\n二行目\r\n".encode()))

    assert ["本文.html", "本文.txt"] == [name for name, _ in made.files]
    assert page_of(made).startswith("<!DOCTYPE html>")
    assert '<meta charset="utf-8">' in page_of(made)
    assert made.files[1][1].startswith(b"\xef\xbb\xbf")
    assert b"\n" not in made.files[1][1].replace(b"\r\n", b"")
    assert "本文です。\n二行目" in page_of(made)


def test_letter_head_lines_tell_who_wrote_but_not_the_hidden_ones() -> None:
    """Above the text stand subject, people and date of the mail, and nobody who was in Bcc."""
    made = letter(plain(b"x"))

    for content in (page_of(made), made.files[1][1].decode("utf-8-sig")):
        assert "名簿" in content
        assert "田之上 恵" in content
        assert "baba@two.example.net" in content
        assert "2026年11月26日(木) 9:05" in content
        assert "secret@" not in content


def test_letter_with_another_head_shows_only_its_recipients() -> None:
    """Where recipients are hidden from each other outside, they are so inside of the parcel."""
    made = letter(plain(b"x"), head=b"From: a@office.example.jp\r\nTo: ando@one.example.com\r\nSubject: y\r\n")

    assert "ando@one.example.com" in page_of(made)
    assert "baba@two.example.net" not in page_of(made)


def test_letter_iso_2022_jp_is_read_with_the_letters_of_mail_programs() -> None:
    """Japanese mail of any age is legible: circled digits, company signs, half-width kana."""
    made = letter(plain("①㈱髙橋".encode("cp932"), "text/plain; charset=iso-2022-jp"))

    assert "①㈱髙橋" in page_of(made)
    assert "①㈱髙橋" in words_of(made)


def test_letter_flowed_text_has_its_paragraphs_whole() -> None:
    """Lines a program broke for the way are one line again; the quoted ones keep their marks."""
    made = letter(plain(b"one \r\ntwo\r\n> quoted \r\n> on\r\n-- \r\nname\r\n", "text/plain; format=flowed"))

    assert "one two\n> quoted on\n-- \nname" in words_of(made).replace("&gt;", ">")
    assert "one two\n&gt; quoted on" in page_of(made)


def test_letter_plain_text_has_links_and_no_markup() -> None:
    """Addresses can be followed, and what looks like HTML is shown as it was typed."""
    made = letter(
        plain("<b>1</b> https://a.example.com/x?y=1&z=(2)。(https://b.example.com/) mail: c@d.example.org.".encode())
    )

    assert "&lt;b&gt;1&lt;/b&gt;" in page_of(made)
    assert 'href="https://a.example.com/x?y=1&amp;z=(2)"' in page_of(made)
    assert 'href="https://b.example.com/"' in page_of(made)
    assert 'href="mailto:c@d.example.org"' in page_of(made)


def alternative(source: str, *, picture: bytes = b"", picture_type: str = "png") -> bytes:
    message = EmailMessage(policy=SMTP)
    message["Subject"] = "x"
    message.set_content("plain words\n")
    message.add_alternative(source, subtype="html")
    if picture:
        (_, html_part) = message.iter_parts()
        assert isinstance(html_part, EmailMessage)
        html_part.add_related(picture, "image", picture_type, cid="<logo%201@example.com>", filename="logo.png")
    return message.as_bytes()


def test_letter_of_alternatives_has_the_page_and_the_plain_text() -> None:
    """The page looks as the sender made it, and the text file is the sender's own plain text."""
    made = letter(alternative('<p style="color:#c00000">red <b>words</b></p><table border=1><tr><td>x</table>'))

    assert '<p style="color: #c00000">red <b>words</b></p>' in page_of(made)
    assert '<table border="1">' in page_of(made)
    assert "plain words" in words_of(made)
    assert "plain words" not in page_of(made)


def test_letter_page_shows_pictures_that_came_with_the_mail() -> None:
    """A picture in the text is in the page itself, whatever file name or type the mail gave it."""
    made = letter(alternative('<p>see<img src="cid:logo%201@example.com">', picture=png(), picture_type="x-odd"))

    assert f'<img src="data:image/png;base64,{base64.b64encode(png()).decode()}"' in page_of(made)
    assert 2 == len(made.files)


def test_letter_picture_nobody_refers_to_is_not_lost() -> None:
    """A picture without its place in the text stands below it; one no page can hold is a file beside it."""
    shown = letter(alternative("<p>see", picture=png()))
    kept = letter(alternative("<p>see", picture=b"<svg onload='alert(1)'/>", picture_type="svg+xml"))

    assert "data:image/png" in page_of(shown)
    assert ("logo.png", b"<svg onload='alert(1)'/>") == kept.files[2]
    assert "svg" not in page_of(kept)


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        pytest.param(png(), "image/png", id="png"),
        pytest.param(b"\xff\xd8\xff\xe0" + bytes(20), "image/jpeg", id="jpeg"),
        pytest.param(b"GIF89a" + bytes(20), "image/gif", id="gif"),
        pytest.param(b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp", id="webp"),
        pytest.param(b"BM" + bytes(12) + b"\x28\x00\x00\x00", "image/bmp", id="bmp"),
        pytest.param(b"BMW and other cars of this year", None, id="text that begins like a bmp"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", None, id="svg"),
        pytest.param(b"<html>", None, id="html"),
        pytest.param(b"", None, id="nothing"),
    ],
)
def test_picture_is_told_by_its_octets(octets: bytes, expected: str | None) -> None:
    """Only what is a picture by content gets into the page."""
    made = data_address(octets)

    assert expected == (made and made.partition(";")[0].removeprefix("data:"))


def test_letter_html_alone_becomes_readable_text() -> None:
    """Where the sender wrote no plain text, the text file still reads well."""
    made = letter(
        page(
            "<style>p{margin:0}</style><title>t</title><p>Dear <a href='https://a.example.com/form'>this form</a></p>"
            "<table><tr><td><p>No.</p></td><td><p>Name</p></td></tr><tr><td>1</td><td>Ando</td></tr></table>"
            "<div>a</div><div><br></div><div>b</div><ul><li>one</li></ul><ol start=1><li><p>two</p></li></ol>"
            "<p style='display:none'>hidden</p><img alt='logo'>"
        )
    )

    assert (
        "Dear this form <https://a.example.com/form>\n\nNo.\tName\n1\tAndo\n\na\n\nb\n\n・one\n\n1. two\n\nlogo\n"
        == words_of(made)
    )


def test_letter_empty_page_gives_way_to_the_text() -> None:
    """An HTML alternative that shows nothing does not hide the words."""
    made = letter(alternative('<html><body><img src="https://track.example.com/1.gif" width=1></body></html>'))

    assert "plain words" in page_of(made)


def test_letter_several_texts_stand_in_their_order() -> None:
    """Text, a page and text again, as some programs send around a picture, are all there in order."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = "x"
    message.make_mixed()
    for words, subtype in (("first", "plain"), ("<p>second</p>", "html"), ("third", "plain")):
        part = EmailMessage(policy=SMTP)
        part.set_content(words, subtype=subtype)
        message.attach(part)
    made = letter(message.as_bytes())

    for content in (page_of(made), words_of(made)):
        assert ["first", "second", "third"] == re.findall("first\\b(?!-)|second|third", content)


def test_letter_body_colours_go_with_the_text() -> None:
    """Light letters on a dark page stay legible."""
    made = letter(page('<html><body bgcolor="#202040" text="white" style="font-size:14px;position:fixed">x</body>'))

    assert 'style="background-color: #202040; color: white; font-size: 14px"' in page_of(made)


def test_letter_sheet_applies_to_the_text_alone() -> None:
    """A mail's style sheet keeps its looks and cannot touch the lines above the text."""
    made = letter(
        page(
            "<style><!-- p.MsoNormal, td {margin:0mm; font-family:'游ゴシック'} body{background:#eef}"
            "@media print{p{color:red}} table{position:absolute;top:0} + div{color:red} body ~ *{color:red} --></style>"
            "<p class=MsoNormal>x</p>"
        )
    )

    assert "#letter-1 p.MsoNormal, #letter-1 td { margin: 0mm; font-family: '游ゴシック' }" in page_of(made)
    assert "#letter-1 { background: #eef }" in page_of(made)
    sheet = page_of(made).split("<style>")[2].partition("</style>")[0]
    assert all(line.startswith("#letter-1") for line in sheet.strip().splitlines())
    assert not re.search(r"#letter-1\s*[+~]", sheet)
    assert "red" not in sheet
    assert "absolute" not in sheet


class Reader(HTMLParser):
    """Whatever in a page could ask for something or run."""

    def __init__(self) -> None:
        super().__init__()
        self.active: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "frame", "object", "embed", "link", "base", "form", "svg", "math", "video"):
            self.active.append(tag)
        for name, value in attrs:
            is_event = name.startswith("on") or name in ("srcset", "background", "formaction", "ping", "xlink:href")
            if name == "http-equiv" and value != "Content-Security-Policy":
                is_event = True
            if name == "src" and not (value or "").startswith("data:image/"):
                is_event = True
            if name == "href" and not (value or "").startswith(("https://", "http://", "mailto:", "tel:")):
                is_event = True
            if name == "style" and "url" in (value or ""):
                is_event = True
            if is_event:
                self.active.append(f"{tag} {name}={value}")


HOSTILE = [
    "<script>document.title='ran'</script>",
    "<img src=x onerror=\"document.title='ran'\">",
    "<img src='//evil.example/x.png'><img srcset='https://evil.example/x.png 1x'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'><base href=https://evil.example/>",
    "<iframe src=https://evil.example/></iframe><iframe srcdoc='<script>1</script>'></iframe>",
    "<link rel=stylesheet href=https://evil.example/x.css><style>@import 'https://evil.example/x.css';</style>",
    "<style>p{background:url(https://evil.example/p)} q{b\\61 ckground:u\\72l(x)} a{background:image-set('x' 1x)}",
    "<style>p{color:red}</style<script>alert(1)</script>",
    "<style>p{font-family:'</style><img src=x onerror=alert(1)>'}</style>",
    "<p style='background:url(//evil.example);behavior:url(x);width:expression(alert(1))'>x</p>",
    "<svg onload=alert(1)><use href='https://evil.example/x'/><script>1</script></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img src onerror=alert(1)>",
    "<a href='data:text/html,<script>1</script>'>x</a><a href=' java&#10;script:alert(1)'>y</a>",
    "<form action=https://evil.example/><input name=a><button formaction=https://evil.example/>b</button></form>",
    "<object data=https://evil.example/>o</object><embed src=https://evil.example/>",
    "<video poster=https://evil.example/ src=x></video><audio src=https://evil.example/></audio>",
    "<body background=https://evil.example/x onload=alert(1)><table background=https://evil.example/x><td>x",
    "<img src='data:image/svg+xml,<svg onload=alert(1)>'><img src='data:text/html;base64,PHNjcmlwdD4='>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    '<body style="color:red&quot;><script>alert(1)</script>" bgcolor=\'red" onload="alert(1)\'>x',
]


@pytest.mark.parametrize("source", HOSTILE)
def test_letter_hostile_page_does_nothing(source: str) -> None:
    """Opening the page runs nothing and asks nobody, whatever the mail held."""
    made = letter(page(f"<p>before</p>{source}<p>after</p>"))
    reader = Reader()
    reader.feed(page_of(made))

    assert [] == reader.active
    sheets = "".join(re.findall(r"<style>(.*?)</style>", page_of(made), re.DOTALL))
    assert not re.search(r"url|@|\\|expression|image", sheets.replace("overflow-x", ""))
    assert "before" in page_of(made)


def test_letter_keeps_words_of_what_is_dropped() -> None:
    """Forms and frames go, the words a reader saw in them stay."""
    made = letter(
        page(
            "<form><label>Name</label><input value='filled &lt;in&gt;'><input type=hidden value=secretly>"
            "<textarea>long &amp; text</textarea><select><option>chosen</select></form><object>instead</object>"
        )
    )

    for words in ("Name", "filled <in>", "long & text", "chosen", "instead"):
        assert words in words_of(made)
    assert "secretly" not in page_of(made)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("<div>" * 100_000 + "words", id="deep"),
        pytest.param("".join(f"<font color=#{n:06d}>" for n in range(1500)) + "<p>words" * 20_000, id="reopened"),
        pytest.param("<a " * 100_000 + ">words", id="never closed"),
        pytest.param("<style>" + "a{" * 100_000 + "</style>words", id="sheet"),
        pytest.param("words" + "<!--" * 100_000, id="remarks"),
    ],
)
def test_letter_monstrous_page_keeps_its_words(source: str) -> None:
    """A page made to take browsers' breath away costs us none of ours."""
    made = letter(page(source))

    assert "words" in page_of(made)
    assert 2 == len(made.files)


@settings(max_examples=150)
@given(st.binary(max_size=400), st.sampled_from(["text/html", "text/plain", "text/plain; format=flowed", "image/png"]))
def test_letter_of_anything_is_made(body: bytes, content_type: str) -> None:
    """No mail stops the way into a parcel."""
    made = letter(plain(body, f"{content_type}; charset=utf-7"))

    assert made.files[0][1].decode("utf-8").endswith("</html>\n")
    assert made.files[1][1].decode("utf-8-sig").endswith("\r\n")


@settings(max_examples=100)
@given(st.text(alphabet="<>/!-= \"'abipstyle{}:;@()#\\\x00\ud83d\u202e", max_size=300))
def test_letter_of_any_markup_is_made(source: str) -> None:
    """No heap of brackets and quotes opens what was closed."""
    made = letter(page(source.encode("utf-8", "surrogatepass").decode("utf-8", "replace")))
    reader = Reader()
    reader.feed(page_of(made))

    assert [] == reader.active
