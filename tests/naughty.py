"""Texts that are nobody's attack and that programs stumble over all the same."""

from __future__ import annotations

SPACES = (
    *("", " ", "\t", "\n", "a\u00a0b", "a\u2003b", "a\u3000b", "a\u200bb", "a\u202fb", "a\u180eb"),
    *("a\u2028b", "a\u2029b", "\ufeffa", "a\ufeffb", "a\u00adb", "a\u2060b", "  a  b  ", "a\tb"),
)
DIRECTIONS = (
    *("\u202etxt.exe", "a\u202eb\u202cc", "\u2067\u05d0\u2069", "a\u200fb", "\u200ea", "a\u061cb"),
    *("\u0645\u0631\u062d\u0628\u0627 world", "\u05e9\u05dc\u05d5\u05dd (1)", "\u2066\u2066\u2066"),
)
MARKS = (
    *("Z\u0351\u036b\u0343a\u0329\u0355l\u0348g\u0325o\u0310", "\u0301", "e\u0301", "\u00e9"),
    *("\u0e01\u0e33\u0e49", "n\u0303" * 40, "\ud55c\uae00", "\u1112\u1161\u11ab", "\ufdfd"),
)
PICTURES = (
    *("\U0001f469\u200d\U0001f469\u200d\U0001f467", "\U0001f44d\U0001f3fd", "\u2764\ufe0f"),
    *("\U0001f1e9\U0001f1ea", "1\ufe0f\u20e3", "\U0001f3f4\U000e0067\U000e0062\U000e007f"),
    *("\u200d", "\ufe0f", "\U0001f468\U0001f3ff\u200d\U0001f4bb", "\ufffd", "\ufffc"),
)
SCRIPTS = (
    *(
        "\u79c1\u306f\u30ac\u30e9\u30b9\u3092",
        "\uff21\uff22\uff23",
        "\u041f\u0440\u0438\u0432\u0435\u0442",
    ),
    *(
        "\u0928\u092e\u0938\u094d\u0924\u0947",
        "\u03b1\u0313\u0301",
        "\u0130i\u0131I",
        "\u1e9e\u00df",
        "\ufb01",
    ),
    *(
        "\U00020000\U0002a6d6",
        "\U0001d4d0\U0001d7d8",
        "\u2070\u00b9\u2122",
        "\ua9c5\u1242",
        "\u00c5\u212b",
    ),
)
QUOTES = (
    *(
        "'",
        '"',
        "''",
        '""',
        "'\"'",
        "\u201ca\u201d",
        "\u00aba\u00bb",
        "\u300ca\u300d",
        "`a`",
        "\\'",
        '\\"',
    ),
    *(
        "O'Neil",
        'a "b" c',
        "\u2018a\u2019",
        "a\\",
        "\\\\",
        "\\n",
        "a, b; c: d",
        "<a@b.c>",
        "(a (b) c)",
    ),
)
PROGRAMS = (
    *("%n%s%x", "%p" * 20, "{0}", "{name}", "${a}", "$(id)", "`id`", "a;b|c&d", "--help", "-rf"),
    *("'; DROP TABLE issues;--", "1' OR '1'='1", "=1+1", "@SUM(A1)", "+1", "-1", "=cmd|' /C x'!A0"),
    *("../../etc/passwd", "..\\..\\x", "C:\\x", "/dev/null", "CON", "file:///x", "~", "*"),
    *("?", "[a]"),
    *("{{", "}}", "{%", "%}", "{#", "{{ a", "a }}", "{% raw %}", "{{{{", "<%= 1 %>", "<?x ?>"),
    *("None", "null", "undefined", "NaN", "true", "No", "0", "1e9", "-0", "0x1F", "1/0"),
    *("2021-01-31",),
    *("&amp;", "&nbsp;", "&#0;", "&lt;", "&notit;", "&", "a&b=c", "<", ">", "<>", "<b"),
    *("</", "<!", "<!--"),
    *("=?utf-8?q?a?=", "=?utf-8?b?YQ==?=", "a\nBcc: b@example.org", "a\r\nX-Added: 1"),
    *("a\r\n\r\nb",),
    *("=20", "=", ".", "..", "From x", "--=", "a=", "# a", "---", "- a", "1. a", "> a"),
    *("| a |", "a_b_c"),
    *("**a", "*a*", "~~a~~", "$5", "$a$", "$$", "[a](b)", "![a](b)", "[^a]", ":::", "TBD"),
    *("a:b", ": a"),
)
UNFIT = (
    *("\x00", "a\x00b", "\x07", "\x1b[31m", "\x7f", "\x80", "a\x85b", "\x9f", "\ufdd0", "\ufffe"),
    *("\uffff", "\U0001ffff", "\ud800", "\udfffa", "\ue000", "\U000f0000", "\U0010ffff", "\x1fa"),
)  # which no mail may hold
HUGE = (
    *("a" * 5000, "word " * 1000, "\u79c1" * 1000, "\U0001f469" * 500),
    *("https://a.example/" + "b" * 2100,),
    *("a-" * 500, "a." * 500, "(" * 300, "[" * 300, "*" * 300, "`" * 300, "<" * 300, "\\" * 300),
)

STRINGS = (
    *(*SPACES, *DIRECTIONS, *MARKS, *PICTURES, *SCRIPTS, *QUOTES),
    *(*PROGRAMS, *UNFIT, *HUGE),
)
