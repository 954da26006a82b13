"""What a name comes down to when it is compared: Latin letters, no accents, no legal form, words in any order.

Pure: no Django. Scripts are written in Latin letters by the `anyascii` tables, letter by letter, so that "Ромашка" and
"Romashka" meet. Legal forms of the original script go before that, because their transcription means nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from anyascii import anyascii

# Forms that are part of the word in front of or behind them, in scripts that set no spaces.
_JOINED_FORMS: Final = re.compile(
    "股份有限公司|有限责任公司|有限責任公司|有限公司|集团|集團|公司|株式会社|有限会社|合同会社|合資会社|㈱|"
    r"주식회사|유한회사|㈜|\(株\)|\(주\)|จำกัด|บริษัท|ש\.מ|בע״מ|ش\.م\.م|ش\.م\.ع|ذ\.م\.م|"
    r'בע"מ'
)

# One form a line, as it reads in Latin letters without dots; many are abbreviations whose letters stand apart.
_FORMS_BY_PLACE: Final = {
    "Germany, Austria, Switzerland": "gmbh|ggmbh|mbh|ag|kg|kgaa|ohg|og|ug|gbr|eg|ek|ev|se|"
    "gesellschaft mit beschrankter haftung|aktiengesellschaft|kommanditgesellschaft|haftungsbeschrankt|genossenschaft",
    "English": "ltd|limited|llc|llp|lp|inc|incorporated|corp|corporation|co|company|plc|pllc|pc|cic|pty|pte|pvt|"
    "private|unlimited|dac|gp",
    "France, Belgium, Luxembourg": "sa|sas|sasu|sarl|eurl|snc|sci|scs|sca|scop|sprl|srl|societe anonyme|"
    "societe a responsabilite limitee|asbl",
    "Netherlands": "bv|nv|vof|cv|besloten vennootschap|naamloze vennootschap",
    "Italy": "spa|srl|srls|sapa|sas|snc|scarl|societa per azioni|societa a responsabilita limitata",
    "Spain, Latin America": "sa|sl|slu|sau|slne|srl|scoop|sa de cv|s de rl|s de rl de cv|sapi de cv|eirl|sac|saa|spa|"
    "ltda|limitada|sas|sociedad anonima|sociedad limitada",
    "Portugal, Brazil": "lda|ltda|sa|sgps|eireli|epp|mei|sociedade anonima",
    "Nordic": "as|asa|ans|da|ab|hb|kb|oy|oyj|ky|aps|ivs|a s|hf|ehf|aktiebolag|aktieselskab|osakeyhtio",
    "Poland": "sp z oo|sp z o o|spzoo|spolka z oo|spolka z ograniczona odpowiedzialnoscia|sp j|sp k|spolka akcyjna",
    "Czechia, Slovakia": "sro|s r o|spol s r o|spol s ro|as|vos|ks",
    "Hungary": "kft|zrt|nyrt|bt|kkt|rt",
    "Romania, Moldova": "srl|sa|sc|pfa",
    "South Slavic": "doo|dd|jdoo|ad|ood|eood|ead|doel",
    "Baltic": "uab|ab|mb|sia|as|ou",
    "Greece, Cyprus, Turkey": "ae|epe|ike|oe|as|ltd sti|limited sirketi|anonim sirketi",
    "Russian, Ukrainian, Belarusian, Kazakh": "ooo|oao|zao|pao|ao|ip|tov|tzov|prat|pat|fop|odo|tdv|"
    "obshchestvo s ogranichennoy otvetstvennostyu|aktsionernoe obshchestvo",
    "Asia": "kk|gk|yk|kabushiki kaisha|co ltd|sdn bhd|bhd|pt|tbk|cv|jsc|pjsc|cjsc|ojsc|wll|fze|fzco|fzc|fz|dmcc|"
    "pvt ltd|private limited|pcl|psc|saog|bsc",
}  # fmt: skip
FORMS: Final = frozenset(tuple(form.split()) for forms in _FORMS_BY_PLACE.values() for form in forms.split("|"))
_LONGEST: Final = max(len(form) for form in FORMS)
# Only these may stand in front of the name: "AS" or "Co" there is a word of it.
_FRONT_FORMS: Final = (
    "ooo|too|oao|zao|pao|ao|ip|tov|tzov|prat|pat|fop|odo|pt|cv|uab|sia|ab|sc|jsc|"
    "obshchestvo s ogranichennoy otvetstvennostyu|aktsionernoe obshchestvo"
)
_IN_FRONT: Final = frozenset(tuple(form.split()) for form in _FRONT_FORMS.split("|"))
# Words that name nothing.
_FILLING: Final = (
    "the and of at in on a an und der die das dem den et le la les du de des el los las y e il lo gli di da del della "
    "och og i ja van het een do dos"
)
_FILLERS: Final = frozenset(_FILLING.split())
_GENERAL_WORDS: Final = (
    "group holding holdings international global company companies services service solutions systems technologies "
    "technology tech industries industrial trading enterprise enterprises partners consulting media studio studios "
    "restaurant cafe hotel bar grill room house shop store center centre association foundation institute university "
    "school bank insurance logistics energy foods food health gruppe gesellschaft handel kompaniya gruppa"
)
# What many names share says little about one of them.
GENERAL: Final = frozenset(_GENERAL_WORDS.split())


@lru_cache(maxsize=65536)
def words(name: str) -> tuple[str, ...]:
    """The words of a name in Latin letters, legal form and fillers left out, never all of them.

    >>> words("ООО «Ромашка»"), words("The Müller Group GmbH & Co. KG")
    (('romashka',), ('muller', 'group'))
    """
    latin = plain(_JOINED_FORMS.sub(" ", name))
    every = tuple(latin.split()) or tuple(plain(name).split())
    kept = _without_forms(every)
    return tuple(word for word in kept if word not in _FILLERS) or kept


@lru_cache(maxsize=65536)
def plain(text: str) -> str:
    """Lower case, Latin letters and digits, single spaces. Letters of an abbreviation come together: S.p.A. is spa."""
    latin = anyascii(text).casefold().replace("&", " and ")
    latin = re.sub(r"\b(?:[a-z]\.\s?){2,}(?:[a-z]\b)?", lambda found: re.sub(r"[.\s]", "", found[0]) + " ", latin)
    latin = re.sub(r"[’'`\"]", "", latin)
    # One spelling of umlauts: Mueller and Müller.
    latin = re.sub(r"(?<=[a-z])([aou])e(?=[a-z])", r"\1", latin)
    return " ".join(re.sub(r"[^a-z0-9]+", " ", latin).split())


def _without_forms(every: tuple[str, ...]) -> tuple[str, ...]:
    kept = every
    while True:
        shorter = _shorter(kept)
        if not shorter:
            return kept
        kept = shorter


def _shorter(kept: tuple[str, ...]) -> tuple[str, ...]:
    """The words without one more form at either end; empty where there is none, or nothing else would be left."""
    for length in range(min(_LONGEST, len(kept) - 1), 0, -1):
        if kept[-length:] in FORMS:
            return kept[:-length]
        if kept[:length] in _IN_FRONT:
            return kept[length:]
    return kept[:-1] if len(kept) > 1 and kept[-1] == "and" else ()


def squeezed(parts: tuple[str, ...]) -> str:
    """The words in alphabetical order without spaces: "bel air hotel" and "hotel bel-air" are one."""
    return "".join(sorted(parts))
