"""What a link of a link line leads to, told by its label and, failing that, by its host."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from urllib.parse import urlsplit

from mailer.model.issue import Role

# Labels as editors write them, in the languages of LEAD_WORDS: en, de, fr, es, ru, ar, zh.
_LABELS: Mapping[Role, str] = {
    Role.PROJECT: """
        project page, project, project website, project site, website, web page, webpage, homepage,
        home page, official site, official page, site
        projektseite, projekt, webseite, page du projet, projet, site web, site du projet
        página del proyecto, proyecto, sitio web, страница проекта, проект, сайт, сайт проекта
        صفحة المشروع, المشروع, الموقع, 项目主页, 项目页面, 项目, 主页, 官网""",
    Role.SOURCE: """
        source code, source, sources, code, repository, repo, github, gitlab, implementation
        quellcode, quelltext, code source, dépôt, implémentation, código fuente, código, repositorio
        исходный код, исходники, код, репозиторий
        الشيفرة المصدرية, الشيفرة, المصدر, الكود, 源代码, 源码, 代码, 代码仓库""",
    Role.PAPER: """
        paper, arxiv, preprint, technical report, tech report, report, publication, pdf
        fachartikel, studie, veröffentlichung, bericht, publikation
        papier, prépublication, rapport, artículo, artículo científico, informe
        статья, препринт, отчёт, отчет, публикация
        الورقة, الورقة البحثية, ورقة بحثية, التقرير, 论文, 预印本, 报告""",
    Role.DEMO: """
        demo, live demo, online demo, interactive demo, playground, try it, web demo, app
        démo, démonstration, probieren, ausprobieren, demostración, демо, демонстрация
        عرض توضيحي, تجربة, العرض, 演示, 在线演示, 体验, 试用""",
    Role.COLAB: "colab, colab notebook, google colab, notebook, ноутбук, колаб, 笔记本",
    Role.DATASET: """
        dataset, data set, datasets, data, corpus, benchmark
        datensatz, daten, jeu de données, données, corpus de données
        conjunto de datos, datos, датасет, набор данных, данные
        مجموعة البيانات, البيانات, 数据集, 数据""",
    Role.MODEL: """
        model, models, pretrained model, pre-trained model, weights, model weights, checkpoint,
        checkpoints, model card, hugging face, huggingface
        modell, modelle, gewichte, modèle, modèles, poids, modelo, modelos, pesos
        модель, модели, веса, النموذج, النماذج, الأوزان, 模型, 权重""",
    Role.VIDEO: """
        video, videos, talk, youtube, trailer, vortrag, vidéo, exposé, vídeo, charla
        видео, доклад, فيديو, الفيديو, محاضرة, 视频, 演讲""",
    Role.ARTICLE: """
        blog, blog post, blogpost, post, article, announcement, news, press release, story,
        slides, slide deck, presentation
        blogbeitrag, blogartikel, beitrag, artikel, ankündigung, pressemitteilung,
        folien, präsentation
        billet, article de blog, annonce, communiqué, entrada de blog, anuncio, noticia,
        diapositives, présentation, diapositivas, presentación
        блог, пост, запись в блоге, анонс, новость, слайды, презентация
        مدونة, المدونة, مقال, المقال, إعلان, شرائح, عرض تقديمي
        博客, 博文, 文章, 公告, 新闻, 幻灯片""",
    Role.ACCESS: """
        waiting list, waitlist, api, access, request access, sign up, beta, early access, api access
        warteliste, zugang, anmeldung, liste d'attente, accès, inscription
        lista de espera, acceso, registro, лист ожидания, список ожидания, доступ, заявка
        قائمة الانتظار, الوصول, التسجيل, 候补名单, 等候名单, 申请, 访问""",
}
# What we write ourselves, in the order of Role up to MODEL.
_OURS: Mapping[str, tuple[str, ...]] = {
    "en": ("project page", "source code", "paper", "demo", "colab", "dataset", "model"),
    "de": ("Projektseite", "Quellcode", "Studie", "Demo", "Colab", "Datensatz", "Modell"),
    "fr": ("page du projet", "code source", "papier", "démo", "colab", "jeu de données", "modèle"),
    "es": ("página del proyecto", "código fuente", "artículo", "demo", "colab", "datos", "modelo"),
    "ru": ("страница проекта", "исходный код", "статья", "демо", "colab", "датасет", "модель"),
    "ar": ("صفحة المشروع", "الشيفرة", "الورقة", "تجربة", "colab", "البيانات", "النموذج"),
    "zh": ("项目主页", "源代码", "论文", "演示", "colab", "数据集", "模型"),
}
_FALLBACK = "en"
# Hosts and, after a slash, the beginnings of their paths; the longest that fits decides.
_HOSTS: Mapping[Role, str] = {
    Role.PROJECT: "github.io gitlab.io sites.google.com",
    Role.SOURCE: "github.com gist.github.com gitlab.com bitbucket.org codeberg.org sourceforge.net",
    Role.PAPER: """
        arxiv.org doi.org openreview.net aclanthology.org aclweb.org openaccess.thecvf.com
        papers.nips.cc proceedings.neurips.cc proceedings.mlr.press biorxiv.org medrxiv.org ssrn.com
        semanticscholar.org huggingface.co/papers dl.acm.org ieeexplore.ieee.org""",
    Role.DEMO: "huggingface.co/spaces replicate.com hf.space streamlit.app",
    Role.COLAB: "colab.research.google.com colab.google.com",
    Role.DATASET: "huggingface.co/datasets kaggle.com/datasets zenodo.org",
    Role.MODEL: "huggingface.co modelscope.cn",
    Role.VIDEO: "youtube.com youtu.be vimeo.com bilibili.com",
    Role.ARTICLE: "medium.com substack.com huggingface.co/blog",
}


@cache
def _labels() -> dict[str, Role]:
    return {
        label: role
        for role, text in _LABELS.items()
        for label in re.split(r"\s*[,\n]\s*", text.strip())
        if label
    }


@cache
def _phrases() -> re.Pattern[str]:
    longest_first = sorted(_labels(), key=len, reverse=True)
    words = "|".join(re.escape(label) for label in longest_first)
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)")


@cache
def _hosts() -> dict[str, Role]:
    return {host: role for role, text in _HOSTS.items() for host in text.split()}


def _folded(label: str) -> str:
    return " ".join(label.casefold().split()).strip(".:;,!?()[]")


def named(label: str) -> Role | None:
    """The role that a label is the name of, letter case and punctuation around it aside."""
    return _labels().get(_folded(label))


def label_of(role: Role, lang: str) -> str:
    """What to call a link of this role in a language; the role's own name for those that have
    none."""
    labels = _OURS.get(lang.partition("-")[0], _OURS[_FALLBACK])
    return dict(zip(Role, labels, strict=False)).get(role, role.value)


def role_of(label: str, address: str) -> Role | None:
    """The role of a link: the label, else the longest name in it, else the host decides."""
    folded = _folded(label)
    inside = sorted(_phrases().findall(folded), key=len)
    return (
        _labels().get(folded)
        or (_labels()[inside[-1]] if inside else None)
        or _role_of_host(address)
    )


def _role_of_host(address: str) -> Role | None:
    try:
        parts = urlsplit(address)
    except ValueError:  # not a host at all, `https://[`
        return None
    host, path = (parts.hostname or "").removeprefix("www."), parts.path
    fitting = [
        name
        for name in _hosts()
        if _is_within(host, name.partition("/")[0]) and _begins(path, name.partition("/")[2])
    ]
    return _hosts()[max(fitting, key=len)] if fitting else None


def _is_within(host: str, domain: str) -> bool:
    return host == domain or host.endswith("." + domain)


def _begins(path: str, start: str) -> bool:
    return not start or f"{path}/".startswith(f"/{start}/")
