"""Extraction: raw bytes (HTML, PDF) become clean text, each document isolated from the worker that asked for it.

`sandbox`, `worker` the child process · `html`, `pdf`, `ocr` the formats · `references` what ends an article ·
`charset`, `clean`, `scripts`, `mathml` characters · `names`, `dates`, `languages`, `licenses`, `opt_outs` facts as
they are written
"""
