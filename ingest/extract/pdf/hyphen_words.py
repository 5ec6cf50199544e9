"""What English, French, Italian and Spanish write with a hyphen, and what only looks so.

The lists were written for this project. They decide where a document itself does not; `Speech` says what each means.
"""

import dataclasses
import re
from collections.abc import Mapping


@dataclasses.dataclass(frozen=True)
class Speech:
    """The habits of one language; all lists in lower case.

    `common`: words by which the language of a document is told. `compounds`: written with a hyphen, whole; `heads`:
    beginning so ("cross-*" in the lists); `tails`: ending so ("*-based"). `prefixes`: keep their hyphen before a word
    that is known; `before_vowel`: before the letter named. `verbs`: forms with a pronoun behind. `solid`: written in
    one, though the parts are words, or the first begins compounds; `solid_heads` stand for all words that begin so
    ("over*"), `solid_tails` for all that end so ("*mente").
    """

    common: frozenset[str]
    compounds: frozenset[str]
    heads: frozenset[str]
    tails: frozenset[str]
    prefixes: frozenset[str]
    before_vowel: frozenset[str]
    verbs: re.Pattern[str]
    solid: frozenset[str]
    solid_heads: tuple[str, ...]
    solid_tails: tuple[str, ...]


def _speech(common: str, compounds: str, prefixes: str, before_vowel: str, solid: str, verbs: str = r"(?!)") -> Speech:
    written, one = compounds.split(), solid.split()
    return Speech(
        frozenset(common.split()),
        frozenset(word for word in written if "*" not in word),
        frozenset(word[:-2] for word in written if word.endswith("-*")),
        frozenset(word[2:] for word in written if word.startswith("*-")),
        frozenset(prefixes.split()),
        frozenset(before_vowel.split()),
        re.compile(verbs),
        frozenset(word for word in one if "*" not in word),
        tuple(word[:-1] for word in one if word.endswith("*")),
        tuple(word[1:] for word in one if word.startswith("*")),
    )


# Scientific terms of all four languages; what stands on both sides of their hyphen is no word of a language.
_EVERYWHERE = """
    in-vitro in-vivo ex-vivo in-situ check-up follow-up day-hospital day-surgery alpha-* bêta-* gamma-* check-in p-*
    t-* x-* e-mail z-* r-* u-* n-* o-* m-* guillain-* creutzfeldt-* ziehl-*
"""

ENGLISH = _speech(
    common="the of and in to was with for were that is by are from this as on at or an be which not have",
    compounds=_EVERYWHERE
    + """
    beta-* self-* placebo-* well-being well-known well-established well-defined well-tolerated double-* single-*
    triple-* cross-* dose-response dose-* half-life half-lives half-maximal long-term long-lasting long-acting
    long-standing short-term short-acting short-lived mid-term near-term medium-term high-* low-* first-* second-*
    third-line real-world real-time real-life end-stage end-point end-organ out-of in-hospital in-patient in-house
    in-depth in-person in-stent in-line on-site on-demand on-treatment on-label off-label off-pump off-target set-up
    back-up build-up work-up warm-up scale-up make-up catch-up one-way two-way one-year all-cause case-control
    case-series case-fatality case-mix case-report post-hoc non-* ex-smoker ex-smokers quasi-* open-label wild-type
    head-to year-old years-old old-age up-to state-of day-to mother-to intention-to point-of time-to face-to gram-*
    flu-like x-ray blood-brain risk-benefit cost-* nurse-* patient-* community-* health-related left-sided right-sided
    ground-glass broad-* two-* three-* four-* five-* six-* seven-* eight-* nine-* ten-year ten-day twenty-* thirty-*
    forty-* fifty-* one-third meta-analysis meta-analyses meta-analytic meta-regression co-worker co-workers co-author
    co-authors anti-inflammatory anti-inflammatories anti-infective anti-infectives t-test trade-off cut-off cut-offs
    follow-ups check-ups full-time part-time full-text large-scale small-scale large-cell small-cell lipid-lowering
    glucose-lowering time-dependent gluten-free decision-making problem-solving over-the by-products *-based *-related
    *-dependent *-controlled *-associated *-induced *-specific *-blind *-blinded *-like *-positive *-negative
    *-resistant *-sensitive *-treated *-adjusted *-matched *-weighted *-centre *-center *-arm *-year *-week *-month
    *-day *-hour *-minute *-naive *-naïve *-guided *-reported *-driven *-mediated *-free *-stage *-effective
    *-effectiveness *-wide *-derived *-rich *-deficient *-threatening *-limiting *-oriented *-centred *-centered
    *-making *-taking *-sided *-enhanced *-spectrum *-glass *-shaped *-sized *-onset *-density *-intensity *-looking
    *-seeking *-releasing *-coated *-binding *-up *-to-treat *-of-care *-to-date *-the-art *-of-hospital *-to-child
    *-to-head *-treat *-care *-art *-date *-hospital-acquired *-acquired
    """,
    prefixes="anti pre post co multi semi mid",
    before_vowel="anti-i re-e co-o pre-e semi-i intra-a",
    solid="""
    background baseline outcome outcomes without within however therefore healthcare antibod* underl* overall overv*
    overd* overc* overw* interact* subcut* intraven* sometimes something someone meanwhile furthermore moreover
    lifetime lifestyle database databases breakdown guideline guidelines timeline downstream upstream uptake update
    updated upper upright ongoing offspring nonetheless notwithstanding halfway pretreat* prescri* previ* present*
    preval* prevent* prepar* pregn* predict* predom* prefer* presum* premat* precl* preci* precau* presc* pressure*
    posts* postp* posture positi* postop* posterior* pretty precede* preced* higher highest highly highlight* lower
    lowest lowering lowered longer longest longitud* longevity shortage shorter shortest shortly followed following
    follows follower* selfish wellness crossing crossed crosses crossover doses dosed dosing halves meaningful
    metabol* metast* metaph* anticipat* antibio* antigen* anticoag* antiret* antimic* antihyp* antifung* antivir*
    antidep* antipsych* antioxid* antisept* antithr* copy coping costly cosmet* costs coincid* cohort* coronar*
    cortic* combin* common* compar* compl* comp* con* col* cou* coo* cor* nonspecific nonlinear midwife midwi* midline
    midst secondary seconds secondly firstly twofold threefold tenfold single* singly doubled doubles doubling multip*
    reco* rece* rel* reg* res* ret* rev* rep* ref* red* understand* undergo* undert* underw* interv* interp* intern*
    interest* interf* intera* semin* postal nurses nursery patients patiently wildlife bedside outpatient outpatients
    inpatient inpatients throughput breakthrough network* framework teamwork worldwide nationwide bloodstream
    heartbeat headache* backache toothache stomachache heartburn eyelid* eyesight fingertip* checklist* cutoff
    workload workforce workplace waveform* wavelength* bandwidth feedback input output layout dropout dropouts setup
    spreadsheet* software hardware outbreak* outlier* outline* output* outside inside insight* onset offset upon into
    onto whereas whereby thereby thereafter hereby elsewhere otherwise likewise everybody anybody nobody somebody
    anything nothing everything throughout afterwards towards inwards maybe cannot mainstream hallmark* benchmark*
    landmark* biomark* handbook textbook* notebook childbirth childhood adulthood newborn* stillbirth* birthweight
    bodyweight overweight underweight gallstone* kneecap* earlobe* shellfish drawback* setback* shortcoming*
    standpoint viewpoint endpoint* pinpoint* timepoint* breastfeed* breastfe* weekend* weekday* daytime night* anyone
    anyway phenotype* genotype* prototype* serotype* subtype* stereotype* daily yearly weekly carefree *ment *ments
    *tion *tions *ness *ship *hood *ward *wards *wise *fold *able *ible *less *ful *ingly *ally *ically *ability
    """,
)
FRENCH = _speech(
    common="le la les des et en du une est que pour dans par sur au aux avec sont qui ne pas plus ou ce cette",
    compounds=_EVERYWHERE
    + """
    peut-être c'est-à est-à est-à-dire à-dire *-à-dire rendez-vous au-dessus au-dessous au-delà au-devant celui-*
    celle-* ceux-* celles-* lui-même elle-même eux-* elles-* soi-même moi-même vis-à vis-à-vis quelques-uns
    quelques-unes quelqu'un ci-* là-bas là-haut là-dessus jusque-là contre-* sous-* demi-* demie-* a-t *-t-il *-t-elle
    *-t-on *-même *-mêmes après-midi après-demain avant-bras avant-hier avant-garde mi-temps mi-journée mi-chemin
    mi-parcours mi-dose mi-cuisse mi-mollet rince-bouche rince-bouches garde-malade ex-fumeur ex-fumeurs ex-fumeuse
    ex-aequo non-* quasi-* vice-* nouveau-né nouveau-nés nouveau-née mort-né mort-nés bénéfice-risque
    bénéfices-risques bénéfice/risque risque-bénéfice coût-* dose-* médico-* compte-gouttes compte-rendu
    comptes-rendus abaisse-langue laissez-passer savoir-faire bien-être mal-être petit-déjeuner grand-mère grand-père
    arrière-* tire-lait porte-* essuie-* lave-* croque-mort chef-d'œuvre arc-en eau-de tout-petit tout-petits
    tout-venant court-circuit long-courrier libre-service plus-value moins-value anatomo-* thoraco-* pleuro-*
    abdomino-* fronto-* temporo-* pariéto-* occipito-* lombo-* sacro-* antéro-* postéro-* médio-* fémoro-* tibio-*
    hydro-électrolytique hydro-électrolytiques hydro-alcoolique angio-œdème angio-oedème angio-œdèmes
    gastro-intestinal gastro-intestinale gastro-intestinaux gastro-intestinales tout-à tout-à-l pays-bas
    anti-inflammatoire anti-inflammatoires anti-infectieux anti-infectieuse anti-infectieuses saint-* sainte-* deux-*
    trois-* quatre-* vingt-* trente-* quarante-* cinquante-* soixante-* dix-* bêta-bloquant bêta-bloquants beta-*
    prise-en gastro-œsophagien aide-* infirmier-* est-ce
    """,
    prefixes="néo",
    verbs=r"\w+(?:ons-nous|ez-(?:vous|le|la|les|en|y|lui|leur|moi|nous)|-(?:il|ils|elle|elles|on|ce))",
    before_vowel="anti-i intra-a intra-o intra-u intra-é extra-a péri-i micro-o",
    solid="""
    merci précis* préci* pré* post* inter* sur* hyper* hypo* anti* entre* semi* soustr* souscr* soussign* sousten*
    souvent contrebalanc* contrepart* contrecarr* contredi* contref* contrepoids contreven* contribu* contra* contrô*
    contrec* examen* expo* expl* exp* exc* exer* exis* milieu minute* migrain* mieux nonobstant nonante longtemps
    plusieurs toutefois malgré néanmoins aujourd* lorsque puisque quoique parce* voilà voici davantage autrefois
    désormais bonjour bientôt plutôt surtout partout cependant quelquefois malentend* malform* maladroit bienveill*
    bienfait* auxquel* auquel desquel* duquel lesquel* laquelle lequel demi portefeuille passeport tournevis vinaigr*
    gendarme monsieur madame doser dosage* dosé* douze dixième* deuxième* troisième* vingtaine trentaine *ment *ments
    *tion *tions *ité *ités *eur *eurs *euse *euses *able *ables *ique *iques *aire *aires *isme *iste *mentale *elle
    *elles
    """,
)
ITALIAN = _speech(
    common="il di che la per un una del della dei con non sono in da al alla nel nella le gli più come anche",
    compounds=_EVERYWHERE
    + """
    medico-* rischio-* costo-* costi-* dose-risposta dose-dipendente dose-limitante beta-* anti-infiammatorio
    anti-infiammatori anti-infettivo ex-fumatore ex-fumatori ex-fumatrice emilia-* trentino-* friuli-* valle-*
    ospedale-* clinico-* caso-controllo socio-* tecnico-* anatomo-* vice-* non-* quasi-* post-hoc toraco-* addomino-*
    fronto-* temporo-* parieto-* occipito-* lombo-* antero-* postero-* infero-* supero-* medio-* femoro-* tibio-*
    simil-* ace-inibitori ace-inibitore color-doppler
    """,
    prefixes="neo",
    before_vowel="anti-i",
    solid="""
    contro* contra* sotto* sopra* sovra* inter* anti* ipo* iper* cardio* gastro* endo* intra* pre* post* nonostante
    nonché nonno nonna tuttavia perché almeno foglio* oltre* infatti benché qualc* soltanto allora pertanto dunque
    soprattutto malattia* malgrado maltratt* benessere talvolta qualsiasi qualunque chiunque ovunque dovunque finché
    affinché poiché giacché cosicché anziché invece inoltre dapprima davvero ossia oppure neppure neanche nemmeno
    sebbene laddove peraltro tuttora finora altrimenti chissà *mente *mento *menti *zione *zioni *bile *bili *ità
    *ista *ismo *aggio *tura *ture
    """,
)
SPANISH = _speech(
    common="el los de que las en y del se por con una para un es no al como su más lo son este esta",
    compounds=_EVERYWHERE
    + """
    riesgo-* coste-* costo-* médico-* dosis-respuesta dosis-dependiente ácido-* clínico-* teórico-* castilla-*
    franco-* físico-* histórico-* socio-sanitario beneficio-* casos-control caso-control anátomo-* anatomo-* post-hoc
    toraco-* abdomino-* fronto-* temporo-* parieto-* lumbo-* antero-* ántero-* postero-* término-* termino-*
    amoxicilina-* eco-doppler beta-hcg
    """,
    prefixes="neo",
    before_vowel="",
    solid="""
    contra* sobre* sub* inter* anti* hipo* hiper* cardio* gastro* intra* pre* post* malestar bienestar sinembargo
    también aunque porque contra* después entrevist* entre* sobretodo medicamento* embargo beta* ex* micro* bio* neo*
    multi* radio* quimio* vaso* auto* extra* para* todavía además quizá* siquiera sino asimismo tampoco conque
    mediodía medianoche bienvenid* malform* malnutri* maltrat* cualquier* quienquiera dondequiera *mente *miento
    *mientos *ción *ciones *dad *dades *ble *bles *ista *ismo *aje *tura *turas
    """,
)
SPEECHES = {"en": ENGLISH, "fr": FRENCH, "it": ITALIAN, "es": SPANISH}
_TELLING = 3  # common words that a text must have more of one language than of any other


def language_of(words: Mapping[str, int]) -> str | None:
    """ISO 639-1 code of the language whose common words a text has most of, given its words (lower case) and their
    number; None when no language leads."""
    counts = sorted(((sum(words.get(word, 0) for word in s.common), n) for n, s in SPEECHES.items()), reverse=True)
    return counts[0][1] if counts[0][0] >= counts[1][0] + _TELLING else None
