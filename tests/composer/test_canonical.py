"""The canonical form of links: one for every address of the same thing, another for others."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.composer.canonical import canonical, followed

_ALIKE = {
    "example.org/post": """
        https://example.org/post http://example.org/post/ https://www.example.org/post
        HTTPS://EXAMPLE.ORG/post https://example.org:443/post http://example.org:80/post#part
        https://example.org/post?utm_source=x&fbclid=y https://m.example.org//post
        https://example.org/post/index.html https://example.org/p%6fst
        https://web.archive.org/web/20200101000000/https://example.org/post
        https://web.archive.org/web/2020id_/http://www.example.org/post/""",
    "example.org": "https://example.org http://www.example.org/ https://example.org/index.php",
    "example.org?a=1&b=2": "https://example.org?b=2&a=1 https://example.org/?a=1&b=2&utm_id=3",
    "xn--bcher-kva.example/%C3%BC": "https://bücher.example/ü https://xn--bcher-kva.example/%c3%bc",
    "arxiv:2010.11934": """
        https://arxiv.org/abs/2010.11934 https://arxiv.org/abs/2010.11934v3
        http://arxiv.org/pdf/2010.11934v1.pdf https://www.arxiv.org/pdf/2010.11934
        https://export.arxiv.org/abs/2010.11934 https://ar5iv.org/abs/2010.11934
        https://arxiv.org/html/2010.11934v2/ https://huggingface.co/papers/2010.11934
        https://doi.org/10.48550/arXiv.2010.11934 https://dx.doi.org/10.48550/ARXIV.2010.11934v2
        https://www.alphaxiv.org/abs/2010.11934""",
    "arxiv:cs/0112017": "https://arxiv.org/abs/cs/0112017v1 https://arxiv.org/pdf/cs/0112017",
    "doi:10.1145/3292500.3330701": """
        https://doi.org/10.1145/3292500.3330701 http://dx.doi.org/10.1145/3292500.3330701
        https://dl.acm.org/doi/10.1145/3292500.3330701
        https://dl.acm.org/doi/abs/10.1145/3292500.3330701
        https://dl.acm.org/doi/pdf/10.1145/3292500.3330701""",
    "doi:10.1101/2020.07.12.199554": """
        https://www.biorxiv.org/content/10.1101/2020.07.12.199554v1.full.pdf
        https://www.biorxiv.org/content/10.1101/2020.07.12.199554v3
        https://doi.org/10.1101/2020.07.12.199554""",
    "doi:10.1038/s41586-020-2649-2": """
        https://www.nature.com/articles/s41586-020-2649-2
        https://doi.org/10.1038/s41586-020-2649-2
        https://www.nature.com/articles/s41586-020-2649-2?utm_campaign=x""",
    "openreview:YicbFdNTTy": """
        https://openreview.net/forum?id=YicbFdNTTy https://openreview.net/pdf?id=YicbFdNTTy
        https://openreview.net/forum?id=YicbFdNTTy&noteId=x""",
    "acl:2020.acl-main.463": """
        https://aclanthology.org/2020.acl-main.463/ https://aclanthology.org/2020.acl-main.463.pdf
        https://www.aclweb.org/anthology/2020.acl-main.463""",
    "youtube:aircAruvnKk": """
        https://www.youtube.com/watch?v=aircAruvnKk&t=12 https://youtu.be/aircAruvnKk?si=abc
        https://m.youtube.com/watch?v=aircAruvnKk https://www.youtube.com/embed/aircAruvnKk
        https://www.youtube-nocookie.com/embed/aircAruvnKk""",
    "github.com/openai/clip": """
        https://github.com/openai/CLIP https://github.com/OpenAI/clip/ http://www.github.com/openai/CLIP
        https://github.com/openai/CLIP.git https://github.com/openai/CLIP/tree/main
        https://github.com/openai/CLIP/tree/master/ https://github.com/openai/CLIP#readme
        https://github.com/openai/CLIP?tab=readme-ov-file""",
    "gitlab.com/some/tool": "https://gitlab.com/some/Tool https://gitlab.com/some/Tool/-/tree/main",
    "huggingface.co/google/mt5-base": """
        https://huggingface.co/google/mt5-base https://hf.co/google/mt5-base/tree/main""",
    "x.com/somebody/status/1": """
        https://twitter.com/somebody/status/1?s=20 https://mobile.twitter.com/somebody/status/1
        https://x.com/somebody/status/1""",
    "colab.research.google.com/drive/1AbC": """
        https://colab.research.google.com/drive/1AbC?usp=sharing
        https://colab.research.google.com/drive/1AbC#scrollTo=x""",
}
_OTHERS = """
    https://example.org/Post https://example.org/post?page=2 https://other.example.org/post
    https://example.org:8443/post https://example.org/post#/route https://example.org/post#!/route
    https://arxiv.org/list/cs.CL/recent https://arxiv.org/abs/2010.11935 https://arxiv.org
    https://openreview.net/group?id=ICLR.cc/2021 https://openreview.net/forum
    https://github.com/openai/CLIP/blob/main/README.md https://github.com/openai/CLIP/issues/3
    https://github.com/openai https://github.com/openai/CLIP/tree/dev https://github.com
    https://www.youtube.com/@channel https://youtu.be/ https://www.youtube.com/watch
    https://huggingface.co/spaces/a/b?x=1 https://huggingface.co/datasets/google/mt5-base
    https://huggingface.co/a/b/c/d https://aclanthology.org/events/acl-2020/
    https://www.nature.com/articles/d41586-020-03348-4 https://doi.org/
    https://web.archive.org/about https://co.uk https://m.io/a"""


@pytest.mark.parametrize(
    ("name", "address"),
    [(name, address) for name, text in _ALIKE.items() for address in text.split()],
)
def test_addresses_of_one_thing_are_alike(name: str, address: str) -> None:
    """Scheme, www, parameters that count clicks, fragments, versions and resolvers aside."""
    assert canonical(address) == name


def test_addresses_of_different_things_differ() -> None:
    """From each other, and from all those above."""
    others = [canonical(address) for address in _OTHERS.split()]
    assert len({*others, *_ALIKE}) == len(others) + len(_ALIKE)


@pytest.mark.parametrize("address", ["", "#here", "mailto:a@b.example", "https://[", "https:///x"])
def test_what_is_no_address_of_the_web_has_none(address: str) -> None:
    """It is compared with nothing."""
    assert canonical(address) == ""


def test_a_host_that_is_no_name_stays_as_it_is() -> None:
    """Some pages are linked by what no registry would sell."""
    assert canonical("https://☃‌.example/a") == "☃‌.example/a"


def test_what_has_moved_is_known_where_it_is_now() -> None:
    """Over several moves; two that lead to each other end somewhere."""
    moved = {"a": "b", "b": "c", "x": "y", "y": "x"}
    assert [followed(name, moved) for name in ("a", "b", "c", "d")] == ["c", "c", "c", "d"]
    assert followed("x", moved) == "y"


def test_a_copy_of_a_copy_is_the_page_itself() -> None:
    """However often."""
    copies = "https://web.archive.org/web/20200101/" * 5_000
    assert canonical(f"{copies}https://example.org/a") == "example.org/a"


@given(st.text(max_size=40), st.sampled_from(["", "https://", "http://github.com/"]))
@settings(max_examples=100)
def test_any_text_has_a_canonical_form_or_none(text: str, start: str) -> None:
    """Without a fault."""
    assert isinstance(canonical(start + text), str)
