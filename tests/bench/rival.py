"""One rival at work: ``python rival.py presidio|privacy-masker`` with the Python of a place where it is installed.

Reads ``{"texts": [...]}`` from standard input and writes ``answers`` (for each text ``[[kind, start, end], ...]`` by
our names of kinds), ``seconds`` for all of them after a warm-up, and ``version``. Needs nothing of mailguard.

privacy-masker is taken as it comes without a model, its patterns alone. Presidio ships nothing for Japan, so it is
given the patterns of our kinds here: shape and word, in full width as well, check digits where there are any; its own
recognisers for cards, telephones and mail addresses; spaCy's Japanese tokeniser without a model. Neither gets tables,
towns or names beyond a label and a title of respect, because neither has a layer for them.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import re
import sys
import time
import unicodedata
from collections.abc import Callable
from typing import Any

Answer = list[tuple[str, int, int]]
_MASKER_KINDS = {
    "PHONE_NUMBER": "phone_number", "EMAIL": "email_address", "MY_NUMBER": "my_number", "CREDIT_CARD": "credit_card",
    "DRIVERS_LICENSE": "driver_license", "PASSPORT": "passport", "RESIDENCE_CARD": "residence_card",
    "PENSION_NUMBER": "basic_pension_number", "BANK_ACCOUNT": "bank_account", "PERSON": "person_name",
    "ADDRESS": "postal_address",
}  # fmt: skip
TRIES = {
    "privacy-masker": frozenset(_MASKER_KINDS.values()) - {"person_name", "postal_address"},
    "presidio": frozenset(
        {
            "my_number", "basic_pension_number", "health_insurance", "driver_license", "passport", "residence_card",
            "bank_account", "credit_card", "phone_number", "email_address", "birth_date", "postal_address",
            "person_name", "staff_number", "member_number", "salary", "credential", "employment_insurance",
            "resident_code",
        }
    ),
}  # fmt: skip
"""Kinds each tries to find."""

_DASH = r"[-－ー−‐–— 　]?"
_GAP = r"[^0-9０-９\n]{0,20}\n?[^0-9０-９\n]{0,6}"
_D = "[0-9０-９]"
_PREFECTURES = (
    "北海道|青森県|岩手県|宮城県|秋田県|山形県|福島県|茨城県|栃木県|群馬県|埼玉県|千葉県|東京都|神奈川県|新潟県|富山県|"
    "石川県|福井県|山梨県|長野県|岐阜県|静岡県|愛知県|三重県|滋賀県|京都府|大阪府|兵庫県|奈良県|和歌山県|鳥取県|島根県|"
    "岡山県|広島県|山口県|徳島県|香川県|愛媛県|高知県|福岡県|佐賀県|長崎県|熊本県|大分県|宮崎県|鹿児島県|沖縄県"
)
_DATE = (
    rf"(?:(?:昭和|平成|令和|大正|㍼|㍻|㋿|[SHRTＳＨＲ])\s*{_D}{{1,2}}|{_D}{{4}})\s*[-年./／．・－]\s*{_D}{{1,2}}"
    rf"\s*[-月./／．・－]\s*{_D}{{1,2}}日?|{_D}{{8}}"
)
_YEN = rf"[¥￥]?{_D}[0-9０-９,，]{{2,9}}(?:万{_D}*)?円?|{_D}{{1,4}}(?:[.．]{_D})?万(?:{_D}{{1,4}})?円"
LABELLED: dict[str, tuple[str, str]] = {
    "my_number": ("個人番号|マイナンバー|My Number|Individual Number",
    rf"{_D}{{4}}{_DASH}{_D}{{4}}{_DASH}{_D}{{4}}(?!{_D})"),
    "basic_pension_number": ("年金番号|年金手帳|Pension No", rf"{_D}{{4}}{_DASH}{_D}{{6}}(?!{_D})"),
    "health_insurance": (
        "被保険者証?番号|組合員証番号|保険証番号|健保番号|資格確認書番号|加入者証番号|保険者番号|記号.{0,12}番号|"
        "組合員等番号|insurance No", rf"{_D}{{1,10}}(?!{_D})",
    ),
    "driver_license": ("免許証?番号|免許証の番号|免許証No|license No", rf"{_D}{{12}}(?!{_D})"),
    "passport": ("旅券|パスポート|[Pp]assport", rf"[A-Z]{{2}}{_D}{{7}}(?!{_D})"),
    "residence_card": ("在留カード|永住者証明書|Residence [Cc]ard", rf"[A-Z]{{2}}{_D}{{8}}[A-Z]{{2}}"),
    "bank_account": ("口座|普通|当座|貯蓄|（普）|\\(普\\)|Account", rf"{_D}{{7}}(?!{_D})"),
    "employment_insurance": ("雇用保険|雇保", rf"{_D}{{4}}{_DASH}{_D}{{6}}{_DASH}{_D}(?!{_D})"),
    "resident_code": ("住民票コード|住基コード", rf"{_D}{{11}}(?!{_D})"),
    "birth_date": ("生年月日|誕生日|[Bb]irth|DOB", _DATE),
    "staff_number": (
        "(?:職員|社員|従業員|教職員|行員|スタッフ|パート)(?:番号|No|ＮＯ|№|コード|ID|識別番号)|[Ee]mployee|[Ss]taff",
        rf"[A-ZＡ-Ｚ]{{0,2}}[-－]?{_D}{{1,10}}(?:[-－]{_D}{{1,6}})?(?!{_D})",
    ),
    "member_number": (
        "(?:会員|組合員|加入者|利用者|受講者|患者|メンバー)(?:番号|No|ＮＯ|№|コード|ID|識別番号)|[Mm]ember|Patient",
        rf"[A-ZＡ-Ｚ]{{0,2}}[-－]?{_D}{{1,10}}(?:[-－]{_D}{{1,6}})?(?!{_D})",
    ),
    "salary": (
        "給与|基本給|賞与|月給|年収|手取り|支給額|手当|謝金|報酬|時給|講演料|原稿料|給料|年俸|ボーナス|日当|[Ss]alary|Bonus",
        _YEN,
    ),
    "credential": ("パスワード|暗証番号|認証コード|PIN|PW|ＰＷ|[Pp]assword|パスコード|認証番号|確認コード",
    r"[!-~]{4,20}"),
    "person_name": ("氏名|名前|名義人?|フリガナ", r"[一-龠々〆ヶぁ-んァ-ヶー𠮷]{1,5}[ 　]?[一-龠々ぁ-んァ-ヶー]{1,5}"),
}  # fmt: skip
"""For each kind the words that may stand before a value on its line or the line above, and the value's shape."""
BARE: dict[str, str] = {
    "birth_date": rf"(?:{_DATE})(?=\s*(?:生|生まれ|生れ)(?![徒活産]))",
    "my_number": rf"(?<!{_D})(?<!{_D}[-－]){_D}{{4}}[-－]{_D}{{4}}[-－]{_D}{{4}}(?![-－]?{_D})",
    "residence_card": rf"(?<![A-Za-z0-9])[A-Z]{{2}}{_D}{{8}}[A-Z]{{2}}(?![A-Za-z0-9])",
    "postal_address": rf"(?:{_PREFECTURES})[^\s、。,，()（）]{{1,30}}?[0-9０-９一二三四五六七八九十]+"
    r"(?:(?:丁目|番地?|号|の|[-－ー−‐–—])[0-9０-９一二三四五六七八九十]*)*",
    "person_name": r"[一-龠々]{1,4}[ 　]?[一-龠々ぁ-んァ-ヶ]{1,4}(?=[ 　]?(?:様|さん|殿|氏|先生))",
}
"""Shapes that are taken without a word before them."""


def _digits(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKC", text) if one.isdigit())


def _is_my_number(text: str) -> bool:
    number = _digits(text)
    total = sum(int(d) * (n + 1 if n <= 6 else n - 5) for n, d in enumerate(reversed(number[:11]), 1))
    rest = total % 11
    return int(number[11]) == (0 if rest <= 1 else 11 - rest)


def _is_licence(text: str) -> bool:
    number = _digits(text)
    total = sum(int(d) * w for d, w in zip(number[:10], (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True))
    return int(number[10]) == (11 - total % 11) % 10


CHECKS: dict[str, Callable[[str], bool]] = {"my_number": _is_my_number, "driver_license": _is_licence}


def presidio() -> Callable[[str], Answer]:
    """Presidio's analyzer with a blank Japanese tokeniser, those of its recognisers that fit, and our patterns."""
    analyzer = importlib.import_module("presidio_analyzer")
    engines = importlib.import_module("presidio_analyzer.nlp_engine")
    shipped = importlib.import_module("presidio_analyzer.predefined_recognizers")
    spacy = importlib.import_module("spacy")
    engine: Any = engines.SpacyNlpEngine(models=[{"lang_code": "ja", "model_name": "blank"}])
    engine.nlp = {"ja": spacy.blank("ja")}
    registry: Any = analyzer.RecognizerRegistry(supported_languages=["ja"])
    registry.recognizers = []
    registry.add_recognizer(shipped.CreditCardRecognizer(supported_language="ja"))
    registry.add_recognizer(shipped.EmailRecognizer(supported_language="ja"))
    registry.add_recognizer(shipped.PhoneRecognizer(supported_language="ja", supported_regions=["JP"]))
    for kind in {**LABELLED, **BARE}:
        patterns = []
        if kind in LABELLED:
            words, shape = LABELLED[kind]
            gap = r"[^0-9０-９A-Za-z\n]{0,12}\n?[^0-9０-９A-Za-z\n]{0,4}" if kind == "credential" else _GAP
            gap = r"[：:　 \t\n]{1,3}" if kind == "person_name" else gap
            patterns.append(analyzer.Pattern(f"{kind} labelled", rf"(?<=(?:{words}){gap})(?<!{_D})(?:{shape})", 0.85))
        if kind in BARE:
            patterns.append(analyzer.Pattern(f"{kind} bare", BARE[kind], 0.6))
        registry.add_recognizer(_recogniser(analyzer, kind, patterns))
    made: Any = analyzer.AnalyzerEngine(nlp_engine=engine, registry=registry, supported_languages=["ja"])
    names = {"CREDIT_CARD": "credit_card", "EMAIL_ADDRESS": "email_address", "PHONE_NUMBER": "phone_number"}

    def find(text: str) -> Answer:
        results = made.analyze(text, language="ja", score_threshold=0.4)
        return [(names.get(one.entity_type, one.entity_type), one.start, one.end) for one in results]

    return find


def _recogniser(analyzer: Any, kind: str, patterns: list[Any]) -> Any:
    """A recogniser of patterns that drops what has a wrong check digit."""
    made = analyzer.PatternRecognizer(
        supported_entity=kind, patterns=patterns, supported_language="ja", global_regex_flags=re.MULTILINE
    )
    if kind in CHECKS:
        check = CHECKS[kind]
        made.validate_result = lambda text: None if check(text) else False
    return made


def privacy_masker() -> Callable[[str], Answer]:
    """privacy-masker's own engine with its Japanese patterns."""
    module = importlib.import_module("privacy_masker")
    detectors = importlib.import_module("privacy_masker.detectors")
    engine: Any = module.PrivacyEngine(
        detectors=[detectors.RegexDetector.default_ja()], policy=module.Policy.preset("llm_input")
    )

    def find(text: str) -> Answer:
        found = engine.detect(text)
        return [
            (_MASKER_KINDS[one.entity_type], one.start, one.end) for one in found if one.entity_type in _MASKER_KINDS
        ]

    return find


RIVALS: dict[str, tuple[str, Callable[[], Callable[[str], Answer]]]] = {
    "presidio": ("presidio-analyzer", presidio),
    "privacy-masker": ("privacy-masker", privacy_masker),
}
"""For each its package and what makes it."""


def main() -> int:
    """Answer one request."""
    package, make = RIVALS[sys.argv[1]]
    texts = json.load(sys.stdin)["texts"]
    find = make()
    for text in texts[:50]:
        find(text)
    began = time.perf_counter()
    answers = [find(text) for text in texts]
    seconds = time.perf_counter() - began
    version = importlib.metadata.version(package)
    json.dump({"answers": answers, "seconds": seconds, "version": version}, sys.stdout, ensure_ascii=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
