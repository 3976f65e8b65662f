"""Write templates/example/subscribers.csv: 500 invented people for trying out the import.

The same file on every run. Names come from many scripts, a few cells need quoting, some first names
are missing; the addresses are ASCII and lie in the domains that RFC 2606 reserves for examples.
"""

from __future__ import annotations

import argparse
import csv
import io
from datetime import date, timedelta
from pathlib import Path

ROWS = 500
HEADER = ("email", "first_name", "last_name", "country", "joined", "consent")
FIRST_DAY, DAYS = date(2019, 11, 1), 335  # the last day is 30 September 2020
SOURCES = ("web form", "web form", "conference stand", "paper form", "reader survey", "web form")
DOMAINS = (
    "example.org",
    "example.com",
    "example.net",
    "lists.example.org",
    "mail.example.com",
    "uni.example.net",
    "lab.example.org",
    "office.example.com",
)

# country | first names, each with its ASCII form | last names, each with its ASCII form
PEOPLE = """
DE | Jürgen juergen; Käthe kaethe; Anneliese anneliese | Müller mueller; Groß gross; Weiß weiss
FR | Élodie elodie; François francois; Zoé zoe | Lefèvre lefevre; Bézier bezier; D'Arcy darcy
PL | Łukasz lukasz; Małgorzata malgorzata; Zbigniew zbigniew | Wójcik wojcik; Żak zak; Dąbek dabek
CZ | Jiří jiri; Božena bozena; Zdeněk zdenek | Dvořák dvorak; Říha riha; Šťastná stastna
TR | İpek ipek; Çağlar caglar; Gülşen gulsen | Yıldız yildiz; Öztürk ozturk; Şahin sahin
IS | Þóra thora; Björk bjork; Ásgeir asgeir | Jónsdóttir jonsdottir; Þórsson thorsson
VN | Nguyệt nguyet; Đức duc; Thảo thao | Trần tran; Phạm pham; Đặng dang
IE | Siobhán siobhan; Oisín oisin; Niamh niamh | O'Brien obrien; Ó Dálaigh odalaigh; O'Neill oneill
PT | Conceição conceicao; João joao; Antónia antonia | Gonçalves goncalves; Simões simoes; Sá sa
SE | Åsa asa; Göran goran; Märta marta | Sjöberg sjoberg; Ängström angstrom; Öberg oberg
RU | Анна anna; Дмитрий dmitry; Ольга olga | Кузнецова kuznetsova; Ёлкин yolkin; Щукина shchukina
UA | Олексій oleksii; Ганна hanna; Їжак yizhak | Шевчук shevchuk; Ґалаґан galagan; Ющенко yushchenko
GR | Ελένη eleni; Γιώργος giorgos; Χρήστος christos | Παππάς pappas; Ωνάσης onasis; Ξένου xenou
EG | ليلى layla; عمر omar; نور nour | حسن hassan; المصري elmasry; عبد الله abdallah
IL | נועה noa; יוסף yosef; תמר tamar | כהן cohen; לוי levi; בן-דוד bendavid
IR | پریسا parisa; کاوه kaveh; ژاله zhaleh | رضایی rezaei; کیانی kiani; گلزار golzar
CN | 伟 wei; 秀英 xiuying; 静 jing | 王 wang; 李 li; 欧阳 ouyang
JP | さくら sakura; 健太 kenta; ユキ yuki | 佐藤 sato; 鈴木 suzuki; 髙橋 takahashi
KR | 지우 jiwoo; 민준 minjun; 서연 seoyeon | 김 kim; 이 lee; 박 park
IN | आरव aarav; प्रिया priya; ज्योति jyoti | शर्मा sharma; पटेल patel; कृष्णन krishnan
TH | สมชาย somchai; กานดา kanda; ณัฐ nat | ศรีสุข srisuk; ใจดี jaidee; แก้ว kaew
GE | ნინო nino; გიორგი giorgi; ქეთევან ketevan | ბერიძე beridze; კაპანაძე kapanadze
AM | Անի ani; Հայկ hayk; Նարե nare | Պետրոսյան petrosyan; Սարգսյան sargsyan
ET | አበበ abebe; ሰላም selam; ሄኖክ henok | ተስፋዬ tesfaye; በቀለ bekele
US | Mary Ann maryann; Jean-Luc jeanluc; Zo zo | Reyes, Jr. reyes; Smith-Jones smithjones; Ng ng
"""

Name = tuple[str, str]
Person = tuple[str, list[Name], list[Name]]


def people() -> list[Person]:
    """PEOPLE as (country, first names, last names), each name with its ASCII form."""

    def names(cell: str) -> list[Name]:
        pairs = (part.strip().rpartition(" ") for part in cell.split(";"))
        return [(written, ascii_form) for written, _, ascii_form in pairs]

    rows = (line.split(" | ") for line in PEOPLE.strip().splitlines())
    return [(country, names(first), names(last)) for country, first, last in rows]


def address(first: str, last: str, lap: int) -> str:
    """One of several usual shapes; `lap` keeps namesakes apart."""
    local = (f"{first}.{last}", f"{first[:1]}.{last}{lap}", f"{last}{lap}", f"{first}+digest{lap}")
    return f"{local[lap % 4 if first else 2]}@{DOMAINS[lap % len(DOMAINS)]}"


def row(number: int, person: Person) -> tuple[str, ...]:
    country, firsts, lasts = person
    lap = number // 25
    first, first_ascii = firsts[lap % len(firsts)]
    last, last_ascii = lasts[(lap // len(firsts)) % len(lasts)]
    if number % 41 == 7:  # some people give no first name
        first = first_ascii = ""
    joined = FIRST_DAY + timedelta(days=number * 37 % DAYS)
    consent = f"{SOURCES[number % len(SOURCES)]}, {joined}"
    mail = address(first_ascii, last_ascii, lap)
    return mail, first, last, country, joined.isoformat(), consent


def sample() -> str:
    everyone = people()
    rows = [row(number, everyone[number % len(everyone)]) for number in range(ROWS)]
    if len({mail for mail, *_ in rows}) != ROWS:
        raise ValueError("two people share an address: give PEOPLE different ASCII forms")
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([HEADER, *rows])
    return text.getvalue()


def main() -> None:
    target = Path(__file__).resolve().parents[1] / "templates" / "example" / "subscribers.csv"
    parser = argparse.ArgumentParser(description="Write the example's list of subscribers.")
    parser.add_argument("--out", type=Path, default=target, help="file to write")
    out: Path = parser.parse_args().out
    out.write_text(sample(), encoding="utf-8", newline="")


if __name__ == "__main__":
    main()
