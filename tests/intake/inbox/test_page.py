"""Pages: title, description, picture, site, and which of their links is what."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.intake.inbox.kinds import kind_of
from mailer.intake.inbox.page import read, readable, without_words
from mailer.model.issue import Role

BLOG = """<!doctype html><html><head><meta charset="utf-8">
<title>CLIP: Connecting Text and Images | OpenAI</title>
<meta property="og:title" content="CLIP:  Connecting Text
 and Images | OpenAI">
<meta property="og:title" content="Another">
<meta name="description" content="A neural network that learns &amp; sees.">
<meta property="og:site_name" content="OpenAI"><meta property="og:image" content="/clip.png">
</head><body><nav><a href="https://github.com/openai">GitHub</a>
<a href="https://github.com/features/actions">Features</a></nav>
<h1>CLIP</h1>
<p>As in <a href="https://arxiv.org/abs/1706.03762">attention</a> before it,
<a href="https://arxiv.org/pdf/2103.00020v1.pdf">Read the paper</a>
<a href="https://arxiv.org/abs/2103.00020">abstract</a>
<a href="https://github.com/openai/gym">gym</a>
<a href="https://github.com/openai/CLIP">Code</a>
<a href="https://colab.research.google.com/github/openai/clip/blob/master/x.ipynb">Colab</a>
<a href="https://huggingface.co/spaces/vivien/clip">Demo</a>
<a href="https://huggingface.co/openai/clip-vit-base-patch32">weights</a>
<a href="https://huggingface.co/datasets/google/wit">data</a>
<a href="https://huggingface.co/docs/transformers">docs</a>
<a href="https://zenodo.org/">zenodo</a> <a href="https://colab.research.google.com/">colab</a>
<a href="mailto:a@example.org">mail</a> <a href="https://[">broken</a> <a>none</a>
</body></html>"""


def test_a_page_is_known_by_what_it_says_of_itself() -> None:
    """The first of each counts; the name of the site is no part of the title."""
    page = read(BLOG, "https://openai.com/blog/clip/")
    assert page.title == "CLIP: Connecting Text and Images"
    assert page.description == "A neural network that learns & sees."
    assert page.picture == "https://openai.com/clip.png"
    assert page.site == "OpenAI"


def test_the_kinds_of_links_are_told_by_where_they_lead() -> None:
    """In the house's order; of several, that whose text says so, or which stands there most."""
    assert read(BLOG, "https://openai.com/blog/clip/").links == {
        Role.PROJECT: "https://openai.com/blog/clip/",
        Role.SOURCE: "https://github.com/openai/CLIP",
        Role.PAPER: "https://arxiv.org/pdf/2103.00020v1.pdf",
        Role.DEMO: "https://huggingface.co/spaces/vivien/clip",
        Role.COLAB: "https://colab.research.google.com/github/openai/clip/blob/master/x.ipynb",
        Role.DATASET: "https://huggingface.co/datasets/google/wit",
        Role.MODEL: "https://huggingface.co/openai/clip-vit-base-patch32",
    }


def test_a_page_of_a_kind_is_its_own() -> None:
    """A repository's source is itself, whatever it links; its name is not that of its site."""
    url = "https://github.com/openai/CLIP"
    title = "GitHub - openai/CLIP: CLIP (Contrastive Language-Image Pretraining)"
    page = read(
        f'<title>{title}</title><base href="https://github.com/">{BLOG[BLOG.index("<nav>") :]}', url
    )
    assert page.title == "CLIP"
    assert page.site == "github.com"
    assert page.links[Role.SOURCE] == url
    assert Role.PROJECT not in page.links
    assert page.links[Role.PAPER] == "https://arxiv.org/pdf/2103.00020v1.pdf"


@pytest.mark.parametrize(
    "picture",
    [
        "https://opengraph.githubassets.com/0123/openai/CLIP",
        "https://cdn-thumbnails.huggingface.co/social-thumbnails/models/a/b.png",
        "https://static.arxiv.org/static/browse/arxiv-logo-fb.png",
        "data:image/png;base64,AAAA",
        "https://[",
    ],
)
def test_a_picture_that_every_page_of_a_site_has_is_none(picture: str) -> None:
    """It would show nothing of this one; nor is one that is not on the web."""
    assert (
        read(f'<meta property="og:image" content="{picture}">', "https://example.org/").picture
        == ""
    )


@pytest.mark.parametrize(
    ("url", "role"),
    [
        ("https://www.youtube.com/watch?v=aircAruvnKk", Role.VIDEO),
        ("https://medium.com/@a/b", Role.ARTICLE),
        ("https://huggingface.co/blog/a", Role.ARTICLE),
        ("https://github.com/openai", Role.PROJECT),
    ],
)
def test_a_page_may_be_a_video_or_an_article(url: str, role: Role) -> None:
    """By its site."""
    assert without_words(url).links == {role: url}


def test_a_paper_is_read_where_it_is_described() -> None:
    """Not in its PDF; it is called what its authors call it."""
    assert readable("https://arxiv.org/pdf/2010.11934v3.pdf") == "https://arxiv.org/abs/2010.11934"
    assert readable("https://openreview.net/pdf?id=x_Y") == "https://openreview.net/forum?id=x_Y"
    assert readable("https://example.org/a.pdf") == "https://example.org/a.pdf"
    head = '<title>[2010.11934] mT5</title><meta name="citation_title" content="mT5: A model">'
    assert read(head, "https://arxiv.org/abs/2010.11934").title == "mT5: A model"


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("<h1>Only <em>a</em> heading</h1>", "Only a heading"),
        ("<title>A page - example.org</title>", "A page"),
        ("<title>example.org</title>", "example.org"),
        ("<title> </title><meta property=og:title content=' '>", ""),
        ("<meta content='Named' itemprop='og:title'><p>", "Named"),
        ("<title>a\x00b\x1bc</title>", "a b c"),
        ("<svg><title>Icon</title></svg><h1>Page</h1>", "Icon"),
        ("<?xml version='1.0' encoding='koi8-r'?><html><title>Код</title></html>", "Код"),
        (f"<title>{'word ' * 100}</title>", f"{'word ' * 59}word …"),
        (f"<title>{'x' * 400}</title>", f"{'x' * 300} …"),
    ],
)
def test_titles_come_from_wherever_there_is_one(html: str, title: str) -> None:
    """And stay short."""
    assert read(html, "https://example.org/").title == title


@pytest.mark.parametrize("html", ["", " ", "<!-- -->", "\x00"])
def test_an_empty_page_says_what_its_address_says(html: str) -> None:
    """As one that is no page at all."""
    url = "https://www.example.org/papers/Deep%20learning_of-cats.pdf"
    page = read(html, url)
    assert page == without_words(url)
    assert (page.title, page.site) == ("Deep learning of cats", "example.org")
    assert page.links == {Role.PROJECT: url}


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://github.com/a/b", Role.SOURCE),
        ("https://gist.github.com/a/0123", Role.SOURCE),
        ("https://github.com/a", None),
        ("https://github.com/topics/nlp", None),
        ("https://gitlab.com/a/b/c", Role.SOURCE),
        ("https://arxiv.org/abs/2103.00020", Role.PAPER),
        ("https://arxiv.org/list/cs.CL/new", None),
        ("https://doi.org/10.1145/3292500", Role.PAPER),
        ("https://openreview.net/forum?id=x", Role.PAPER),
        ("https://openreview.net/", None),
        ("https://aclanthology.org/2020.acl-main.463/", Role.PAPER),
        ("https://huggingface.co/papers/2103.00020", Role.PAPER),
        ("https://huggingface.co/a/b", Role.MODEL),
        ("https://huggingface.co/a", None),
        ("https://huggingface.co/docs/hub", None),
        ("https://huggingface.co/datasets", None),
        ("https://huggingface.co/spaces/a/b", Role.DEMO),
        ("https://replicate.com/a/b", Role.DEMO),
        ("https://name.streamlit.app", Role.DEMO),
        ("https://colab.research.google.com/drive/1a", Role.COLAB),
        ("https://www.kaggle.com/datasets/a/b", Role.DATASET),
        ("https://zenodo.org/record/123", Role.DATASET),
        ("https://example.org/github.com/a/b", None),
        ("https://youtube.com/watch?v=x", None),
        ("https://[", None),
    ],
)
def test_only_the_address_of_one_thing_is_of_a_kind(url: str, kind: Role | None) -> None:
    """A site's front page, a list or a person is not."""
    assert kind_of(url) is kind


@given(st.text(max_size=200))
@settings(max_examples=50)
def test_any_text_is_some_page(text: str) -> None:
    """However broken."""
    page = read(
        f"<title>{text}<a href='{text}'><meta content='{text}' name=og:image>", "http://e.org"
    )
    assert page.picture == "" or page.picture.startswith("http")
