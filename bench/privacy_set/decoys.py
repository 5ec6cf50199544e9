"""Numbers of leaflets, trial records and articles that look like identifiers and are none.

In a template `#` becomes a digit, `¤` a digit that is not zero, `§` a capital letter.
"""

import string
from random import Random

ANYWHERE = (
    "EU/1/##/####/00#", "EU/1/¤#/¤##/001-012", "EMEA/H/C/00####", "EMA/######/20##", "NCT0#######", "ISRCTN########",
    "EudraCT 20¤#-00####-##", "2022-50####-##-00", "U1111-1###-####", "ACTRN126#########", "DRKS000#####",
    "UMIN0000#####", "jRCT#########", "ChiCTR##########", "IRAS ######", "doi:10.1016/j.jad.20¤#.0#.###",
    "https://doi.org/10.¤###/s¤####-0##-#####-#", "DOI 10.1002/14651858.CD00####.pub¤", "PMID: ########", "PMC#######",
    "ISBN 978-¤-####-####-#", "ISBN 978#########0", "ISSN ¤###-###X", "https://orcid.org/0000-000¤-####-####",
    "ORCID 0000-000¤-####-###X", "CAS 50-78-2", "CAS ¤####-##-#", "CAS: ¤##-##-#", "EINECS 2##-###-#",
    "EAN 34009########", "GTIN 0340093#######", "(01)034009########(17)2¤0¤00(10)§¤####", "UPC 3########0##",
    "NDC ¤####-###-##", "PZN ########", "PL ¤####/0###", "PLGB ¤####/0###", "SNOMED CT ¤########", "MedDRA 100#####",
    "LOINC ¤####-#", "UNII: ¤#§¤§#§¤##", "ICD-10 §##.#", "ATC §0¤§§0¤", "NM_00####.¤:c.¤###_¤###del", "rs¤#######",
    "chr7:117######-117######", "ENSG00000######", "GenBank MN######.¤", "GSE¤#####", "PROSPERO CRD420¤########",
    "HLA-A*02:01:01:0¤", "BCR::ABL1", "EWSR1::FLI1", "EC 3.4.21.¤##", "2.16.840.1.113883.6.¤#", "SAS 9.4.1.¤",
    "v10.¤.¤##.¤##", "version 12.1##.2##.1##", "4.¤.¤.¤", "6.¤.1.2", "¤##-¤## mg", "1.000.000 UI", "10 000 000 UI/ml",
    "1,250,000 IU", "0,5-1,5 mg/kg", "250-500-1000 mg", "100/200/4000 mg", "120/80 mmHg", "4.5 x 10^9/L",
    "95% CI 0.81-1.23", "p = 0.00¤##", "n = ¤#,###", "HR 0.¤#; 95% CI 0.¤#-1.¤#", "¤###.¤# ± ¤#.¤#", "12:30:45",
    "0¤/0¤/20¤#-1¤/1¤/20¤#", "20¤#-0¤-1¤T08:30:00Z", "08.00-20.00", "R01HL######", "UL1TR00####", "2019/0#####",
    "36 48 72 96 120 144 168", "0 1 2 4 8 12 24 48 72 96", "12.5 13.2 14.1 9.8 10.7 11.3", "¤## ¤## ¤## ¤## ¤##",
    "¤# ¤# ¤# ¤# ¤# ¤#", "| ¤#.# | ¤## | ¤#.# | ¤### |", "¤.###.###", "¤## ### ###", "S0140-6736(##)3####-#",
    "ITEM-¤########", "REF ¤###-##-####", "REF ##########", "Cat. no. ¤##-##-####", "#10#########", "§¤##§¤##§",
    "AB¤#####C", "J Med. 20¤#;¤##(¤):¤###-¤###", "2021;12(3):4567-4578", "@EMA_News", "icon@2x.png", "50 mg@8h",
    "https://www.ema.europa.eu/en/medicines?search=¤####&page=2", "https://clinicaltrials.gov/study/NCT0#######?rank=¤",
    "https://www.example.org/article?articlekey=¤####&session=plenary", "www.aifa.gov.it/content/segnalazioni",
    "1:2:4:8:16", "std::vector", "00:1A:2B:3C:4D:5E", "¤ 234 567,89 €", "45-¤##-####", "0,9% 1000 ml 12 x 10",
)  # fmt: skip
OF_LANGUAGE = {
    "en": (
        "Lot: ########§", "Batch No. §¤#####", "LOT 20¤#0¤1¤§", "Batch: ¤#######§ EXP 12/20¤#", "Serial no. ¤###########",
        "EU birth date: 12 March 19¤#.", "International birth date 01/02/19¤#.", "Children born before 1 January 20¤#.",
        "Women born between 1 March 195¤ and 2 April 196¤.", "Patients aged 18 to 65 years.", "NHS England, ISBN 0-11-¤#####-#.",
        "Protocol number ########§.", "MA number PL 00###/0###.", "Version 10.1##.1##.2## of the software.",
        "Randomisation number ¤####.", "Patient number 12 withdrew.", "Record 2¤ of 1##.", "The hospital has 1200 beds.",
        "Take 1 tablet at 08 00 12 00 16 00 20 00.", "Born to a 32-year-old mother on day 3.", "near-infrared 1064 nm",
        "Section 4.10.12.2 applies.", "Enrolment: ¤#### participants.", "Call your doctor at once if 3 of 10 occur.",
    ),
    "fr": (
        "Lot : ########§", "N° de lot §¤#####", "Lot 20¤#0¤1¤§", "34009 ### ### # #", "Code CIP : 34009¤#######¤", "CIP 3## ###-#",
        "34009 ¤## ### ¤ # : plaquette de 30", "N° d'AMM 34009 5## ### # #", "Code UCD : 9######", "IPP 40 mg par jour pendant 8 semaines.",
        "Date de naissance internationale : 12/03/19¤#.", "Enfants nés à partir du 1er janvier 20¤#.", "Les patients nés avant le 1er mars 19¤#.",
        "Ne pas utiliser après le 12/03/20¤#.", "Ne jamais dépasser le 1/2 comprimé.", "Patients âgés de 18 à 65 ans.", "Dossier n° EMEA/H/C/00####.",
        "N° de protocole ########§.", "Rubrique 4.10.12.2.", "Spectroscopie NIR 1064 nm.", "Population : 12 345 678 personnes.",
        "Numéro de randomisation ¤####.", "Dossier 2019 clos.", "à 08 00 12 00 16 00 20 00", "N° SIREN ### ### ###.", "Télévision 4 000 000 de foyers.",
    ),
    "it": (
        "Lotto: ########§", "Lotto n. §¤#####", "Lotto 20¤#0¤1¤§", "AIC n. 0########", "A.I.C. 0#####0##", "AIC n° 0#####01¤ - 30 compresse",
        "Bambini nati dopo il 1 gennaio 20¤#.", "Data di nascita internazionale: 12/03/19¤#.", "Pazienti di età compresa tra 18 e 65 anni.",
        "Protocollo n. ########§.", "Sezione 4.10.12.2.", "Cartella clinica 2019.", "Numero di randomizzazione ¤####.", "Codice pratica: C1B/20¤#/####.",
        "Determina AIFA n. ¤##/20¤#.", "GU n. ¤## del 1¤/0¤/20¤#", "ore 08 00 12 00 16 00 20 00", "Popolazione: 12.345.678 abitanti.", "P.IVA ###########",
        "Codice SIS ########.", "Nata una reazione il giorno 3.", "Telemetria 24 48 72 ore.", "Decreto 1¤/1¤/20¤# n. ¤####.", "Codice a barre 80########0##.",
    ),
    "es": (
        "Lote: ########§", "Lote n.º §¤#####", "Lote 20¤#0¤1¤§", "N.º de registro: ##.###", "Nº Registro AEMPS ¤#####", "C.N. ¤#####.#", "Código nacional 6#####",
        "Niños nacidos después del 1 de enero de 20¤#.", "Fecha de nacimiento internacional: 12/03/19¤#.", "Pacientes de 18 a 65 años.",
        "Protocolo ########§.", "Sección 4.10.12.2.", "Historia clínica 2019.", "Número de aleatorización ¤####.", "N.º expediente ¤##/20¤#.",
        "Población: 12.345.678 habitantes.", "a las 08 00 12 00 16 00 20 00", "BOE núm. ¤##, de 1¤/0¤/20¤#", "CIF §########", "Ni 12 ni 24 horas.",
        "Real Decreto 1¤##/20¤#.", "Teleasistencia 24 48 72 horas.", "GTIN 0847000#######.", "Número de pacientes 1200.",
    ),
}  # fmt: skip


def decoy(language: str, rng: Random) -> str:
    """One decoy, half of the time one of the language."""
    return fill(rng.choice(OF_LANGUAGE[language] if rng.random() < 0.5 else ANYWHERE), rng)


def fill(template: str, rng: Random) -> str:
    """The template with its places filled."""
    drawn = {"#": string.digits, "¤": string.digits[1:], "§": string.ascii_uppercase}
    return "".join(rng.choice(drawn[char]) if char in drawn else char for char in template)
