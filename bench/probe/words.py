"""The words of the probe pages in English, French, Italian and Spanish, written for this project.

Doses are plausible, and wrong for no patient: the pages test extraction and are not advice.
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Words:
    """One language's words. `sections` are headings by topic; texts may hold markup."""

    language: str
    site: str
    menu: tuple[str, ...]
    related: tuple[str, ...]
    see_also: str
    cookies: str
    footer: str
    skip: str
    drugs: tuple[str, str, str]
    sections: dict[str, str]
    sentences: tuple[str, ...]
    contraindications: tuple[tuple[str, tuple[str, ...]], ...]
    effects: tuple[str, ...]
    steps: tuple[str, ...]
    terms: tuple[tuple[str, str], ...]
    ages: tuple[str, str, str, str]
    columns: tuple[str, str, str]
    every: tuple[str, str]
    tests: tuple[tuple[str, str, str], ...]
    lab: tuple[str, str, str]
    notes: tuple[str, str]


ENGLISH = Words(
    "en", "Northvale Hospital",
    ("Home", "Departments", "Patients and visitors", "Careers", "Contact us"),
    ("How to park at the hospital", "Our new cafeteria opens in May", "Volunteers wanted for the garden", "Annual report in numbers"),
    "You may also like",
    "We use cookies to improve your experience on this website. By continuing you accept our cookie policy.",
    "Northvale Hospital Trust, registered charity. All pages are reviewed by the web team every year.",
    "Skip to main content",
    ("amoxivale", "paracelin", "cardiprol"),
    {"dose": "How to take this medicine", "stop": "Do not take this medicine if", "effects": "Possible side effects",
     "store": "How to store it", "what": "What it is used for", "dosing": "Dosage in adults and children",
     "renal": "Dose in renal impairment", "method": "Methods", "result": "Results", "criteria": "Eligibility criteria",
     "step": "What to do in an emergency", "values": "Reference values", "formula": "Estimating clearance",
     "recommend": "Recommendations", "terms": "Definitions", "faq": "Can I drive while I take it?"},
    ("The medicine is taken by mouth with a glass of water, preferably after a meal and always at the same hours of the day.",
     "If you forget a dose, take it as soon as you remember, unless it is almost time for the next one; never take two doses together.",
     "Treatment usually lasts from seven to ten days and should not be stopped when the symptoms fade, because the infection may return.",
     "Patients with impaired kidney function need a lower dose and closer monitoring of blood levels during the first week.",
     "In clinical studies about four patients in one hundred stopped the treatment because of gastrointestinal complaints.",
     "Keep the bottle tightly closed in its outer carton, out of the sight and reach of children, and do not use it after the expiry date.",
     "The working group graded the evidence and reached consensus on each recommendation after two rounds of voting.",
     "Children should be weighed before the first dose, because the amount depends on body weight and not on age alone.",
     "Serum creatinine was measured at baseline, after two weeks and at the end of the study in all randomised participants."),
    (("you are allergic to", ("the active substance", "any penicillin", "lactose")), ("you have severe liver disease", ()),
     ("you take any of these medicines", ("methotrexate", "warfarin")), ("you are in the first trimester of pregnancy", ())),
    ("Very common: nausea", "Common: rash and itching", "Uncommon: dizziness", "Rare: swelling of the face", "Very rare: seizures"),
    ("Call the emergency number and say where you are.", "Lay the patient on the side and keep the airway free.",
     "Give adrenaline 0.5 mg into the thigh.", "Repeat the 0.5 mg dose after 5 minutes if there is no improvement.",
     "Start a rapid infusion of 20 ml/kg of crystalloid."),
    (("Half-life", "time in which the plasma concentration falls by half, about 6 hours for this drug"),
     ("Bioavailability", "share of the dose that reaches the circulation, 85% after oral intake"),
     ("Loading dose", "first larger dose of 800 mg that reaches the target level at once")),
    ("Infants under 1 year", "Children 1 to 5 years", "Children 6 to 12 years", "Adults"),
    ("Age group", "Single dose", "Maximum per day"), ("every 6 hours", "every 8 hours"),
    (("Haemoglobin", "120–160 g/L", "mass"), ("Potassium", "3.5–5.1 mmol/L", "ion"), ("Glucose, fasting", "3.9–5.5 mmol/L", "fasting"),
     ("Creatinine", "< 97 µmol/L", "kidney"), ("Vitamin D", "> 50 nmol/L", "bone")),
    ("Test", "Reference range", "Remark"),
    ("Lower the dose by half above 75 years of age.", "Not studied below a body weight of 10 kg."),
)  # fmt: skip
FRENCH = Words(
    "fr", "Hôpital de Valombre",
    ("Accueil", "Services", "Patients et visiteurs", "Recrutement", "Nous contacter"),
    ("Se garer à l’hôpital", "La cafétéria rouvre au mois de mai", "Appel aux bénévoles du jardin", "Le rapport annuel en chiffres"),
    "À lire aussi",
    "Nous utilisons des cookies pour améliorer votre navigation. En poursuivant, vous acceptez notre politique de cookies.",
    "Hôpital de Valombre, établissement public. Toutes les pages sont relues chaque année par l’équipe du site.",
    "Aller au contenu principal",
    ("amoxivale", "paracéline", "cardiprol"),
    {"dose": "Comment prendre ce médicament", "stop": "Ne prenez jamais ce médicament si", "effects": "Effets indésirables éventuels",
     "store": "Comment le conserver", "what": "Dans quels cas est-il utilisé", "dosing": "Posologie chez l’adulte et l’enfant",
     "renal": "Posologie en cas d’insuffisance rénale", "method": "Méthodes", "result": "Résultats", "criteria": "Critères d’éligibilité",
     "step": "Conduite à tenir en urgence", "values": "Valeurs de référence", "formula": "Estimation de la clairance",
     "recommend": "Recommandations", "terms": "Définitions", "faq": "Puis-je conduire pendant le traitement ?"},
    ("Le médicament se prend par voie orale avec un grand verre d’eau, de préférence après un repas et toujours aux mêmes heures.",
     "Si vous oubliez une prise, prenez-la dès que vous y pensez, sauf si la suivante est proche ; ne prenez jamais deux doses à la fois.",
     "Le traitement dure en général de sept à dix jours et ne doit pas être arrêté dès que les symptômes disparaissent, car l’infection peut revenir.",
     "Les patients dont la fonction rénale est altérée ont besoin d’une dose plus faible et d’une surveillance étroite la première semaine.",
     "Dans les essais cliniques, environ quatre patients sur cent ont arrêté le traitement en raison de troubles digestifs.",
     "Conserver le flacon bien fermé dans son emballage extérieur, hors de la vue et de la portée des enfants, et ne pas dépasser la date limite.",
     "Le groupe de travail a gradé les preuves et s’est accordé sur chaque recommandation après deux tours de vote.",
     "Les enfants doivent être pesés avant la première prise, car la quantité dépend du poids et non de l’âge seul.",
     "La créatininémie a été mesurée à l’inclusion, après deux semaines et à la fin de l’étude chez tous les participants randomisés."),
    (("vous êtes allergique", ("à la substance active", "aux pénicillines", "au lactose")), ("vous avez une maladie grave du foie", ()),
     ("vous prenez l’un de ces médicaments", ("méthotrexate", "warfarine")), ("vous êtes au premier trimestre de la grossesse", ())),
    ("Très fréquent : nausées", "Fréquent : éruption et démangeaisons", "Peu fréquent : vertiges", "Rare : gonflement du visage", "Très rare : convulsions"),
    ("Appelez le numéro d’urgence et dites où vous êtes.", "Allongez le patient sur le côté et libérez les voies aériennes.",
     "Injectez 0,5 mg d’adrénaline dans la cuisse.", "Répétez la dose de 0,5 mg après 5 minutes sans amélioration.",
     "Commencez un remplissage rapide de 20 ml/kg de cristalloïdes."),
    (("Demi-vie", "temps au bout duquel la concentration plasmatique diminue de moitié, environ 6 heures pour ce produit"),
     ("Biodisponibilité", "part de la dose qui atteint la circulation, 85 % après une prise orale"),
     ("Dose de charge", "première dose plus forte, de 800 mg, qui atteint d’emblée la cible")),
    ("Nourrissons de moins de 1 an", "Enfants de 1 à 5 ans", "Enfants de 6 à 12 ans", "Adultes"),
    ("Tranche d’âge", "Dose par prise", "Maximum par jour"), ("toutes les 6 heures", "toutes les 8 heures"),
    (("Hémoglobine", "120–160 g/L", "masse"), ("Potassium", "3,5–5,1 mmol/L", "ion"), ("Glycémie à jeun", "3,9–5,5 mmol/L", "à jeun"),
     ("Créatinine", "< 97 µmol/L", "rein"), ("Vitamine D", "> 50 nmol/L", "os")),
    ("Examen", "Intervalle de référence", "Remarque"),
    ("Réduire la dose de moitié après 75 ans.", "Non étudié au-dessous d’un poids de 10 kg."),
)  # fmt: skip
ITALIAN = Words(
    "it", "Ospedale di Valdombra",
    ("Home page", "Reparti", "Pazienti e visitatori", "Lavora con noi", "Contatti"),
    ("Come parcheggiare in ospedale", "La nuova mensa apre a maggio", "Cerchiamo volontari per il giardino", "Il bilancio annuale in cifre"),
    "Potrebbe interessarti anche",
    "Usiamo i cookie per migliorare la navigazione su questo sito. Proseguendo accetti la nostra informativa sui cookie.",
    "Ospedale di Valdombra, azienda pubblica. Tutte le pagine sono riviste ogni anno dalla redazione del sito.",
    "Vai al contenuto principale",
    ("amoxivale", "paracelina", "cardiprol"),
    {"dose": "Come prendere questo medicinale", "stop": "Non prenda questo medicinale se", "effects": "Possibili effetti indesiderati",
     "store": "Come conservarlo", "what": "A che cosa serve", "dosing": "Posologia negli adulti e nei bambini",
     "renal": "Dose nell’insufficienza renale", "method": "Metodi", "result": "Risultati", "criteria": "Criteri di eleggibilità",
     "step": "Che cosa fare in emergenza", "values": "Valori di riferimento", "formula": "Stima della clearance",
     "recommend": "Raccomandazioni", "terms": "Definizioni", "faq": "Posso guidare durante la cura?"},
    ("Il medicinale si prende per bocca con un bicchiere d’acqua, preferibilmente dopo un pasto e sempre alle stesse ore del giorno.",
     "Se dimentica una dose la prenda appena se ne ricorda, a meno che non sia quasi l’ora della successiva; non prenda mai due dosi insieme.",
     "La cura dura di solito da sette a dieci giorni e non va interrotta quando i sintomi si attenuano, perché l’infezione può tornare.",
     "I pazienti con funzione renale ridotta hanno bisogno di una dose più bassa e di controlli ravvicinati nella prima settimana.",
     "Negli studi clinici circa quattro pazienti su cento hanno interrotto la cura per disturbi gastrointestinali.",
     "Tenere il flacone ben chiuso nella scatola, fuori dalla vista e dalla portata dei bambini, e non usarlo dopo la data di scadenza.",
     "Il gruppo di lavoro ha classificato le prove e ha raggiunto il consenso su ogni raccomandazione dopo due votazioni.",
     "I bambini vanno pesati prima della prima dose, perché la quantità dipende dal peso corporeo e non soltanto dall’età.",
     "La creatinina sierica è stata misurata all’inizio, dopo due settimane e alla fine dello studio in tutti i partecipanti."),
    (("è allergico", ("al principio attivo", "alle penicilline", "al lattosio")), ("ha una grave malattia del fegato", ()),
     ("prende uno di questi medicinali", ("metotrexato", "warfarin")), ("è nel primo trimestre di gravidanza", ())),
    ("Molto comune: nausea", "Comune: eruzione cutanea e prurito", "Non comune: capogiri", "Raro: gonfiore del viso", "Molto raro: convulsioni"),
    ("Chiami il numero di emergenza e dica dove si trova.", "Metta il paziente sul fianco e liberi le vie aeree.",
     "Inietti 0,5 mg di adrenalina nella coscia.", "Ripeta la dose di 0,5 mg dopo 5 minuti se non migliora.",
     "Avvii un’infusione rapida di 20 ml/kg di cristalloidi."),
    (("Emivita", "tempo in cui la concentrazione plasmatica si dimezza, circa 6 ore per questo farmaco"),
     ("Biodisponibilità", "quota della dose che raggiunge il circolo, 85% dopo assunzione orale"),
     ("Dose di carico", "prima dose più alta, di 800 mg, che raggiunge subito il livello voluto")),
    ("Lattanti sotto 1 anno", "Bambini da 1 a 5 anni", "Bambini da 6 a 12 anni", "Adulti"),
    ("Fascia di età", "Dose singola", "Massimo al giorno"), ("ogni 6 ore", "ogni 8 ore"),
    (("Emoglobina", "120–160 g/L", "massa"), ("Potassio", "3,5–5,1 mmol/L", "ione"), ("Glicemia a digiuno", "3,9–5,5 mmol/L", "digiuno"),
     ("Creatinina", "< 97 µmol/L", "rene"), ("Vitamina D", "> 50 nmol/L", "osso")),
    ("Esame", "Intervallo di riferimento", "Nota"),
    ("Dimezzare la dose sopra i 75 anni di età.", "Non studiato sotto un peso corporeo di 10 kg."),
)  # fmt: skip
SPANISH = Words(
    "es", "Hospital de Valsombra",
    ("Inicio", "Servicios", "Pacientes y visitantes", "Trabaje con nosotros", "Contacto"),
    ("Cómo aparcar en el hospital", "La nueva cafetería abre en mayo", "Se buscan voluntarios para el jardín", "La memoria anual en cifras"),
    "También le puede interesar",
    "Utilizamos cookies para mejorar su experiencia en este sitio. Si continúa, acepta nuestra política de cookies.",
    "Hospital de Valsombra, entidad pública. El equipo del sitio revisa todas las páginas cada año.",
    "Saltar al contenido principal",
    ("amoxivale", "paracelina", "cardiprol"),
    {"dose": "Cómo tomar este medicamento", "stop": "No tome este medicamento si", "effects": "Posibles efectos adversos",
     "store": "Conservación", "what": "Para qué se utiliza", "dosing": "Posología en adultos y niños",
     "renal": "Dosis en la insuficiencia renal", "method": "Métodos", "result": "Resultados", "criteria": "Criterios de selección",
     "step": "Qué hacer en una urgencia", "values": "Valores de referencia", "formula": "Estimación del aclaramiento",
     "recommend": "Recomendaciones", "terms": "Definiciones", "faq": "¿Puedo conducir durante el tratamiento?"},
    ("El medicamento se toma por vía oral con un vaso de agua, preferiblemente después de una comida y siempre a las mismas horas.",
     "Si olvida una dosis, tómela en cuanto se acuerde, salvo que falte poco para la siguiente; no tome nunca dos dosis juntas.",
     "El tratamiento suele durar de siete a diez días y no debe suspenderse cuando ceden los síntomas, porque la infección puede volver.",
     "Los pacientes con la función renal alterada necesitan una dosis menor y controles frecuentes durante la primera semana.",
     "En los ensayos clínicos, unos cuatro pacientes de cada cien abandonaron el tratamiento por molestias digestivas.",
     "Mantenga el frasco bien cerrado en su caja, fuera de la vista y del alcance de los niños, y no lo use después de la fecha de caducidad.",
     "El grupo de trabajo graduó la evidencia y alcanzó el consenso sobre cada recomendación después de dos rondas de votación.",
     "Hay que pesar a los niños antes de la primera dosis, porque la cantidad depende del peso corporal y no solo de la edad.",
     "La creatinina sérica se midió al inicio, a las dos semanas y al final del estudio en todos los participantes aleatorizados."),
    (("es alérgico", ("al principio activo", "a las penicilinas", "a la lactosa")), ("tiene una enfermedad grave del hígado", ()),
     ("toma alguno de estos medicamentos", ("metotrexato", "warfarina")), ("está en el primer trimestre del embarazo", ())),
    ("Muy frecuente: náuseas", "Frecuente: erupción y picor", "Poco frecuente: mareo", "Raro: hinchazón de la cara", "Muy raro: convulsiones"),
    ("Llame al número de urgencias y diga dónde está.", "Tumbe al paciente de lado y despeje la vía aérea.",
     "Inyecte 0,5 mg de adrenalina en el muslo.", "Repita la dosis de 0,5 mg a los 5 minutos si no mejora.",
     "Inicie una infusión rápida de 20 ml/kg de cristaloides."),
    (("Semivida", "tiempo en que la concentración plasmática se reduce a la mitad, unas 6 horas con este fármaco"),
     ("Biodisponibilidad", "parte de la dosis que llega a la circulación, 85 % tras la toma oral"),
     ("Dosis de carga", "primera dosis mayor, de 800 mg, que alcanza el nivel deseado de una vez")),
    ("Lactantes menores de 1 año", "Niños de 1 a 5 años", "Niños de 6 a 12 años", "Adultos"),
    ("Grupo de edad", "Dosis única", "Máximo al día"), ("cada 6 horas", "cada 8 horas"),
    (("Hemoglobina", "120–160 g/L", "masa"), ("Potasio", "3,5–5,1 mmol/L", "ion"), ("Glucemia en ayunas", "3,9–5,5 mmol/L", "ayunas"),
     ("Creatinina", "< 97 µmol/L", "riñón"), ("Vitamina D", "> 50 nmol/L", "hueso")),
    ("Prueba", "Intervalo de referencia", "Nota"),
    ("Reducir la dosis a la mitad a partir de los 75 años.", "No estudiado por debajo de 10 kg de peso corporal."),
)  # fmt: skip
ALL = (ENGLISH, FRENCH, ITALIAN, SPANISH)
