"""Line ends of medical text in four languages: "-|" where a true hyphen stood, "|" where the typesetter broke."""

CASES = {
    "en": """
        well-|being follow-|up long-|term double-|blind placebo-|controlled SARS-|CoV-2 SARS-CoV-|2 COVID-|19
        self-|care dose-|dependent anti-|inflammatory half-|life X-|ray T-|cell beta-|blocker β-|lactam
        N-|acetylcysteine high-|risk low-|grade evidence-|based age-|related drug-|induced in-|hospital
        out-|of-hospital state-of-|the-art state-of-the-|art up-|to-date mother-|to-child p-|value t-|test real-|world
        first-|line second-|line non-|smokers IL-|6 HLA-|B27 HIV-|positive ex-|smokers cross-|sectional case-|control
        meta-|analysis open-|label year-|old nurse-|led gluten-|free flu-|like wild-|type head-to-|head end-|stage
        C-|reactive Guillain-|Barré Stevens-|Johnson five-|year two-|thirds MK-|3475 5-|fluorouracil co-|workers
        intention-to-|treat treat|ment pa|tients hydro|cortisone pre|scribed pre|vious pre|sent post|poned high|er
        low|ering long|itudinal short|age fol|lowed follow|ing follow|ed self|ish well|ness cross|ing back|ground
        base|line out|come with|out how|ever there|fore health|care anti|biotics anti|bodies anti|coagulant
        non|etheless half|way dose|s under|lying over|all inter|action contra|indicated chemo|therapy
        immuno|suppressed sub|cutaneous intra|venous cardio|vascular gastro|intestinal in|formation in|creased
        ex|amination ex|posure de|veloped con|centration be|tween some|times micro|biology bio|markers mean|while
        further|more not|withstanding life|time life|style data|base break|down guide|line time|line down|stream
        up|take on|going off|spring
    """,
    "fr": """
        peut-|être c'est-|à-dire c'est-à-|dire rendez-|vous au-|dessus au-|delà celui-|ci celle-|là lui-|même
        eux-|mêmes vis-à-|vis contre-|indication contre-|indiqué contre-|indications sous-|cutanée sous-|jacente
        demi-|vie anti-|inflammatoire anti-|infectieux a-|t-il a-t-|il doit-|il faut-|il pouvons-|nous prenez-|le
        non-|fumeurs après-|midi mi-|temps quelques-|uns ci-|dessous ci-|après là-|bas intra-|oculaire
        bénéfice-|risque dose-|réponse COVID-|19 VIH-|1 bêta-|bloquant Saint-|Louis Jean-|Pierre CONTRE-|INDICATIONS
        ex-|fumeurs rince-|bouche est-|ce celles-|là médico-|légale risque-|bénéfice traite|ment pa|tients
        médica|ments indi|cations nou|velle mer|ci ge|nou pré|sence pré|caution post|opératoire sur|dosage
        sur|veillance inter|actions hyper|tension hypo|glycémie anti|biotiques anti|corps anti|coagulants
        sous|traction sous|crit ex|amen ex|position mi|lieu mi|nutes mi|graine non|obstant vi|tamine entre|tien
        long|temps plu|sieurs toute|fois mal|gré néan|moins aujour|d'hui cardio|vasculaire gastro|entérite
        intra|veineuse contre|balancer contre|partie para|cétamol souf|france compri|més chi|rurgie semi|naire
        INDI|CATIONS PRÉCAU|TIONS parce|que lors|que puis|que voi|là de|mi con|vient être|s
    """,
    "it": """
        medico-|paziente rischio-|beneficio costo-|efficacia medico-|legale SARS-|CoV-2 COVID-|19 beta-|bloccante
        HIV-|1 anti-|infiammatorio dose-|risposta PD-|L1 follow-|up day-|hospital ex-|fumatori p-|value α-|bloccante
        C-|reattiva Emilia-|Romagna Guillain-|Barré check-|up in-|vitro tratta|mento pa|zienti contro|indicazioni
        contro|indicato sotto|cutanea inter|azioni sovra|dosaggio sopra|tutto anti|biotici anti|corpi anti|coagulante
        ipo|glicemia iper|tensione cardio|vascolare gastro|intestinale endo|venosa intra|muscolare pre|cauzioni
        pre|senza post|operatorio non|ostante tutta|via per|ché al|meno chiara|mente rapida|mente gene|ralmente
        dell'a|nemia foglio|line com|presse medi|cinale sommi|nistrazione effi|cacia stu|dio dia|gnosi tera|pia an|che
        ben|ché qual|cuno sol|tanto in|fatti ol|tre multi|centrico bio|psia micro|bica neo|nato sub|acuto
        CONTRO|INDICAZIONI AVVER|TENZE meta|bolismo vaso|dilatatore
    """,
    "es": """
        riesgo-|beneficio coste-|efectividad médico-|paciente dosis-|respuesta COVID-|19 SARS-|CoV-2 ácido-|base
        médico-|legal clínico-|patológico VIH-|1 PD-|L1 Castilla-|León Guillain-|Barré β-|lactámico p-|valor
        C-|reactiva teórico-|práctico IL-|6 anti-|TNF trata|miento pa|cientes contra|indicaciones contra|indicado
        sobre|dosis sub|cutánea inter|acciones anti|bióticos anti|cuerpos anti|coagulantes anti|inflamatorio
        hipo|glucemia hiper|tensión cardio|vascular gastro|intestinal intra|venosa intra|muscular pre|cauciones
        pre|sencia post|operatorio clara|mente rápida|mente gene|ralmente mal|estar bien|estar sin|embargo tam|bién
        aun|que por|que con|tra des|pués entre|vista sobre|todo medi|camento admi|nistración efi|cacia estu|dio
        diag|nóstico tera|pia enfer|medad com|primidos beta|bloqueante ex|fumadores micro|biología bio|psia neo|nato
        multi|céntrico radio|terapia quimio|terapia CONTRA|INDICACIONES ADVER|TENCIAS vaso|dilatador auto|inmune
        extra|celular para|cetamol dosi|ficación
    """,
}
CONTEXT = {
    "en": "The aim of this study was to see whether the drug is of use in those who have it, and was safe for them.",
    "fr": "Le but de cette étude est de voir si le produit est utile chez les malades qui en ont besoin.",
    "it": "Lo scopo di questo lavoro è vedere se il farmaco sia utile nei malati che ne hanno bisogno e per gli altri.",
    "es": "El fin de este trabajo es ver si el fármaco es útil en los enfermos que lo necesitan y para los otros.",
}  # fmt: skip


def cases(language: str) -> list[tuple[str, str, str]]:
    """(before the break with its hyphen, after it, the word as it is written) of each case of a language."""
    found = []
    for case in CASES[language].split():
        left, right = case.split("|")
        found.append((left.removesuffix("-") + "-", right, case.replace("|", "")))
    return found
