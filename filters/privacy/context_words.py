"""Words that say what a number is, by kind and language, in the form of `window.plain`: "D.N.I." is `d n i`."""

ANNOUNCED = {
    "es_dni": {
        "en": ("spanish id", "identity card", "national id", "id card"),
        "fr": ("carte d identite", "piece d identite"),
        "it": ("carta d identita", "documento d identita"),
        "es": ("dni", "d n i", "nif", "n i f", "documento nacional", "documento de identidad", "carnet de identidad",
               "identidad", "identificacion"),
    },
    "es_nie": {
        "en": ("foreigner identity number",),
        "es": ("nie", "n i e", "extranjero", "extranjera", "extranjeros", "residencia", "dni", "d n i", "nif", "n i f",
               "identidad", "identificacion"),
    },
    "es_nss": {
        "en": ("social security",),
        "fr": ("securite sociale",),
        "it": ("previdenza sociale", "sicurezza sociale"),
        "es": ("nss", "n s s", "ss", "s s", "naf", "nuss", "n u s s", "seguridad social", "afiliacion",
               "numero de afiliado"),
    },
    "fr_nir": {
        "en": ("social security",),
        "fr": ("nir", "n i r", "insee", "securite sociale", "secu", "s s", "no ss", "n ss", "carte vitale", "assure",
               "assuree", "immatriculation", "immatricule", "matricule"),
        "it": ("sicurezza sociale", "previdenza sociale"),
        "es": ("seguridad social",),
    },
    "fr_rpps": {
        "fr": ("rpps", "r p p s", "repertoire partage", "idnps", "numero professionnel", "identifiant professionnel"),
    },
    "uk_nhs": {
        "en": ("nhs", "n h s", "national health service", "health service number"),
    },
    "us_ssn": {
        "en": ("ssn", "s s n", "ss", "social security", "soc sec", "ss no", "ss number"),
        "fr": ("securite sociale",),
        "it": ("previdenza sociale", "sicurezza sociale"),
        "es": ("seguridad social", "seguro social"),
    },
    "uk_nino": {
        "en": ("nino", "national insurance", "ni number", "ni no", "n i number", "nat ins"),
    },
    "card": {
        "en": ("card", "visa", "mastercard", "amex", "american express", "maestro", "diners", "credit", "debit"),
        "fr": ("carte", "cb"),
        "it": ("carta", "bancomat"),
        "es": ("tarjeta", "credito"),
    },
    "ip": {
        "en": ("ip", "ipv4", "ipv6", "host", "hostname", "server", "dns", "gateway", "subnet", "ping", "localhost"),
        "fr": ("serveur",),
        "es": ("servidor",),
    },
    "phone": {
        "en": ("tel", "tels", "telephone", "telephones", "phone", "phones", "fax", "hotline", "helpline", "pager",
               "sms", "whatsapp"),
        "fr": ("telecopie", "numero vert", "numero d appel"),
        "it": ("telefono", "telefoni", "cellulare", "cellulari", "numero verde", "recapito telefonico"),
        "es": ("telf", "telef", "tlf", "tfno", "tfn", "telefonos", "movil", "telefonica", "telefonico"),
    },
}  # fmt: skip

# Before a telephone number, with nothing but LINKS between: in other places these words mean too much.
CALLS = {
    "en": ("cell", "mobile", "mob", "ph", "call", "calling", "dial", "ring", "text", "contact"),
    "fr": ("portable", "port", "appeler", "appelez", "joindre", "contacter", "contactez"),
    "it": ("cel", "chiamare", "chiami", "chiamando", "contattare"),
    "es": ("llame", "llamar", "llamando", "marque", "contacte", "contacto"),
}
CALL_LINKS = (
    "us", "me", "him", "her", "on", "at", "no", "n", "number", "the", "to", "au", "le", "nous", "numero", "vert", "il",
    "al", "allo", "ci", "lo", "la", "el", "nos",
)  # fmt: skip

# The number is the code of a thing.
THINGS = (
    "lot", "lots", "lote", "lotes", "lotto", "lotti", "batch", "serial", "serie", "sn", "ref", "reference",
    "referencia", "riferimento", "cat", "catalog", "catalogue", "gtin", "ean", "upc", "udi", "isbn", "issn", "imei",
    "ndc", "pzn", "aic", "a i c", "p iva", "partita iva", "iva", "siren", "siret", "finess", "vat", "vat number",
    "cif", "cip", "cip7", "cip13", "ucd", "nct", "eudract", "pmid", "pmcid", "doi", "cas", "orcid", "barcode",
    "code barre", "codice a barre", "codigo de barras", "protocol", "protocole", "protocollo", "protocolo",
    "registro", "accession", "model", "modele",
)  # fmt: skip
THING_LINKS = ("no", "n", "o", "nr", "num", "number", "numero", "de", "di", "du", "code", "id", "and", "e", "y", "et")

# A dotted number is no address.
NUMBERINGS = (
    "v", "ver", "version", "versione", "versions", "release", "build", "section", "sections", "rubrique", "rubriques",
    "sezione", "paragrafo", "seccion", "apartado", "chapter", "chapitre", "capitolo", "capitulo", "annex", "annexe",
    "allegato", "anexo", "ec", "oid", "table", "figure", "firmware", "software",
)  # fmt: skip

# A published contact: an author's own words, and, in scientific articles only, those of affiliations.
AUTHORS = {
    "en": ("corresponding author", "corresponding authors", "correspondence", "author for correspondence", "reprint",
           "electronic address", "reprints", "author affiliation", "author affiliations", "author details"),
    "fr": ("auteur correspondant", "auteur pour correspondance", "auteur de correspondance", "correspondance",
           "tires a part"),
    "it": ("autore corrispondente", "autrice corrispondente", "autore per la corrispondenza", "corrispondenza"),
    "es": ("autor de correspondencia", "autora de correspondencia", "correspondencia"),
}  # fmt: skip
AFFILIATIONS = {
    "en": ("university", "department", "dept", "institute", "hospital", "faculty", "school", "division", "centre",
           "center", "laboratory", "clinic", "email", "e mail", "mail"),
    "fr": ("universite", "departement", "institut", "hopital", "service", "faculte", "laboratoire", "chu"),
    "it": ("universita", "dipartimento", "istituto", "ospedale", "facolta", "laboratorio", "clinica"),
    "es": ("universidad", "departamento", "instituto", "facultad", "correo"),
}  # fmt: skip
