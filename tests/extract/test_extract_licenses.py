"""Licence statements: no restriction is lost, whatever the spelling, and nothing is freer than it says."""

import pytest

from ingest.extract.licenses import spdx

BMC = (
    "This article is licensed under a Creative Commons Attribution 4.0 International License (which permits use). The "
    "Creative Commons Public Domain Dedication waiver (http://creativecommons.org/publicdomain/zero/1.0/) applies to "
    "the data made available in this article."
)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("http://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0"), ("CC BY-NC-SA 3.0", "CC-BY-NC-SA-3.0"),
        ("CC-BY-NC", "LicenseRef-CC-BY-NC"), ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("under the Creative Commons Attribution-NonCommercial 4.0 International", "CC-BY-NC-4.0"),
        ("Creative Commons Attribution License", "LicenseRef-CC-BY"), ("All rights reserved", None), ("", None),
        ("Creative Commons Attribution Non Commercial 4.0", "CC-BY-NC-4.0"),
        ("Creative Commons Attribution – NonCommercial 4.0", "CC-BY-NC-4.0"),
        ("Creative Commons Attribution 4.0 Non-Commercial", "CC-BY-NC-4.0"),
        ("Creative Commons Attribution, Non-Commercial 3.0", "CC-BY-NC-3.0"),
        ("Creative Commons Attribution/NonCommercial 3.0", "CC-BY-NC-3.0"),
        ("Creative Commons Attribution (Non-commercial) 3.0", "CC-BY-NC-3.0"),
        ("Creative Commons Attribution NonCommercial-NoDerivatives 4.0", "CC-BY-NC-ND-4.0"),
        ("Creative Commons Attribution No Derivs 3.0", "CC-BY-ND-3.0"),
        ("Creative Commons Attribution-ShareAlike 4.0", "CC-BY-SA-4.0"),
        ("Creative Commons Attribution - Pas d'Utilisation Commerciale - Pas de Modification 4.0", "CC-BY-NC-ND-4.0"),
        ("licence Creative Commons Attribution - Partage dans les Mêmes Conditions 4.0", "CC-BY-SA-4.0"),
        ("Creative Commons Reconocimiento-NoComercial-SinObraDerivada 4.0", "CC-BY-NC-ND-4.0"),
        ("Licencia Creative Commons Atribución-NoComercial-CompartirIgual 4.0", "CC-BY-NC-SA-4.0"),
        ("Creative Commons Attribuzione - Non commerciale - Non opere derivate 4.0", "CC-BY-NC-ND-4.0"),
        ("Creative Commons Attribuzione - Condividi allo stesso modo 3.0", "CC-BY-SA-3.0"),
        ("Creative Commons Attribution 4.0, for commercial and non-commercial use", "CC-BY-4.0"),
        ("Creative Commons Attribution License (CC BY-NC 4.0)", "CC-BY-NC-4.0"),
        (BMC, "CC-BY-4.0"), ("CC0 1.0", "CC0-1.0"),
        ("https://creativecommons.org/licenses/by-nc-sa/3.0/igo/", "CC-BY-NC-SA-3.0-IGO"),
        ("CC BY-NC 3.0 IGO", "LicenseRef-CC-BY-NC-3.0-IGO"),
        ("http://creativecommons.org/licenses/by-nd-nc/1.0", "CC-BY-NC-ND-1.0"),
        ("This work is not licensed under CC BY 4.0", None),
        ("not licensed under a CC BY 4.0 licence (https://creativecommons.org/licenses/by/4.0/)", None),
        ("Il testo non è distribuito con licenza CC BY 4.0", None), ("cc\\by", None), ("CC^BY", None),
        ("MIT", "MIT"), ("apache-2.0", "Apache-2.0"), ("etalab-2.0", "etalab-2.0"),
        ("LicenseRef-NLM-PubMed", "LicenseRef-NLM-PubMed"), ("CC-BY-3.0-US", "CC-BY-3.0-US"),
    ],
)  # fmt: skip
def test_licence_statements_become_spdx(statement, expected):
    assert spdx(statement) == expected
