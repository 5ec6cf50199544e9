"""Medical record numbers and dates of birth: any number and any date, so only the words before it tell."""

import re
from collections.abc import Iterator

from filters.privacy.checksums import calendar_date
from filters.privacy.window import Find, Window

_SIGNS = r"[\s:.,#|*_=(\[–—-]{0,8}"
_NUMBER_WORDS = r"(?:(?:n[°º.]{0,2}|n\.\s?[°ºo]|n\.?º|nr\.?|no\.?|num\.?|number|numero|num[ée]ro|número|id|is|was|es|est|è|of|the|du|de|del|della|la|le|patient|paziente|paciente)[\s:.#|*_–-]{1,4}){0,4}"

_RECORD = re.compile(
    r"(?<![^\W_])(?:"
    # English
    r"m\.?r\.?n\.?|medical\s+record\s+(?:number|no|id|\#)|health\s+record\s+(?:number|no)|chart\s+(?:number|no|\#)"
    r"|(?:hospital|hosp\.?|patient|clinic|unit)\s+(?:record\s+|file\s+)?(?:number|no|id|identifier|\#)|case\s?notes?\s+(?:number|no)"
    # French
    r"|(?:n[°ºo.]{0,2}|num[ée]ro)\s*(?:de\s+|du\s+)?(?:dossier|patient)(?:\s+(?:m[ée]dical|patient|hospitalier|clinique))?"
    r"|dossier(?:\s+(?:m[ée]dical|patient|hospitalier|clinique))?\s+(?:n[°ºo]|num[ée]ro)|(?P<ipp>i\.?p\.?p\.?|n\.?i\.?p\.?)|identifiant\s+(?:du\s+)?patient"
    # Italian
    r"|cartella(?:\s+(?:clinica|sanitaria|ambulatoriale))?|(?:n[°º.]{0,2}|numero)\s*(?:di\s+)?(?:cartella(?:\s+clinica)?|nosologico)|nosologico"
    r"|(?:codice|id|identificativo)\s+(?:del\s+)?paziente"
    # Spanish
    r"|n\.?\s?h\.?\s?c\.?|(?:historia|historial|h\.?ª?)\s+cl[ií]nic[ao]|(?:n[°º.]{0,3}|n[úu]mero)\s*(?:de\s+)?(?:la\s+)?(?:historia|historial|expediente)"
    r"(?:\s+(?:cl[ií]nic[ao]|m[ée]dico))?|expediente\s+(?:cl[ií]nico|m[ée]dico)|(?:id|identificador|c[óo]digo|n[úu]mero)\s+(?:del?\s+)?paciente"
    rf"){_SIGNS}{_NUMBER_WORDS}{_SIGNS}$",
    re.IGNORECASE,
)
_RECORD_NUMBER = re.compile(
    r"(?<![^\W_])(?:[A-Za-z]{1,4}[ -]?)?[0-9]+(?:[-/.][0-9A-Za-z]{1,8}){0,3}(?:[ \u00a0][0-9]{3,4}(?![^\W_])){0,3}[A-Za-z]?(?![^\W_])(?!,[0-9])"
)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_MEASURE = re.compile(
    r"\s{0,2}(?:%|‰|°|[kmµμ]?g|ml|mL|dl|[µμ]l|[ckm]?m|mmhg|ui|iu|u\.i|mmol|kcal|h|min|days|jours|giorni|d[ií]as|years|ans|anni|años|pati|pazi|paci|cases|cas|casi|casos)(?!\w{3})",
    re.IGNORECASE,
)

_MONTHS = (
    r"jan(?:uary|vier|v)?|gen(?:naio)?|ene(?:ro)?|f[ée]v(?:rier|r)?|feb(?:ruary|braio|rero)?|mar(?:ch|s|zo)?|avr(?:il)?|apr(?:il|ile)?|abr(?:il)?"
    r"|mai|may|mag(?:gio)?|mayo|jun(?:e|io)?|juin|giu(?:gno)?|jul(?:y|io)?|juil(?:let|l)?|lug(?:lio)?|aug(?:ust)?|ao[ûu]t|ago(?:sto)?"
    r"|sep(?:t|tember|tembre|tiembre)?|set(?:t|tembre|iembre)?|oct(?:ober|obre|ubre)?|ott(?:obre)?|nov(?:ember|embre|iembre)?|d[ée]c(?:ember|embre)?|dic(?:embre|iembre)?"
)
_DATE = re.compile(
    rf"(?<![^\W_])(?:(?P<a>[0-9]{{1,2}})(?P<sign>\s?[./\-]\s?| )(?P<b>[0-9]{{1,2}})(?P=sign)(?P<y>(?:19|20)[0-9]{{2}}|[0-9]{{2}})"
    rf"|(?P<iy>(?:19|20)[0-9]{{2}})(?P<isign>[-/.])(?P<im>[0-9]{{1,2}})(?P=isign)(?P<id>[0-9]{{1,2}})"
    rf"|[0-9]{{1,2}}(?:er|st|nd|rd|th|[º°])?[\s-]?(?:of\s|de\s)?(?:{_MONTHS})[.,]?[\s-]?(?:de\s|del\s)?(?:19|20)[0-9]{{2}}"
    rf"|(?:{_MONTHS})\.?\s[0-9]{{1,2}}(?:st|nd|rd|th)?,?\s(?:19|20)[0-9]{{2}})(?![^\W_])(?![./-][0-9])",
    re.IGNORECASE,
)
_PLACE = r"(?:[\s,]+(?:in|at|a|à|en|au|nel|ad)(?:\s+[^\W\d_][\w'’.-]*(?:\s*\([A-Za-z]{2,3}\))?){1,5}?,?)?"
_BIRTH = re.compile(
    r"(?<![^\W_])(?:"
    r"(?<!international )(?<!european )(?<!eu )(?:date\s+of\s+birth|birth\s?-?date|birthday)|d\.?\s?o\.?\s?b\.?|date\s+de\s+naissance(?!\s+internationale)|d\.?d\.?n\.?"
    r"|data\s+di\s+nascita|fecha\s+de\s+nacimiento|f(?:ec|echa)?\.?\s?(?:de\s)?nac(?:imiento)?\.?|f\.\s?n\.|d\.\s?n\."
    rf")(?:\s+(?:is|was|of|the|patient|est|du|de|la|le|del|della|paziente|paciente|es|è|era))*{_SIGNS}$"
    rf"|(?<![^\W_])(?:born{_PLACE}(?:\s+on)?(?:\s+the)?|n(?:é|[ée]e|é\s?\(e\)|é[.·]e){_PLACE}\s+le|nat[oa](?:/[ao])?{_PLACE}\s+(?:il|l['’]|in\s+data)"
    rf"|(?:nacid[oa](?:/a|\(a\))?|naci[óo]){_PLACE}\s+(?:el|en\s+fecha)(?:\s+d[íi]a)?)[\s:|]{{0,3}}$"
    r"|(?<![^\W_])N[EÉ](?:\(E\)|E)?\s+LE\s*:?\s*$",
    re.IGNORECASE,
)
_BEFORE = 90  # characters


def record_numbers(window: Window) -> Iterator[Find]:
    """Numbers of four digits at least that follow a name of a medical record; no years, dates or measures."""
    for match in _RECORD_NUMBER.finditer(window.text, window.start, min(len(window.text), window.end + 72)):
        digits = sum(char.isdigit() for char in match[0])
        if (
            digits < 4
            or _YEAR.fullmatch(match[0])
            or _DATE.fullmatch(match[0])
            or _MEASURE.match(window.text, match.end())
        ):
            continue
        named = _RECORD.search(window.text[max(0, match.start() - _BEFORE) : match.start()])
        if named and (digits >= 6 or not named["ipp"]):  # IPP is a class of drugs, too
            yield match.start(), match.end(), "record_number"


def birth_dates(window: Window) -> Iterator[Find]:
    """Full dates since 1900 that follow words of birth; ages, years and dates that bound an age group are none."""
    for match in _DATE.finditer(window.text, window.start, min(len(window.text), window.end + 72)):
        if _exists(match) and _BIRTH.search(window.text[max(0, match.start() - _BEFORE) : match.start()]):
            yield match.start(), match.end(), "birth_date"


def _exists(match: re.Match[str]) -> bool:
    if match["iy"]:
        return calendar_date(int(match["id"]), int(match["im"]), int(match["iy"]))
    if match["a"]:
        first, second, year = int(match["a"]), int(match["b"]), int(match["y"]) + (1900 if len(match["y"]) == 2 else 0)
        return calendar_date(first, second, year) or calendar_date(second, first, year)
    return True
