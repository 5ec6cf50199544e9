"""Words before a medical record number or a date of birth, by language, as fragments of patterns.

A blank stands for white space. Plurals are left out on purpose: "children born before 1 January 2010" bounds an age
group.
"""

RECORD = {
    "en": (
        r"m\.?r\.?n\.?",
        r"(?:medical|health|clinical) record (?:number|no|id)",
        r"(?:hospital|hosp\.?|patient|pt\.?|clinic|unit|chart)(?: record| file)? (?:number|no|id|identifier)",
        r"case ?notes? (?:number|no)",
    ),
    "fr": (
        r"(?:n[°º]|n[or]\.?|num[ée]ro) ?(?:de |du )?(?:dossier|patient)"
        r"(?: m[ée]dical| patient| hospitalier| clinique)?",
        r"dossier(?: m[ée]dical| patient| hospitalier| clinique)? (?:n[°ºor]|num[ée]ro)",
        r"identifiant (?:du )?patient",
        r"dossier(?= ?:)",
        r"n\.?d\.?a\.?",  # numéro de dossier administratif
        r"(?P<drug_class>i\.?p\.?p\.?)",  # identifiant permanent du patient; also inhibiteurs de la pompe à protons
        r"(?P<short>n\.?i\.?p\.?)",
    ),
    "it": (
        r"cartella(?: clinica| sanitaria| ambulatoriale)?",
        r"(?:n[°º.]|nr\.?|numero) ?(?:di )?(?:cartella(?: clinica)?|nosologico)",
        r"nosologico",
        r"(?:codice|cod\.?|id|identificativo) (?:del )?paziente",
    ),
    "es": (
        r"n\.?h\.?c\.?",
        r"(?:n[°º]|n\.?[°ºo]) ?h\.?c\.?|h\.?c\.?(?= ?:)",
        r"(?:historia|historial|h\.?ª?) cl[ií]nic[ao]",
        r"(?:n[°º]|n\.?[°ºo]|n[úu]mero) ?(?:de )?(?:la )?(?:historia|historial)(?: cl[ií]nic[ao]| m[ée]dic[ao])?",
        r"expediente (?:cl[ií]nico|m[ée]dico)",
        r"(?:id|identificador|c[óo]digo|n[úu]mero) (?:del? )?paciente",
    ),
}

# Small words between the name and the number.
BETWEEN = (
    "n[°º.]", r"n\. ?[°ºo]", r"n\.?º", r"nr?\.?", r"no\.?", r"num\.?", "number", "numero", "num[ée]ro", "número", "id",
    "is", "was", "es", "est", "è", "of", "the", "du", "de", "del", "della", "la", "le", "patient", "paziente",
    "paciente",
)  # fmt: skip

BIRTH_NOUNS = {
    # A medicine's international birth date is that of its first authorisation.
    "en": (
        r"(?<!international\x20)(?<!european\x20)(?<!eu\x20)birth ?-?date",
        "date of birth",
        "birthday",
        r"d\.?o\.?b\.?",
    ),
    "fr": ("(?:date )?(?:de )?naissance", r"d\.?d\.?n\.?"),
    "it": ("data (?:di )?nascita", r"d\.n\."),
    "es": ("(?:fecha )?(?:de )?nacimiento", r"f(?:ec|echa)?\.? ?(?:de )?nac(?:imiento)?\.?", r"f\.n\."),
}

# (the participle, in the singular; what stands before the date).
BIRTH_VERBS = {
    "en": (r"born", r"(?: on)?(?: the)?"),
    "fr": (r"n(?:ée?|ee|é ?\(e\)|é[.·]e)", r" le(?: (?:lun|mar|mercre|jeu|vendre|same)di)?"),
    "it": (r"nat(?:[oa]|o/a)", r" (?:il|l['’]|in data)"),
    "es": (r"(?:nacid(?:[oa]|o/a|o\(a\))|naci[óo])", r" (?:el|en fecha)(?: d[íi]a)?"),
}
PLACES = ("in", "at", "a", "à", "en", "au", "nel", "ad")  # born in London on ...

MONTHS = {
    "en": r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?",
    "fr": r"janv(?:ier)?|f[ée]v(?:r(?:ier)?)?|mars|avr(?:il)?|mai|juin|juil(?:let)?|ao[ûu]t|septembre|octobre"
    r"|novembre|d[ée]c(?:embre)?",
    "it": r"gen(?:naio)?|febbraio|marzo|aprile|mag(?:gio)?|giu(?:gno)?|lug(?:lio)?|ago(?:sto)?|set(?:t(?:embre)?)?"
    r"|ott(?:obre)?|dic(?:embre)?",
    "es": r"ene(?:ro)?|febrero|abr(?:il)?|mayo|junio|julio|agosto|se[pt]+iembre|octubre|noviembre|diciembre",
}

# What makes of a number an amount: units, and things that are counted.
MEASURES = (
    r"[%‰°]|[kmµμnp]?g|[mdcµμ]?l|[cmkµμ]?m|mmhg|i\.?u|u\.?i|m?mol|kcal|h|min|days?|weeks?|months?|years?|jours?|semaines?"
    r"|mois|ans?|giorni|settimane|mesi|ann[oi]|d[ií]as|semanas|meses|años?|patients?|pazienti|pacientes|cas[eios]*|cases?"
)
