"""Sentences that carry an identifier, by kind and language, as letters, notes, forms and articles have them."""

CARRIERS = {
    "iban": {
        "en": ("Travel costs are refunded to IBAN {} within a month.", "Account: {}."),
        "fr": ("Le remboursement est viré sur le compte {}.", "IBAN : {}"),
        "it": ("Il rimborso va versato sul conto {}.", "Coordinate bancarie: {};"),
        "es": ("El reembolso se abona en la cuenta {}.", "Cuenta bancaria: {}"),
    },
    "card": {
        "en": ("The consultation was paid with card {}.", "Credit card no. {} (valid)."),
        "fr": ("La consultation a été réglée par carte {}.", "Carte bancaire : {}"),
        "it": ("La visita è stata pagata con la carta {}.", "Carta di credito n. {}."),
        "es": ("La consulta se pagó con la tarjeta {}.", "Tarjeta: {}"),
    },
    "es_dni": {
        "en": ("The patient, Spanish ID {}, was seen in clinic.", "DNI: {}"),
        "fr": ("Patient espagnol, DNI {}, vu en consultation.", "Pièce d'identité (DNI) n° {}."),
        "it": ("Paziente spagnolo con DNI {} visitato oggi.", "Documento d'identità: DNI {}."),
        "es": (
            "Paciente con DNI {} que acude a urgencias.",
            "D.N.I.: {}",
            "N.I.F. {};",
            "Documento nacional de identidad: {}.",
        ),
    },
    "es_nie": {
        "en": ("Resident in Spain, NIE {}, admitted yesterday.", "NIE: {}"),
        "fr": ("Résident en Espagne, NIE {}, hospitalisé hier.", "N.I.E. : {}"),
        "it": ("Residente in Spagna, NIE {}, ricoverato ieri.", "NIE {}."),
        "es": (
            "Paciente extranjero con NIE {} remitido desde primaria.",
            "N.I.E.: {}",
            "Número de identidad de extranjero: {}.",
        ),
    },
    "es_nss": {
        "en": ("Spanish social security number {} was recorded.", "NSS: {}"),
        "fr": ("Numéro de sécurité sociale espagnole {}.", "NSS : {}"),
        "it": ("Numero di previdenza sociale spagnolo {}.", "NSS {}."),
        "es": ("Número de la Seguridad Social {}.", "NSS: {}", "Nº afiliación: {}.", "N.U.S.S. {}"),
    },
    "it_cf": {
        "en": ("Italian tax code {}.", "Codice fiscale: {}"),
        "fr": ("Code fiscal italien {}.", "Codice fiscale : {}"),
        "it": ("Codice fiscale {}.", "C.F.: {}", "La paziente (cod. fisc. {}) è stata dimessa."),
        "es": ("Código fiscal italiano {}.", "Codice fiscale: {}"),
    },
    "fr_nir": {
        "en": ("French social security number {}.", "NIR: {}"),
        "fr": ("N° de sécurité sociale : {}", "NIR {}.", "Assuré(e) immatriculé(e) sous le numéro {}.", "N° SS : {};"),
        "it": ("Numero di sicurezza sociale francese {}.", "NIR: {}"),
        "es": ("Número de la seguridad social francesa {}.", "NIR: {}"),
    },
    "fr_rpps": {
        "en": ("Referred by a French physician (RPPS {}).", "RPPS: {}"),
        "fr": ("Dr Moreau, RPPS {}, cardiologue.", "N° RPPS : {}", "Identifiant RPPS du prescripteur : {}."),
        "it": ("Inviato da un medico francese (RPPS {}).", "RPPS: {}"),
        "es": ("Remitido por un médico francés (RPPS {}).", "RPPS: {}"),
    },
    "uk_nhs": {
        "en": ("NHS number: {}", "NHS No. {}.", "The patient (NHS {}) was reviewed.", "His NHS number is {}."),
        "fr": ("Patient britannique, numéro NHS {}.", "NHS : {}"),
        "it": ("Paziente britannico, numero NHS {}.", "NHS: {}"),
        "es": ("Paciente británico, número NHS {}.", "NHS: {}"),
    },
    "us_ssn": {
        "en": ("SSN: {}", "Social Security Number {}.", "Her social security no. is {}.", "SSN {};"),
        "fr": ("Numéro de sécurité sociale américaine (SSN) {}.", "SSN : {}"),
        "it": ("Numero di previdenza sociale statunitense {}.", "SSN: {}"),
        "es": ("Número de seguro social {}.", "SSN: {}"),
    },
    "uk_nino": {
        "en": ("National Insurance number: {}", "NI number {}.", "National Insurance No. {};"),
        "fr": ("Numéro de National Insurance britannique : {}.", "NINO : {}"),
        "it": ("National Insurance number {}.", "NINO: {}"),
        "es": ("National Insurance number {}.", "NINO: {}"),
    },
    "email": {
        "en": ("Results were sent to {}.", "E-mail: {}", "Write to us ({})."),
        "fr": ("Les résultats ont été envoyés à {}.", "Courriel : {}", "Nous écrire ({})."),
        "it": ("I risultati sono stati inviati a {}.", "E-mail: {}", "Ci scriva ({})."),
        "es": ("Los resultados se enviaron a {}.", "Correo: {}", "Escríbanos ({})."),
    },
    "author_email": {
        "en": ("Correspondence to: Dr A. Smith, {}.", "Corresponding author: {}", "Electronic address: {}."),
        "fr": ("Auteur correspondant : {}.", "Correspondance : Pr C. Moreau, {}."),
        "it": ("Autore corrispondente: {}.", "Indirizzo per la corrispondenza: {}."),
        "es": ("Autor de correspondencia: {}.", "Autora para correspondencia: E. Ruiz, {}."),
    },
    "url_token": {
        "en": ("Your report is at {} until Friday.", "See {}."),
        "fr": ("Votre compte rendu est sur {} jusqu'à vendredi.", "Voir {}."),
        "it": ("Il referto si trova su {} fino a venerdì.", "Vedi {}."),
        "es": ("Su informe está en {} hasta el viernes.", "Ver {}."),
    },
    "ip": {
        "en": ("The upload came from IP address {}.", "Server IP: {}"),
        "fr": ("L'envoi provenait de l'adresse IP {}.", "Serveur (IP) : {}"),
        "it": ("L'invio proveniva dall'indirizzo IP {}.", "IP: {}"),
        "es": ("El envío procedía de la dirección IP {}.", "IP del servidor: {}"),
    },
    "birth_date": {
        "en": ("Date of birth: {}", "DOB {}.", "She was born on {} and lives alone.", "D.O.B.: {}", "Birth date: {};"),
        "fr": (
            "Date de naissance : {}",
            "Mme B., née le {}, est suivie depuis un an.",
            "Né(e) le {}.",
            "M. D. né le {} à terme.",
        ),
        "it": ("Data di nascita: {}", "La signora, nata a Torino il {}, è in terapia.", "Nato il {}.", "nato/a il: {}"),
        "es": (
            "Fecha de nacimiento: {}",
            "Varón nacido en Sevilla el {} sin antecedentes.",
            "F. nac.: {}",
            "Nacida el {}.",
        ),
    },
    "record_number": {
        "en": ("MRN: {}", "Hospital number {}.", "Medical record number: {}", "Patient ID: {};", "Hospital No. {}"),
        "fr": ("IPP : {}", "Numéro de dossier : {}", "Dossier médical n° {}.", "N° de dossier patient {}."),
        "it": ("Cartella clinica n. {}.", "Numero di cartella: {}", "N. nosologico {};", "ID paziente: {}"),
        "es": (
            "NHC: {}",
            "N.º de historia clínica: {}",
            "Historia clínica nº {}.",
            "NHC {};",
            "Número de historia {}.",
        ),
    },
    "phone": {
        "en": ("Please phone {} for an appointment.", "Tel: {}", "Mobile: {}.", "Fax {};"),
        "fr": ("Pour un rendez-vous, tél. {}.", "Téléphone : {}", "Tél : {}.", "Fax : {};"),
        "it": ("Per un appuntamento tel. {}.", "Telefono: {}", "Cell. {}.", "Fax {};"),
        "es": ("Para pedir cita, teléfono {}.", "Tel.: {}", "Móvil: {}.", "Tfno. {};"),
    },
    "author_phone": {
        "en": ("Correspondence to: Dr A. Smith, tel. {}.", "Corresponding author. Phone: {}."),
        "fr": ("Auteur correspondant, tél. {}.", "Correspondance : Pr C. Moreau, tél. {}."),
        "it": ("Autore corrispondente, tel. {}.", "Indirizzo per la corrispondenza: tel. {}."),
        "es": ("Autor de correspondencia, tel. {}.", "Autora para correspondencia: E. Ruiz, teléfono {}."),
    },
}

# Where the form tells itself, half of the identifiers stand without any word, glued to signs, at line ends, in tables.
BARE = ("({})", "{}, ", "« {} »", "{}\n", "\n{}\n", "; {}; ", "| 12 | {} | 3,5 |\n", "- {}\n", '"{}"', "/ {}.", "*{}*")
CELLS = ("| {label} | {value} |\n", "{label}\t{value}\n", "{label} | {value} | 4.5\n")
