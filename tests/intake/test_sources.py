"""Mails, feeds, exports and files of all kinds become posts; what is none is refused."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from email.message import EmailMessage

import drawing
import pytest

from mailer.errors import SourceError
from mailer.intake.reading.post import Post, Raw
from mailer.intake.reading.posts import posts
from mailer.intake.writing.issue_file import issue_file

PNG = drawing.saved(drawing.drawing(90, 60))
BODY = """<p>An intro that says what is to come, in a sentence or two.</p>
<h2>First thing</h2><p>Availability: <a href="https://github.com/example/a">source code</a></p>
<p>A paragraph about the first thing. Größe, naïve, “quoted”.</p>
<h2>Second thing</h2><p>A paragraph about the second thing.</p>"""


def only(content: bytes, name: str) -> Post:
    (post,) = posts(Raw(content, name))
    return post


def written(post: Post, lang: str = "") -> str:
    return issue_file(post.read(lang), "")


def mail(charset: str = "utf-8", encoding: str = "quoted-printable") -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "Märzbrief, Ausgabe 7"
    message["From"] = "Ann <ann@example.org>"
    message["Date"] = "Thu, 31 Mar 2022 09:00:00 +0200"
    message.set_content("A plain text for those without HTML.")
    html = f'<html><body>{BODY}<p><img src="cid:one@x" alt="A blot" width="90"></p></body></html>'
    message.add_alternative(html, subtype="html", charset=charset, cte=encoding)
    parts = message.get_payload()
    assert isinstance(parts, list)
    html_part = parts[1]
    assert isinstance(html_part, EmailMessage)
    html_part.add_related(PNG, "image", "png", cid="<one@x>")
    return message


@pytest.mark.parametrize(
    ("charset", "encoding"), [("utf-8", "quoted-printable"), ("iso-8859-1", "base64")]
)
def test_a_mail_gives_its_html_its_subject_its_day_and_its_pictures(
    charset: str, encoding: str
) -> None:
    message = mail(charset, encoding) if charset == "utf-8" else latin()
    post = only(bytes(message), "letter.eml")
    text = written(post)
    assert 'title: "Märzbrief, Ausgabe 7"' in text
    assert "number: 7\ndate: 2022-03-31\nlang: en\n" in text
    assert "## First thing\nAvailability: [source code](https://github.com/example/a)\n" in text
    assert "Größe, naïve" in text
    if charset == "utf-8":
        assert "![A blot](cid:one@x)" in text
        assert post.parts["cid:one@x"] == PNG


def latin() -> EmailMessage:
    """As some programs send: eight bits that are declared, and only HTML."""
    message = EmailMessage()
    message["Subject"] = "Märzbrief, Ausgabe 7"
    message["MIME-Version"] = "1.0"
    message["Date"] = "Thu, 31 Mar 2022 09:00:00 +0200"
    message["Content-Type"] = "text/html; charset=windows-1252"
    message["Content-Transfer-Encoding"] = "base64"
    message.set_payload(base64.encodebytes(BODY.encode("cp1252")).decode())
    return message


def test_a_mail_of_text_alone_is_read_as_text() -> None:
    message = EmailMessage()
    message["Subject"] = "Notes"
    message["From"] = "ann@example.org"
    message.set_content(
        "A word of welcome, which ends.\n\nFirst\n\nLinks: paper\n\nIts paragraph.\n"
    )
    text = written(only(bytes(message), "notes"))
    assert 'title: "Notes"' in text
    assert "## First\nLinks: paper\n" in text


RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>A feed</title><language>de</language>
<item><title>Neue Nummer 8</title><link>https://feed.example.org/8/</link>
<pubDate>Fri, 01 Apr 2022 08:00:00 GMT</pubDate><description>Kurz.</description>
<content:encoded><![CDATA[{}<p><a href="more">Mehr</a></p>]]></content:encoded></item>
<item><title>Alte Nummer 7</title><description>&lt;p&gt;Ein Absatz.&lt;/p&gt;</description></item>
</channel></rss>"""


def test_a_feed_gives_its_entries() -> None:
    new, old = posts(Raw(RSS.format(BODY).encode(), "https://feed.example.org/rss"))
    assert (new.title, str(new.date), old.title) == ("Neue Nummer 8", "2022-04-01", "Alte Nummer 7")
    text = written(new)
    assert "lang: de\n" in text
    assert "[Mehr](https://feed.example.org/8/more)" in text
    assert "Ein Absatz." in written(old)


def zipped(files: dict[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


MARKDOWN = """---
subject: Four and a half
publish_date: 2023-05-01T10:00:00Z
---

Welcome to the fourth number, which is a half too long.

## A thing

Links: [paper](https://arxiv.org/abs/2305.00001)

One *paragraph*, two `words`.
"""
GHOST = {
    "db": [
        {
            "data": {
                "posts": [
                    {"title": "Nine", "html": BODY, "published_at": "2022-09-09T09:00:00.000Z"},
                    {"title": "A draft without text", "html": None},
                ]
            }
        }
    ]
}
EXPORTS: dict[str, tuple[str, bytes, list[str]]] = {
    "substack": (
        "export.zip",
        zipped(
            {
                "posts.csv": "post_id,post_date,is_published,title,subtitle\n"
                '12.first,2022-05-05T10:00:00.000Z,true,"First, of all",sub\n'
                "13.none,2022-05-06T10:00:00.000Z,false,Never written,\n",
                "posts/12.first.html": BODY,
                "posts/12.first.opens.csv": "post_id\n",
                "email_list.csv": "email\n",
            }
        ),
        ["First, of all 2022-05-05"],
    ),
    "ghost": ("ghost.json", json.dumps(GHOST).encode(), ["Nine 2022-09-09"]),
    "ghost in a zip file": (
        "ghost.zip",
        zipped({"data/export.json": json.dumps(GHOST), "content/images/a.png": PNG}),
        ["Nine 2022-09-09"],
    ),
    "buttondown": (
        "emails.zip",
        zipped({"emails/four.md": MARKDOWN, "__MACOSX/emails/._four.md": b"\0"}),
        ["Four and a half 2023-05-01"],
    ),
    "mailchimp": (
        "campaigns.zip",
        zipped({"campaigns_content/1_march.html": f"<html><body>{BODY}</body></html>"}),
        ["1_march None"],
    ),
}


@pytest.mark.parametrize("export", EXPORTS)
def test_an_export_gives_its_posts(export: str) -> None:
    name, content, expected = EXPORTS[export]
    found = posts(Raw(content, name))
    assert [f"{post.title} {post.date}" for post in found] == expected
    assert all("\n## " in written(post) for post in found)


def test_pictures_in_an_export_come_along() -> None:
    page = f'<body>{BODY}<img src="images/a.png" alt="A"></body>'
    (post,) = posts(Raw(zipped({"c/one.html": page, "c/images/a.png": PNG}), "c.zip"))
    assert post.parts["images/a.png"] == PNG
    assert "images/b.png" not in post.parts


def test_a_mail_whose_octets_only_look_like_ascii_is_read_as_it_says() -> None:
    """ISO 2022, in which Japanese mail is written, is seven bits throughout."""
    text = "今月の話題です。\n\n雨の日に始まりました。\n".encode("iso-2022-jp")
    head = b"Subject: News\r\nContent-Type: text/plain; charset=iso-2022-jp\r\n\r\n"
    assert "雨の日に始まりました。" in written(only(head + text, "old.eml"))


@pytest.mark.parametrize("charset", ["cp1251", "koi8-r", "utf-16"])
def test_a_text_in_a_charset_that_nothing_declares_is_read(charset: str) -> None:
    text = "Выпуск о погоде\n\nВсё началось с дождя, который не хотел кончаться. " * 8
    assert "Всё началось с дождя" in written(only(text.encode(charset), "old.txt"))


def test_a_page_in_utf_8_that_claims_another_charset_is_read_as_what_it_is() -> None:
    page = f'<html><head><meta charset="iso-8859-1"></head><body>{BODY}</body></html>'
    assert "Größe, naïve, “quoted”." in written(only(page.encode(), "page.html"))


def bomb() -> bytes:
    return zipped({"posts/a.html": b"<p>" + b"a" * 31_000_000})


def liar() -> bytes:
    """The size that it declares is a thousandth of what it unpacks to."""
    content = zipped({"a.html": b"a" * 31_000_000})
    small, real = (1_000).to_bytes(4, "little"), (31_000_000).to_bytes(4, "little")
    return content.replace(real, small)


BAD: dict[str, tuple[bytes, str, str]] = {
    "nothing": (b" \n", "a.html", "is empty"),
    "a picture": (PNG, "a.html", "is no page"),
    "a PDF": (b"%PDF-1.7 ...", "a.pdf", "is no page"),
    "octets": (b"abc\0\1\2", "a.bin", "is no page"),
    "a broken zip file": (b"PK\x03\x04" + b"x" * 50, "a.zip", "broken zip file"),
    "a zip file of photographs": (zipped({"a.jpg": b"x"}), "a.zip", "holds no post"),
    "a zip bomb": (bomb(), "a.zip", "unpacks to over"),
    "a zip file that lies": (liar(), "a.zip", "a.html"),
    "broken JSON": (b'{"db": [', "a.json", "broken JSON"),
    "deep JSON": (b"[" * 100_000, "a.json", "broken JSON"),
    "another's JSON": (b'{"a": 1}', "a.json", "without posts"),
    "a feed without entries": (
        RSS.partition("<item>")[0].encode() + b"</channel></rss>",
        "a",
        "feed",
    ),
    "a mail without text": (
        b"From: a@b\nSubject: x\nContent-Type: image/png\n\nx",
        "a.eml",
        "text",
    ),
    "a text without end": (b"One more line of it\n" * 6_000, "a.txt", "over 5,000 paragraphs"),
    "a page of crumbs": (b"<p>x" * 40_000, "a.html", "over 30,000 elements"),
    "a page nested without end": (b"<div>" * 5_000 + b"x", "a.html", "nested"),
}


@pytest.mark.parametrize("what", BAD)
def test_what_cannot_be_read_is_refused_in_one_line(what: str) -> None:
    content, name, said = BAD[what]
    with pytest.raises(SourceError, match=said) as refused:
        [post.read("") for post in posts(Raw(content, name))]
    assert "\n" not in str(refused.value)


def test_a_feed_with_a_document_type_is_a_feed_and_other_xml_is_refused() -> None:
    """RSS 0.91 has one; a list of feeds has no text of its own."""
    item = "<item><title>One</title><description>A day on the moon.</description></item>"
    feed = f"<rss version='0.91'><channel><title>F</title>{item}</channel></rss>"
    kind = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "https://example.org/rss.dtd">'
    for declared in (kind, '<!DOCTYPE rss [<!ENTITY a "b">]>'):
        post = only(f'<?xml version="1.0"?>\n{declared}\n{feed}'.encode(), "feed.xml")
        assert post.title == "One"
        assert "A day on the moon." in written(post)
    with pytest.raises(SourceError, match="is XML, but no page and no feed"):
        only(b'<?xml version="1.0"?><opml version="2.0"><body/></opml>', "feeds.opml")
