"""Words that say what a number is, in four languages, as patterns over the words before (or just after) it.

They are matched on `window.plain` text: lower case, no accents, no signs, so that "D.N.I." is `d n i`.
"""

import re

_PHRASES = {
    "es_dni": (
        "dni|d n i|nif|n i f|documento nacional|documento de identidad|carnet de identidad|identidad|identificacion",
        "spanish id|identity card|national id|id card|carte d identite|carta d identita|documento d identita",
    ),
    "es_nie": ("nie|n i e|extranjero|extranjeros|extranjera|residencia|nif|n i f|dni|d n i|identidad|identificacion",),
    "es_nss": (
        "nss|n s s|naf|nuss|n u s s|seguridad social|afiliacion|numero de afiliado",
        "spanish social security|social security|securite sociale|previdenza sociale",
    ),
    "fr_nir": (
        "nir|n i r|insee|securite sociale|secu|s s|no ss|n ss|carte vitale|vitale|assure|immatriculation|matricule",
        "french social security|social security|numero di sicurezza sociale|seguridad social francesa",
    ),
    "fr_rpps": ("rpps|r p p s|repertoire partage|idnps|numero professionnel|identifiant professionnel",),
    "uk_nhs": ("nhs|n h s|national health service|health service number",),
    "us_ssn": (
        "ssn|s s n|social security|soc sec|ss no|ss number|numero de seguridad social|seguro social",
        "securite sociale americain|securite sociale americaine|sicurezza sociale|previdenza sociale",
    ),
    "uk_nino": ("nino|national insurance|ni number|ni no|n i number|nat ins",),
    "card": (
        "card|visa|mastercard|amex|american express|maestro|diners|credit|debit|carte|cb|carte bancaire",
        "carta|carta di credito|bancomat|tarjeta|tarjeta de credito|credito",
    ),
    "ip": (
        "ip|ipv4|ipv6|ip address|host|hostname|server|serveur|servidor|dns|gateway|subnet|ping|localhost",
        "adresse ip|indirizzo ip|direccion ip",
    ),
    "phone": (
        "tel|tels|telephone|telephones|telephoning|phone|phones|fax|hotline|helpline|pager|whatsapp|sms|mobile phone",
        "telecopie|numero vert|numero d appel|telefono|telefoni|cellulare|cellulari|numero verde|recapito telefonico",
        "telf|tlf|tfno|tfn|tfno|telefonos|movil|telefonica|telefonico",
    ),
}
CONTEXT = {kind: re.compile(f" (?:{'|'.join(phrases)}) ") for kind, phrases in _PHRASES.items()}
# The first words of the phrases: where none of them stands, no context does, and this is quicker to find out.
HINTS = {
    kind: frozenset(phrase.split()[0] for group in phrases for phrase in group.split("|"))
    for kind, phrases in _PHRASES.items()
}

# Words that must stand right before the number, with nothing but a few small words between: alone they mean too much.
_CALLS = (
    "cell|cel|mobile|mob|ph|t|call|calling|dial|ring|text|contact|portable|port|appeler|appelez|joindre|contacter|contactez"
    "|chiamare|chiami|chiamando|contattare|llame|llamar|llamando|marque|contacte|contacto"
)
CALL = re.compile(
    rf" (?:{_CALLS})"
    r"(?: (?:us|me|him|her|on|at|no|n|number|the|to|au|le|nous|numero|vert|il|al|allo|ci|lo|la|el|nos))* $"
)
DIALLED = HINTS["phone"] | frozenset(_CALLS.split("|"))

# What the number is instead: the code of a thing.
THING = re.compile(
    r" (?:lot|lots|lote|lotes|lotto|lotti|batch|serial|serie|sn|ref|reference|referencia|riferimento|cat|catalog"
    r"|catalogue|gtin|ean|upc|udi|isbn|issn|imei|ndc|pzn|aic|cip|cip7|cip13|ucd|nct|eudract|pmid|pmcid|doi|cas|orcid"
    r"|barcode|code barre|codigo|codice a barre|protocol|protocole|protocollo|protocolo|registro|accession|model|modele)"
    r"(?: (?:no|n|o|nr|num|number|numero|de|di|du|code|id|and|e|y|et))* $"
)
# Dotted numbers that are no addresses.
NUMBERING = re.compile(
    r" (?:v|ver|version|versione|versions|release|build|section|sections|rubrique|rubriques|sezione|paragrafo|seccion"
    r"|apartado|chapter|chapitre|capitolo|capitulo|annex|annexe|allegato|anexo|ec|oid|table|figure|firmware|software)"
    r"(?: (?:no|n|number|numero))* $"
)

AUTHOR = re.compile(
    r" (?:corresponding author|corresponding authors|correspondence|author for correspondence|electronic address"
    r"|reprint|reprints|reprint requests|address for reprints|author affiliation|author affiliations|author details"
    r"|auteur correspondant|auteur pour correspondance|auteur de correspondance|correspondance|tires a part"
    r"|autore corrispondente|autore per la corrispondenza|corrispondenza|indirizzo per la corrispondenza"
    r"|autor de correspondencia|autora de correspondencia|autor para correspondencia|correspondencia) "
)
AFFILIATION = re.compile(
    r" (?:university|department|dept|institute|hospital|faculty|school|division|centre|center|laboratory|clinic|email"
    r"|e mail|mail|universite|departement|institut|hopital|service|faculte|laboratoire|chu|universita|dipartimento"
    r"|istituto|ospedale|facolta|laboratorio|clinica|universidad|departamento|instituto|facultad|correo) "
)
