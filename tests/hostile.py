"""Texts that somebody may try to run code with, and an issue that has one in every field."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from mailer.composer.frame import Frame, Logo
from mailer.model.content import (
    BulletList,
    Callout,
    CalloutKind,
    CodeBlock,
    CodeSpan,
    Continuation,
    Figure,
    Footnote,
    FootnoteReference,
    Formula,
    Hyperlink,
    More,
    Paragraph,
    Picture,
    Quote,
    RawBlock,
    RawInline,
    Run,
    Styled,
    Subheading,
    Table,
    Text,
    Url,
    Video,
)
from mailer.model.edition import PictureFile
from mailer.model.issue import Issue, Item, Link, Part, Role, Section
from mailer.model.slot import Slot, SlotKind

# Each calls `pwned()` if it runs.
VECTORS = (
    "<script>pwned()</script>",
    "</script><script>pwned()</script>",
    "</title><script>pwned()</script>",
    "</style><script>pwned()</script>",
    "</textarea></pre></code><script>pwned()</script>",
    "--><script>pwned()</script><!--",
    "<![endif]--><script>pwned()</script>",
    "]]><script>pwned()</script>",
    '"><script>pwned()</script>',
    "'><script>pwned()</script>",
    '" onmouseover="pwned()" autofocus onfocus="pwned()" x="',
    "' onerror='pwned()' x='",
    "<img src=x onerror=pwned()>",
    "<img/src=`x`onerror=pwned()>",
    '<img """><script>pwned()</script>">',
    "<svg onload=pwned()>",
    "<svg><script>pwned()</script></svg>",
    "<svg><style><img src=x onerror=pwned()></style></svg>",
    "<math><mi//xlink:href='javascript:pwned()'>x</mi></math>",
    "<body onload=pwned()>",
    "<iframe src=javascript:pwned()></iframe>",
    '<iframe srcdoc="<script>parent.pwned()</script>"></iframe>',
    "<object data=javascript:pwned()></object>",
    "<embed src=javascript:pwned()>",
    "<base href=javascript:pwned()//>",
    "<link rel=stylesheet href=data:text/css,*{x:y}>",
    '<meta http-equiv=refresh content="0;url=javascript:pwned()">',
    "<form action=javascript:pwned()><input type=submit autofocus></form>",
    "<input onfocus=pwned() autofocus>",
    "<details open ontoggle=pwned()>",
    "<video><source onerror=pwned()></video>",
    "<marquee onstart=pwned()>",
    "<a href=javascript:pwned()>x</a>",
    "<a href='java\tscript:pwned()'>x</a>",
    "<a href='&#106;avascript:pwned()'>x</a>",
    "<style>@import 'javascript:pwned()';</style>",
    '<div style="background:url(javascript:pwned())">x</div>',
    "<noscript><p title='</noscript><img src=x onerror=pwned()>'></noscript>",
    "<template><script>pwned()</script></template>",
    "<!--[if mso]><script>pwned()</script><![endif]-->",
    "<<script>pwned()//<</script>",
    "<scr<script>ipt>pwned()</scr</script>ipt>",
    "&lt;script&gt;pwned()&lt;/script&gt;",
    "&#60;script&#62;pwned()&#60;/script&#62;",
    "\u003cscript\u003epwned()\u003c/script\u003e",
    "+ADw-script+AD4-pwned()+ADw-/script+AD4-",
    "{{ 7 * 7 }}{% for x in [] %}{% endfor %}",
    "{{ ''.__class__.__mro__ }}",
    "${pwned()}",
    "javascript:pwned()",
    "JaVaScRiPt:pwned()",
    "data:text/html,<script>pwned()</script>",
    "vbscript:pwned()",
    "https://a.example/\" onclick=\"pwned()\" x=\"",
    "https://a.example/'><script>pwned()</script>",
    "https://slot.invalid/w0z",
    "\\\"-pwned()-\\\"",
    "\u2028pwned()\u2029",
    "\x00<script>pwned()</script>",
    "<\x00script>pwned()</script>",
)  # fmt: skip


def issue(bad: str) -> Issue:
    """`bad` in every field that an editor fills, and as a default of every slot."""
    text, slot = (Text(bad),), Slot("name", bad, SlotKind.HTML)
    url = Url((bad,))
    picture = Picture(bad, bad, bad, 1)
    link = Hyperlink(Url(("https://a.example/", Slot("q", bad), bad)), text, bad, 1)
    running = Paragraph(
        (
            *text,
            slot,
            link,
            picture,
            CodeSpan(bad),
            Formula(bad, (Run(bad, "italic"), Run(bad))),
            RawInline(bad),
            Hyperlink(url, text, bad, 1),
            Styled("em", text),
            FootnoteReference(1),
        ),
        1,
    )
    blocks = (
        running,
        Figure(((picture, url), (Picture("images/known.png", bad, bad, 1), url)), 1),
        Video(url, text, replace(picture, is_still=True), 1),
        Video(url, text, None, 1),
        Subheading(text, 1),
        BulletList(((running,), (running, running)), 1),
        Quote((running,), 1),
        Callout(CalloutKind.TIP, text, (running,), 1),
        CodeBlock(bad, bad, 1),
        CodeBlock(bad, "html", 1),
        Table((text, (slot,)), ((text, (link,)),), (None, "right"), 1),
        RawBlock(bad, 1),
        Continuation(text, bad, 1),
    )
    part = Part((link, *text, RawInline(bad)), (Link(link.url, bad, Role.PROJECT, 1),), 1)
    item = Item((*text, slot), bad, bad, (part,), (*blocks, More(text, bad, blocks, 1)), (), 1)
    section = Section(text, bad, bad, blocks, (item,), (), 1)
    note = Footnote(1, (running,), 1)
    date = dt.date(2021, 1, 31)
    return Issue(
        bad, bad, 13, date, (bad,), bad, "en", None, blocks, (item, section), blocks, (note,)
    )


def frame(bad: str) -> Frame:
    picture = PictureFile(bad, "image/png", 10, 10, b"")
    return Frame(
        publication=bad,
        sender="editor@example.org",
        reply_to=None,
        address=f"{bad}\n{bad}",
        base="https://news.example.org",
        tagline=bad,
        logo=Logo(Picture(bad, bad, bad, 0), picture),
        pictures={bad: picture, "images/known.png": picture},
        strings={
            "en": {"why": f"{bad} {{list}}", "contents": bad, "item_link": f"{bad}{{link}}{{item}}"}
        },
    )
