"""Labels of the domain corpora that someone had to decide, by reading the pages, articles and news."""

# Medical: pages on a disease, its treatment or care. Doubtful, and left out: news of medicine,
# nutrition, health policy and technology. Everything else on the pages, and all else in the corpora, is not medical.
MEDICAL_HOSTS = frozenset(
    (
        "springer.com",
        "acpjournals.org",
        "fda.gov",
        "cdc.gov",
        "kneibdentistry.com",
        "westbelldentalcare.com",
        "halomentalhealth.com",
        "kff.org",
        "hrsa.gov",
        "southcarolinablues.com",
        "nih.gov",
        "alsforums.com",
        "denverhealth.org",
        "jmir.org",
        "talkspace.com",
        "betterhelp.com",
        "o7therapy.com",
    )
)
DOUBTFUL_HOSTS = frozenset(
    (
        "jobsnhire.com",
        "japantimes.co.jp",
        "theintercept.com",
        "thelist.com",
        "appen.com",
        "bbc.com",
        "instyle.com",
        "tastewise.io",
        "linkedin.com",
        "prevention.com",
        "today.com",
        "harvard.edu",
        "topgrowthmarketing.com",
        "optimantra.com",
        "nutritionfacts.org",
        "universityhealth.com",
        "wellmeright.com",
        "greenroads.com",
        "7cups.com",
        "npr.org",
        "aidoc.com",
        "oracle.com",
        "eufic.org",
        "scripps.org",
        "healthyforlifemeals.com",
        "nationalgeographic.com",
        "georgetown.edu",
        "parkview.com",
        "healthline.com",
        "afpafitness.com",
        "sciencesetavenir.fr",
        "lopinion.fr",
    )
)
DOUBTFUL_NEWS = frozenset(("dailymail.co.uk.298630", "bbc.381669"))  # a vaccine against cancer; HIV in China
DOUBTFUL_ARTICLES = frozenset(("Autism", "Abortion", "Anatomy", "Assistive technology"))
MEDICAL_ARTICLES = frozenset(("1472-6831-8-11.nxml", "6605965a.nxml", "mds526.nxml"))  # of PMC; the others are biology
