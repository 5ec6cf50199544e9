"""Sentences of leaflets and trial records, by language; `{}` is filled with a decoy."""

LEAFLET = {
    "en": (
        "What {} is and what it is used for.", "Do not take this medicine if you are allergic to it ({}).",
        "The recommended dose is {} once daily.", "Marketing authorisation number(s): {}, {}.", "Manufacturer's code {}.",
        "Store below 25 °C. {}", "If you forget a dose, do not take a double dose. {}", "This leaflet was last revised in 03/2021. {}",
        "| Strength | Pack | Code |\n|---|---|---|\n| 50 mg | 30 | {} |\n| 100 mg | 60 | {} |", "Side effects: very common (may affect more than 1 in 10 people) {}.",
        "Contents of the pack: {}", "Pharmacotherapeutic group: {}.", "Tell your doctor or nurse at the hospital or clinic: {}",
    ),
    "fr": (
        "Qu'est-ce que {} et dans quel cas est-il utilisé ?", "Ne prenez jamais ce médicament si vous êtes allergique ({}).",
        "La dose recommandée est de {} une fois par jour.", "Numéro(s) d'autorisation de mise sur le marché : {}, {}.", "Code du fabricant {}.",
        "À conserver à une température ne dépassant pas 25 °C. {}", "Si vous oubliez une prise, ne prenez pas de dose double. {}",
        "La dernière date à laquelle cette notice a été révisée est 03/2021. {}", "| Dosage | Boîte | Code |\n|---|---|---|\n| 50 mg | 30 | {} |\n| 100 mg | 60 | {} |",
        "Effets indésirables très fréquents : {}.", "Contenu de l'emballage : {}", "Classe pharmacothérapeutique : {}.", "Adressez-vous au service ou à l'hôpital : {}",
    ),
    "it": (
        "Che cos'è {} e a cosa serve.", "Non prenda questo medicinale se è allergico ({}).", "La dose raccomandata è {} una volta al giorno.",
        "Numero(i) dell'autorizzazione all'immissione in commercio: {}, {}.", "Codice del produttore {}.", "Conservare a temperatura inferiore a 25 °C. {}",
        "Se dimentica una dose, non prenda una dose doppia. {}", "Questo foglio è stato aggiornato il 03/2021. {}",
        "| Dosaggio | Confezione | Codice |\n|---|---|---|\n| 50 mg | 30 | {} |\n| 100 mg | 60 | {} |", "Effetti indesiderati molto comuni: {}.",
        "Contenuto della confezione: {}", "Categoria farmacoterapeutica: {}.", "Si rivolga al medico o all'ospedale: {}",
    ),
    "es": (
        "Qué es {} y para qué se utiliza.", "No tome este medicamento si es alérgico ({}).", "La dosis recomendada es {} una vez al día.",
        "Número(s) de autorización de comercialización: {}, {}.", "Código del fabricante {}.", "Conservar por debajo de 25 °C. {}",
        "Si olvida una dosis, no tome una dosis doble. {}", "Fecha de la última revisión de este prospecto: 03/2021. {}",
        "| Dosis | Envase | Código |\n|---|---|---|\n| 50 mg | 30 | {} |\n| 100 mg | 60 | {} |", "Efectos adversos muy frecuentes: {}.",
        "Contenido del envase: {}", "Grupo farmacoterapéutico: {}.", "Consulte a su médico o al hospital: {}",
    ),
}  # fmt: skip
TRIAL = {
    "en": (
        "Secondary IDs: {}, {}, {}", "Sponsor protocol code {}.", "Inclusion criteria: {}", "Exclusion criteria: patients treated with {}.",
        "Primary outcome: change from baseline, {} ({}).", "Arm A (n = 120): {} every 3 weeks.", "Results: {}; {}.", "Start date 03/2019; {}",
        "Reference: {}", "Registered as {} and {}.", "Time frame: weeks {}", "| Arm | Events | Code |\n| A | 12 | {} |\n| B | 15 | {} |", "Data were analysed with {}.",
    ),
    "fr": (
        "Identifiants secondaires : {}, {}, {}", "Code protocole du promoteur {}.", "Critères d'inclusion : {}", "Critères de non-inclusion : patients traités par {}.",
        "Critère principal : variation, {} ({}).", "Bras A (n = 120) : {} toutes les 3 semaines.", "Résultats : {} ; {}.", "Date de début 03/2019 ; {}",
        "Référence : {}", "Enregistré sous {} et {}.", "Délai : semaines {}", "| Bras | Événements | Code |\n| A | 12 | {} |\n| B | 15 | {} |", "Données analysées avec {}.",
    ),
    "it": (
        "Identificativi secondari: {}, {}, {}", "Codice protocollo dello sponsor {}.", "Criteri di inclusione: {}", "Criteri di esclusione: pazienti trattati con {}.",
        "Esito primario: variazione, {} ({}).", "Braccio A (n = 120): {} ogni 3 settimane.", "Risultati: {}; {}.", "Data di inizio 03/2019; {}",
        "Riferimento: {}", "Registrato come {} e {}.", "Intervallo: settimane {}", "| Braccio | Eventi | Codice |\n| A | 12 | {} |\n| B | 15 | {} |", "Dati analizzati con {}.",
    ),
    "es": (
        "Identificadores secundarios: {}, {}, {}", "Código de protocolo del promotor {}.", "Criterios de inclusión: {}", "Criterios de exclusión: pacientes tratados con {}.",
        "Variable principal: cambio, {} ({}).", "Brazo A (n = 120): {} cada 3 semanas.", "Resultados: {}; {}.", "Fecha de inicio 03/2019; {}",
        "Referencia: {}", "Registrado como {} y {}.", "Periodo: semanas {}", "| Brazo | Eventos | Código |\n| A | 12 | {} |\n| B | 15 | {} |", "Datos analizados con {}.",
    ),
}  # fmt: skip
