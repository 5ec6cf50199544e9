"""Sections of medicines' product information: the headings of the QRD template, which every language numbers alike.

Template: https://www.ema.europa.eu/en/human-regulatory-overview/marketing-authorisation/product-information-requirements
(summary of product characteristics 1 to 10, package leaflet 1 to 6). The numbers make the sections of one product align
across languages, and let a corpus be cut at them.
"""

import re

# Section number -> words by which its heading is known in English, French, Italian and Spanish.
_SUMMARY = {
    "1": r"name of the medicinal product|d[ée]nomination du m[ée]dicament|denominazione del medicinale|nombre del medicamento",
    "2": r"qualitative and quantitative|composition qualitative|composizione qualitativa|composici[óo]n cualitativa",
    "3": r"pharmaceutical form|forme pharmaceutique|forma farmac[eé]utica",
    "4": r"clinical particulars|(?:informations|donn[ée]es) cliniques|informazioni cliniche|datos cl[íi]nicos",
    "4.1": r"therapeutic indications|indications th[ée]rapeutiques|indicazioni terapeutiche|indicaciones terap[ée]uticas",
    "4.2": r"posology|posologie|posologia|posolog[íi]a",
    "4.3": r"contraindications|contre-indications|controindicazioni|contraindicaciones",
    "4.4": r"special warnings|mises en garde|avvertenze speciali|advertencias y precauciones",
    "4.5": r"interaction|interazioni|interacci[óo]n",
    "4.6": r"fertility|pregnancy|f[ée]condit[ée]|fertilit[ée]|grossesse|fertilit[àa]|gravidanza|fertilidad|embarazo",
    "4.7": r"effects on ability to drive|effets sur l.aptitude|effetti sulla capacit[àa]|efectos sobre la capacidad",
    "4.8": r"undesirable effects|effets ind[ée]sirables|effetti indesiderati|reacciones adversas",
    "4.9": r"overdose|surdosage|sovradosaggio|sobredosis",
    "5": r"pharmacological properties|propri[ée]t[ée]s pharmacologiques|propriet[àa] farmacologiche|propiedades farmacol[óo]gicas",
    "5.1": r"pharmacodynamic|pharmacodynamiques|farmacodinamiche|farmacodin[áa]micas",
    "5.2": r"pharmacokinetic|pharmacocin[ée]tiques|farmacocinetiche|farmacocin[ée]ticas",
    "5.3": r"preclinical safety|s[ée]curit[ée] pr[ée]clinique|preclinici di sicurezza|precl[íi]nicos sobre seguridad",
    "6": r"pharmaceutical particulars|donn[ée]es pharmaceutiques|informazioni farmaceutiche|datos farmac[ée]uticos",
    "6.1": r"list of excipients|liste des excipients|elenco degli eccipienti|lista de excipientes",
    "6.2": r"incompatibilities|incompatibilit[ée]s|incompatibilit[àa]|incompatibilidades",
    "6.3": r"shelf life|dur[ée]e de conservation|periodo di validit[àa]|periodo de validez",
    "6.4": r"special precautions for storage|pr[ée]cautions particuli[èe]res de conservation|precauzioni particolari per la "
    r"conservazione|precauciones especiales de conservaci[óo]n",
    "6.5": r"nature and contents|nature et contenu|natura e contenuto|naturaleza y contenido",
    "6.6": r"special precautions for disposal|pr[ée]cautions particuli[èe]res d.[ée]limination|precauzioni particolari per lo "
    r"smaltimento|precauciones especiales de eliminaci[óo]n",
    "7": r"marketing authorisation holder|titulaire de l.autorisation|titolare dell.autorizzazione|titular de la autorizaci[óo]n",
    "8": r"marketing authorisation number|num[ée]ro.{0,4} d.autorisation|numero.{0,6} dell.autorizzazione|n[úu]mero.{0,6} de autorizaci[óo]n",
    "9": r"date of first authorisation|date de premi[èe]re autorisation|data della prima autorizzazione|fecha de la primera autorizaci[óo]n",
    "10": r"date of revision|date de mise [àa] jour|data di revisione|fecha de la revisi[óo]n",
}  # fmt: skip
_LEAFLET = {
    "1": r"what .{1,60} is and what it is used for|qu.est-ce que .{1,80}|(?:che )?cos.[èe] .{1,80} serve|qu[ée] es .{1,80} utiliza",
    "2": r"what you need to know before|informations [àa] conna[îi]tre avant|cosa deve sapere prima|qu[ée] necesita saber antes",
    "3": r"how to (?:take|use)|comment (?:prendre|utiliser)|come (?:prendere|usare)|c[óo]mo (?:tomar|usar)",
    "4": r"possible side effects|(?:quels sont les )?effets ind[ée]sirables|possibili effetti indesiderati|posibles efectos adversos",
    "5": r"how to store|comment conserver|come conservare|conservaci[óo]n",
    "6": r"contents of the pack|contenu de l.emballage|contenuto della confezione|contenido del envase",
}  # fmt: skip
_NUMBERED = re.compile(r"^(?:#{1,6}\s*)?(?:\*\*)?(\d{1,2}(?:\.\d)?)\.?\s+([^\n|]{3,160}?)(?:\*\*)?\s*$", re.M)
_KNOWN = [{number: re.compile(words, re.I) for number, words in template.items()} for template in (_SUMMARY, _LEAFLET)]


def mark_sections(text: str) -> str:
    """The text with its QRD headings as Markdown headings: `## 4 ...` and `### 4.2 ...`; nothing else is changed.

    A line is a heading when it begins with a number of the template and holds the words of that section in one of the
    four languages.
    """
    return _NUMBERED.sub(_as_heading, text)


def _as_heading(match: re.Match) -> str:
    number, words = match[1], match[2]
    if any(number in template and template[number].search(words) for template in _KNOWN):
        return f"\n{'###' if '.' in number else '##'} {number} {words.strip()}\n"
    return match[0]
