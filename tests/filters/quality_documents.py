"""Documents that a medical quality filter must keep, and such as it must not, in the four languages."""

GOOD = {
    "en": {
        "codes": """# Diseases of the circulatory system (I00-I99)

| Code | Title |
| --- | --- |
| I20 | Angina pectoris |
| I20.0 | Unstable angina |
| I20.1 | Angina pectoris with documented spasm |
| I20.8 | Other forms of angina pectoris |
| I21 | Acute myocardial infarction |
| I21.0 | Acute transmural myocardial infarction of anterior wall |
| I21.1 | Acute transmural myocardial infarction of inferior wall |
| I21.2 | Acute transmural myocardial infarction of other sites |
| I21.4 | Acute subendocardial myocardial infarction |
| I21.9 | Acute myocardial infarction, unspecified |""",
        "references": """## References

1. Marsh J, Okafor T, Lindqvist P, et al. Early mobilisation after hip fracture. Age Ageing 2014;43(2):188-194.
2. Okafor T, Marsh J. Delirium on surgical wards. Age Ageing 2016;45(1):12-18. doi:10.0000/aa.2016.12
3. Petrov A, Hughes R, Sato K, et al. Oral iron in chronic heart failure. Eur J Heart Fail 2017;19(4):501-509.
4. Sato K, Petrov A. Ferritin thresholds in heart failure. Eur J Heart Fail 2019;21(7):880-885.
5. World Health Organization. Guideline on haemoglobin cut-offs. Geneva: WHO; 2024. ISBN 000-00-0000000.""",
        "leaflet": """# Package leaflet: Exampril 5 mg tablets

## 3. How to take Exampril

Take the tablets once a day with a glass of water. If you have any questions, ask your doctor or pharmacist.

| Age | Dose | Frequency |
| --- | --- | --- |
| Adults | 5 mg | once a day |
| Over 65 years | 2.5 mg | once a day |
| Children from 6 years | 0.1 mg/kg | once a day |

If you take more Exampril than you should, talk to your doctor straight away.

## 4. Possible side effects

- Common: dizziness, headache, dry cough
- Uncommon: rash, itching
- Rare: swelling of the face, lips or tongue

If you get any side effects, talk to your doctor or pharmacist.""",
        "trial": """Official title: Exampril versus placebo in adults with mild hypertension
Acronym: EXAMPLE-1
Recruitment status: Completed
Study type: Interventional
Allocation: Randomised
Masking: Double (participant, investigator)
Enrolment: 412
Condition: Hypertension
Intervention: Exampril 5 mg once daily
Comparator: Placebo
Primary outcome: Change in systolic blood pressure from baseline to week 12
Inclusion criteria: Adults of 18 to 75 years with a systolic pressure of 140 to 159 mmHg
Exclusion criteria: Pregnancy, renal failure, use of other antihypertensives""",
        "laboratory": """| Test | Result | Reference range | Unit |
| --- | --- | --- | --- |
| Sodium | 138 | 135-145 | mmol/L |
| Potassium | 4.1 | 3.5-5.1 | mmol/L |
| Creatinine | 88 | 62-106 | µmol/L |
| Urea | 6.2 | 2.8-8.1 | mmol/L |
| Haemoglobin | 131 | 130-175 | g/L |
| Leukocytes | 7.4 | 4.0-10.0 | 10⁹/L |
| Platelets | 245 | 150-400 | 10⁹/L |
| CRP | 12 | < 5 | mg/L |""",
        "sections": """# Summary of product characteristics

## 1. Name of the medicinal product
## 2. Qualitative and quantitative composition
## 3. Pharmaceutical form
## 4. Clinical particulars
### 4.1 Therapeutic indications
### 4.2 Posology and method of administration
### 4.3 Contraindications
### 4.4 Special warnings and precautions for use
### 4.5 Interaction with other medicinal products
### 4.6 Fertility, pregnancy and lactation
### 4.8 Undesirable effects""",
    },
    "fr": {
        "codes": """# Maladies de l'appareil circulatoire (I00-I99)

| Code | Libellé |
| --- | --- |
| I20 | Angine de poitrine |
| I20.0 | Angine de poitrine instable |
| I20.1 | Angine de poitrine avec spasme vérifié |
| I20.8 | Autres formes d'angine de poitrine |
| I21 | Infarctus aigu du myocarde |
| I21.0 | Infarctus transmural aigu du myocarde, de la paroi antérieure |
| I21.1 | Infarctus transmural aigu du myocarde, de la paroi inférieure |
| I21.2 | Infarctus transmural aigu du myocarde, d'autres localisations |
| I21.9 | Infarctus aigu du myocarde, sans précision |""",
        "references": """## Références

1. Dubois C, Lemaire A, Petit J, et al. Prise en charge de la bronchiolite. Arch Pediatr 2015;22(3):301-308.
2. Lemaire A, Dubois C. Oxygénothérapie à haut débit chez l'enfant. Arch Pediatr 2018;25(1):44-50.
3. Garnier P, Roux M, Blanc S, et al. Carence en fer et grossesse. Presse Med 2016;45(9):760-768.
4. Roux M, Garnier P. Anémie du sujet âgé. Rev Prat 2019;69(2):151-157. doi:10.0000/rp.2019.151
5. Haute Autorité de santé. Dépistage du diabète gestationnel. Saint-Denis : HAS ; 2021. ISBN 000-00-0000000.""",
        "leaflet": """# Notice : information de l'utilisateur, Exempril 5 mg, comprimé

## 3. Comment prendre Exempril

Prenez les comprimés une fois par jour avec un verre d'eau. Si vous avez d'autres questions, interrogez votre médecin.

| Âge | Dose | Fréquence |
| --- | --- | --- |
| Adultes | 5 mg | 1 fois par jour |
| Plus de 65 ans | 2,5 mg | 1 fois par jour |
| Enfants à partir de 6 ans | 0,1 mg/kg | 1 fois par jour |

Si vous avez pris plus d'Exempril que vous n'auriez dû, consultez immédiatement votre médecin.

## 4. Quels sont les effets indésirables éventuels

- Fréquent : vertiges, maux de tête, toux sèche
- Peu fréquent : éruption, démangeaisons
- Rare : gonflement du visage, des lèvres ou de la langue

Si vous ressentez un effet indésirable, parlez-en à votre médecin ou à votre pharmacien.""",
        "trial": """Titre officiel : Exempril contre placebo chez l'adulte atteint d'hypertension légère
Acronyme : EXEMPLE-1
Statut du recrutement : terminé
Type d'étude : interventionnelle
Répartition : aléatoire
Insu : double (participant, investigateur)
Effectif : 412
Pathologie : hypertension artérielle
Intervention : Exempril 5 mg une fois par jour
Comparateur : placebo
Critère principal : variation de la pression systolique entre l'inclusion et la semaine 12
Critères d'inclusion : adultes de 18 à 75 ans avec une pression systolique de 140 à 159 mmHg
Critères d'exclusion : grossesse, insuffisance rénale, autre traitement antihypertenseur""",
        "laboratory": """| Analyse | Résultat | Valeurs usuelles | Unité |
| --- | --- | --- | --- |
| Sodium | 138 | 135-145 | mmol/L |
| Potassium | 4,1 | 3,5-5,1 | mmol/L |
| Créatinine | 88 | 62-106 | µmol/L |
| Urée | 6,2 | 2,8-8,1 | mmol/L |
| Hémoglobine | 13,1 | 13,0-17,5 | g/dL |
| Leucocytes | 7,4 | 4,0-10,0 | G/L |
| Plaquettes | 245 | 150-400 | G/L |
| CRP | 12 | < 5 | mg/L |""",
        "sections": """# Résumé des caractéristiques du produit

## 1. Dénomination du médicament
## 2. Composition qualitative et quantitative
## 3. Forme pharmaceutique
## 4. Informations cliniques
### 4.1 Indications thérapeutiques
### 4.2 Posologie et mode d'administration
### 4.3 Contre-indications
### 4.4 Mises en garde spéciales et précautions d'emploi
### 4.5 Interactions avec d'autres médicaments
### 4.6 Fertilité, grossesse et allaitement
### 4.8 Effets indésirables""",
    },
    "it": {
        "codes": """# Malattie del sistema circolatorio (I00-I99)

| Codice | Titolo |
| --- | --- |
| I20 | Angina pectoris |
| I20.0 | Angina instabile |
| I20.1 | Angina pectoris con spasmo documentato |
| I20.8 | Altre forme di angina pectoris |
| I21 | Infarto miocardico acuto |
| I21.0 | Infarto miocardico transmurale acuto della parete anteriore |
| I21.1 | Infarto miocardico transmurale acuto della parete inferiore |
| I21.2 | Infarto miocardico transmurale acuto di altre sedi |
| I21.9 | Infarto miocardico acuto non specificato |""",
        "references": """## Bibliografia

1. Rossi M, Ferri L, Conti A, et al. Gestione dello scompenso cardiaco. G Ital Cardiol 2015;16(4):221-229.
2. Ferri L, Rossi M. Anemia e scompenso nell'anziano. G Ital Cardiol 2018;19(2):95-101.
3. Greco P, Villa S, Longo D, et al. Vaccinazione antinfluenzale in gravidanza. Epidemiol Prev 2016;40(5):330-337.
4. Villa S, Greco P. Coperture vaccinali per regione. Epidemiol Prev 2020;44(1):60-66. doi:10.0000/ep.2020.60
5. Istituto superiore di sanità. Linee guida sul diabete gestazionale. Roma: ISS; 2021. ISBN 000-00-0000000.""",
        "leaflet": """# Foglio illustrativo: Esempril 5 mg compresse

## 3. Come prendere Esempril

Prenda le compresse una volta al giorno con un bicchiere d'acqua. Se ha dubbi, consulti il medico o il farmacista.

| Età | Dose | Frequenza |
| --- | --- | --- |
| Adulti | 5 mg | 1 volta al giorno |
| Oltre 65 anni | 2,5 mg | 1 volta al giorno |
| Bambini da 6 anni | 0,1 mg/kg | 1 volta al giorno |

Se prende più Esempril di quanto deve, si rivolga subito al medico.

## 4. Possibili effetti indesiderati

- Comune: capogiri, mal di testa, tosse secca
- Non comune: eruzione cutanea, prurito
- Raro: gonfiore del viso, delle labbra o della lingua

Se manifesta un qualsiasi effetto indesiderato, si rivolga al medico o al farmacista.""",
        "trial": """Titolo ufficiale: Esempril rispetto a placebo negli adulti con ipertensione lieve
Acronimo: ESEMPIO-1
Stato del reclutamento: concluso
Tipo di studio: interventistico
Assegnazione: casuale
Cecità: doppia (partecipante, sperimentatore)
Arruolamento: 412
Condizione: ipertensione arteriosa
Intervento: Esempril 5 mg una volta al giorno
Confronto: placebo
Esito primario: variazione della pressione sistolica dal basale alla settimana 12
Criteri di inclusione: adulti da 18 a 75 anni con pressione sistolica da 140 a 159 mmHg
Criteri di esclusione: gravidanza, insufficienza renale, altri antipertensivi""",
        "laboratory": """| Esame | Risultato | Valori di riferimento | Unità |
| --- | --- | --- | --- |
| Sodio | 138 | 135-145 | mmol/L |
| Potassio | 4,1 | 3,5-5,1 | mmol/L |
| Creatinina | 0,99 | 0,70-1,20 | mg/dL |
| Urea | 37 | 17-49 | mg/dL |
| Emoglobina | 13,1 | 13,0-17,5 | g/dL |
| Leucociti | 7,4 | 4,0-10,0 | 10³/µL |
| Piastrine | 245 | 150-400 | 10³/µL |
| PCR | 12 | < 5 | mg/L |""",
        "sections": """# Riassunto delle caratteristiche del prodotto

## 1. Denominazione del medicinale
## 2. Composizione qualitativa e quantitativa
## 3. Forma farmaceutica
## 4. Informazioni cliniche
### 4.1 Indicazioni terapeutiche
### 4.2 Posologia e modo di somministrazione
### 4.3 Controindicazioni
### 4.4 Avvertenze speciali e precauzioni d'impiego
### 4.5 Interazioni con altri medicinali
### 4.6 Fertilità, gravidanza e allattamento
### 4.8 Effetti indesiderati""",
    },
    "es": {
        "codes": """# Enfermedades del sistema circulatorio (I00-I99)

| Código | Título |
| --- | --- |
| I20 | Angina de pecho |
| I20.0 | Angina inestable |
| I20.1 | Angina de pecho con espasmo documentado |
| I20.8 | Otras formas de angina de pecho |
| I21 | Infarto agudo de miocardio |
| I21.0 | Infarto transmural agudo del miocardio de la pared anterior |
| I21.1 | Infarto transmural agudo del miocardio de la pared inferior |
| I21.2 | Infarto agudo transmural del miocardio de otros sitios |
| I21.9 | Infarto agudo del miocardio, sin otra especificación |""",
        "references": """## Bibliografía

1. García M, López R, Sanz P, et al. Manejo de la insuficiencia cardiaca. Rev Esp Cardiol 2015;68(4):310-318.
2. López R, García M. Anemia e insuficiencia cardiaca en el anciano. Rev Esp Cardiol 2018;71(2):95-101.
3. Navarro J, Ruiz A, Molina T, et al. Vacunación antigripal en el embarazo. Med Clin (Barc) 2016;147(5):200-207.
4. Ruiz A, Navarro J. Coberturas de vacunación por comunidades. Gac Sanit 2020;34(1):60-66. doi:10.0000/gs.2020.60
5. Ministerio de Sanidad. Guía de diabetes gestacional. Madrid: Ministerio de Sanidad; 2021. ISBN 000-00-0000000.""",
        "leaflet": """# Prospecto: Ejempril 5 mg comprimidos

## 3. Cómo tomar Ejempril

Tome los comprimidos una vez al día con un vaso de agua. Si tiene alguna duda, consulte a su médico o farmacéutico.

| Edad | Dosis | Frecuencia |
| --- | --- | --- |
| Adultos | 5 mg | 1 vez al día |
| Mayores de 65 años | 2,5 mg | 1 vez al día |
| Niños a partir de 6 años | 0,1 mg/kg | 1 vez al día |

Si toma más Ejempril del que debe, consulte inmediatamente a su médico.

## 4. Posibles efectos adversos

- Frecuentes: mareo, dolor de cabeza, tos seca
- Poco frecuentes: erupción, picor
- Raros: hinchazón de la cara, los labios o la lengua

Si experimenta cualquier efecto adverso, consulte a su médico o farmacéutico.""",
        "trial": """Título oficial: Ejempril frente a placebo en adultos con hipertensión leve
Acrónimo: EJEMPLO-1
Estado del reclutamiento: finalizado
Tipo de estudio: intervencional
Asignación: aleatorizada
Enmascaramiento: doble (participante, investigador)
Inclusión: 412
Enfermedad: hipertensión arterial
Intervención: Ejempril 5 mg una vez al día
Comparador: placebo
Variable principal: cambio de la presión sistólica desde el inicio hasta la semana 12
Criterios de inclusión: adultos de 18 a 75 años con una presión sistólica de 140 a 159 mmHg
Criterios de exclusión: embarazo, insuficiencia renal, otros antihipertensivos""",
        "laboratory": """| Prueba | Resultado | Valores de referencia | Unidad |
| --- | --- | --- | --- |
| Sodio | 138 | 135-145 | mmol/L |
| Potasio | 4,1 | 3,5-5,1 | mmol/L |
| Creatinina | 0,99 | 0,70-1,20 | mg/dL |
| Urea | 37 | 17-49 | mg/dL |
| Hemoglobina | 13,1 | 13,0-17,5 | g/dL |
| Leucocitos | 7,4 | 4,0-10,0 | 10³/µL |
| Plaquetas | 245 | 150-400 | 10³/µL |
| PCR | 12 | < 5 | mg/L |""",
        "sections": """# Ficha técnica o resumen de las características del producto

## 1. Nombre del medicamento
## 2. Composición cualitativa y cuantitativa
## 3. Forma farmacéutica
## 4. Datos clínicos
### 4.1 Indicaciones terapéuticas
### 4.2 Posología y forma de administración
### 4.3 Contraindicaciones
### 4.4 Advertencias y precauciones especiales de empleo
### 4.5 Interacción con otros medicamentos
### 4.6 Fertilidad, embarazo y lactancia
### 4.8 Reacciones adversas""",
    },
}

_MENUS = {
    "en": "Home|About us|Our clinic|Doctors and staff|Departments|Cardiology|Neurology|Paediatrics|For patients|"
          "Book an appointment|Visiting hours|Careers|Press|Contact|Sign in|Search|Language|Help|Sitemap|Follow us",
    "fr": "Accueil|Qui sommes-nous|Notre clinique|Médecins et équipes|Services|Cardiologie|Neurologie|Pédiatrie|"
          "Espace patient|Prendre rendez-vous|Horaires des visites|Carrières|Presse|Contact|Connexion|Recherche|"
          "Langue|Aide|Plan du site|Suivez-nous",
    "it": "Home|Chi siamo|La nostra clinica|Medici e personale|Reparti|Cardiologia|Neurologia|Pediatria|Per i pazienti|"
          "Prenota una visita|Orari di visita|Lavora con noi|Stampa|Contatti|Accedi|Cerca|Lingua|Aiuto|Mappa del sito",
    "es": "Inicio|Quiénes somos|Nuestra clínica|Médicos y personal|Servicios|Cardiología|Neurología|Pediatría|"
          "Para pacientes|Pedir cita|Horario de visitas|Trabaja con nosotros|Prensa|Contacto|Iniciar sesión|Buscar|"
          "Idioma|Ayuda|Mapa del sitio",
}  # fmt: skip

_LINKS = {
    "en": "How to sleep better in summer|What your cough is trying to tell you|Foods that are good for the heart|"
          "When to see a doctor about a headache|Walking is the best medicine, experts say|The truth about vitamins",
    "fr": "Comment mieux dormir en été|Ce que votre toux veut vous dire|Les aliments qui sont bons pour le cœur|"
          "Quand consulter pour un mal de tête|La marche est le meilleur des médicaments|La vérité sur les vitamines",
    "it": "Come dormire meglio in estate|Che cosa vuole dirti la tua tosse|I cibi che fanno bene al cuore|"
          "Quando andare dal medico per il mal di testa|Camminare è la medicina migliore|La verità sulle vitamine",
    "es": "Cómo dormir mejor en verano|Lo que su tos quiere decirle|Los alimentos que son buenos para el corazón|"
          "Cuándo ir al médico por un dolor de cabeza|Caminar es la mejor medicina|La verdad sobre las vitaminas",
}  # fmt: skip

_COOKIES = {
    "en": "We use cookies to make this site work and to measure how it is used. By clicking accept you agree to the "
          "use of all cookies, as set out in our privacy policy. You can change your choice in the settings.",
    "fr": "Nous utilisons des cookies pour faire fonctionner ce site et pour mesurer son audience. En cliquant sur "
          "accepter, vous consentez à tous les cookies décrits dans notre politique de confidentialité.",
    "it": "Usiamo i cookies per far funzionare questo sito e per misurarne l'uso. Cliccando su accetta si acconsente "
          "all'uso di tutti i cookies descritti nella nostra informativa sulla privacy.",
    "es": "Utilizamos cookies para que este sitio funcione y para medir su uso. Al hacer clic en aceptar usted "
          "consiente el uso de todas las cookies descritas en nuestra política de privacidad.",
}  # fmt: skip

_SPAM = {
    "en": "cheap pills online, buy pills online, pills without prescription, best price pills, order pills online, ",
    "fr": "pilules pas chères en ligne, acheter pilules, pilules sans ordonnance, meilleur prix pilules, commander, ",
    "it": "pillole economiche online, comprare pillole, pillole senza ricetta, miglior prezzo pillole, ordinare ora, ",
    "es": "pastillas baratas online, comprar pastillas, pastillas sin receta, mejor precio pastillas, pedir ahora, ",
}

_PARAGRAPHS = {
    "en": "Our centre has treated patients with back pain for many years. Call us today and ask for a first visit.",
    "fr": "Notre centre soigne depuis des années les patients qui souffrent du dos. Appelez-nous dès aujourd'hui.",
    "it": "Il nostro centro cura da anni i pazienti che soffrono di mal di schiena. Ci chiami oggi per una visita.",
    "es": "Nuestro centro trata desde hace años a los pacientes con dolor de espalda. Llámenos hoy para una visita.",
}

_PLACEHOLDER = (
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore "
    "magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco laboris nisi ut aliquip ex ea commodo."
)

_GARBAGE = (
    "1|l ;: ~^ rn1 ||. '' ¬ vv0 _ - 3l ,.; ]]( ii1l | ~ «, o0 .. -_- c1 } ¦ lI| '' ;; t-1 ·· 0O ~~ || u, ¬¬ ^^ 11l\n"
    "~ .,- |l1 '; rr {( 5S :: -- ll| ¦¦ ,, o° ;. ]I[ nn ~' .. 8B ^ '' vv || ,. 1I ;- c( ·. }} ee -~ ll :. ¬ '' 0o\n"
)

BAD = {
    language: {
        "menu": _MENUS[language].replace("|", "\n"),
        "links": _LINKS[language].replace("|", "\n"),
        "cookies": _COOKIES[language],
        "spam": _SPAM[language] * 12,
        "paragraph": "\n\n".join([_PARAGRAPHS[language]] * 8),
        "placeholder": _PLACEHOLDER,
        "garbage": _GARBAGE * 3,
    }
    for language in GOOD
}
