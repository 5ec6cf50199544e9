"""What stands around the content of real sites: menus, banners, related articles, footers, in five habits of markup."""

from bench.probe.words import Words

_SCRIPT = "<script>window.dataLayer=window.dataLayer||[];function t(){dataLayer.push(arguments)}</script>"


def dress(style: int, words: Words, title: str, body: str) -> tuple[str, list[str]]:
    """(the page around `body`, texts of the chrome that must not be taken for content)."""
    menu = "".join(f"<li class='menu-item'><a href='/{at}'>{name}</a></li>" for at, name in enumerate(words.menu))
    related = "".join(f"<li><a href='/r/{at}'>{name}</a></li>" for at, name in enumerate(words.related))
    head = (
        f"<head><meta charset='utf-8'><title>{title} | {words.site}</title>{_SCRIPT}"
        "<style>.nav{color:red}</style><meta name='viewport' content='width=device-width'></head>"
    )
    page = (_semantic, _soup, _tables, _blog, _portal)[style % 5](words, title, body, menu, related)
    return f"<!DOCTYPE html><html lang='{words.language}'>{head}{page}</html>", [
        words.cookies,
        words.footer,
        *words.related,
    ]


def _semantic(words: Words, title: str, body: str, menu: str, related: str) -> str:
    return (
        f"<body><header><nav><ul>{menu}</ul></nav></header><main><article><h1>{title}</h1>{body}</article>"
        f"<aside><h3>{words.see_also}</h3><ul>{related}</ul></aside></main><footer><p>{words.footer}</p></footer>"
        f"<div id='cookie-banner' role='dialog'><p>{words.cookies}</p><button>OK</button></div></body>"
    )


def _soup(words: Words, title: str, body: str, menu: str, related: str) -> str:
    return (
        f"<body><div class='wrap'><div class='top'><div class='nav'><ul>{menu}</ul></div></div><div class='row'>"
        f"<div class='col-8'><div class='page-title'><h1>{title}</h1></div><div class='txt'>{body}</div></div>"
        f"<div class='col-4 sidebar'><div class='widget'><h4>{words.see_also}</h4><ul>{related}</ul></div></div></div>"
        f"<div class='footer'><p>{words.footer}</p></div></div><div class='cookie-notice'>{words.cookies}</div></body>"
    )


def _tables(words: Words, title: str, body: str, menu: str, related: str) -> str:
    return (
        "<body><table width='100%'><tr><td colspan='2' class='header'><img src='logo.gif' alt=''></td></tr><tr>"
        f"<td class='menu' width='150'><ul>{menu}</ul></td><td class='main'><h1>{title}</h1>{body}</td></tr>"
        f"<tr><td colspan='2' class='footer'><p>{words.footer}</p></td></tr></table>"
        f"<div class='related-posts'><h4>{words.see_also}</h4><ul>{related}</ul></div>"
        f"<div class='cookie-consent'>{words.cookies}</div></body>"
    )


def _blog(words: Words, title: str, body: str, menu: str, related: str) -> str:
    share = "".join(f"<li><a class='share-{name}' href='#'>{name}</a></li>" for name in ("Facebook", "X", "WhatsApp"))
    return (
        f"<body class='single post'><div id='page'><header id='masthead'><nav id='main-nav'><ul>{menu}</ul></nav>"
        f"</header><div id='content'><div id='primary'><article class='post hentry'><header class='entry-header'>"
        f"<h1 class='entry-title'>{title}</h1></header><div class='entry-content'>{body}</div>"
        f"<footer class='entry-footer'><ul class='sharing'>{share}</ul></footer></article>"
        f"<div class='related-posts'><h3>{words.see_also}</h3><ul>{related}</ul></div></div></div>"
        f"<footer id='colophon'><p>{words.footer}</p></footer></div>"
        f"<div class='cookie-bar'>{words.cookies}</div></body>"
    )


def _portal(words: Words, title: str, body: str, menu: str, related: str) -> str:
    return (
        f"<body><a class='skip' href='#main'>{words.skip}</a><div role='banner'><div role='navigation'><ul>{menu}</ul>"
        f"</div></div><div class='breadcrumb'><a href='/'>{words.menu[0]}</a> / {title}</div>"
        f"<div id='main' role='main'><h1>{title}</h1><div class='region region-content'>"
        f"<div class='field field--name-body'>{body}</div></div></div>"
        f"<div role='complementary'><h2>{words.see_also}</h2><ul>{related}</ul></div>"
        f"<div role='contentinfo'><p>{words.footer}</p></div>"
        f"<div class='eu-cookie-compliance'>{words.cookies}</div></body>"
    )
