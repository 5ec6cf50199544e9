"""What an answer means for the crawl: pure functions from a page and its answer to an outcome."""

import dataclasses

from lxml import etree

from ingest.crawl import links, sitemap
from ingest.crawl.config import HTML_TYPES, CrawlConfig
from ingest.crawl.fetch import Answer
from ingest.crawl.frontier import PAGE, SITEMAP, Link, Outcome, Page
from ingest.crawl.retry import backoff, is_passing
from ingest.crawl.scope import Scope
from ingest.decode import BodyError
from ingest.urls import host_of, join

_REDIRECTS = (301, 302, 303, 307, 308)


def judge(page: Page, answer: Answer, config: CrawlConfig, scope: Scope) -> Outcome:
    """The outcome of an attempt; its links are not yet divided between shards."""
    base = Outcome(page, "captured", page.attempts + 1, answer.time.strftime("%Y-%m-%dT%H:%M:%SZ"))
    if answer.status in _REDIRECTS and answer.header("location"):
        return _redirect(base, answer, config, scope)
    reason, message = answer.reason, answer.message
    if reason is None and answer.status != 200:
        reason, message = f"http-{answer.status}", f"the server answered {answer.status} {answer.phrase}".strip()
    elif reason is None and not answer.body.strip():
        reason, message = "empty", "the body is empty"
    if reason:
        return _failure(base, reason, message, answer, config)
    return _sitemap(base, answer, scope) if page.kind == SITEMAP else _document(base, answer, config, scope)


def _document(base: Outcome, answer: Answer, config: CrawlConfig, scope: Scope) -> Outcome:
    if answer.media_type not in HTML_TYPES:
        return base
    found = links.extract(answer.body, answer.url, answer.header("x-robots-tag"), config.product)
    if base.page.depth >= config.max_depth:
        return dataclasses.replace(base, counts=(("too-deep", len(found)),) if found else ())
    wanted, refused = _sift(found, scope)
    new = tuple(Link(url, host_of(url), PAGE, base.page.depth + 1) for url in wanted)
    return dataclasses.replace(base, links=new, counts=refused)


def _sitemap(base: Outcome, answer: Answer, scope: Scope) -> Outcome:
    try:
        pages, children = sitemap.parse(answer.body, answer.url)
    except (BodyError, etree.XMLSyntaxError) as error:
        return dataclasses.replace(base, state="failed", reason="bad-sitemap", message=str(error)[:500])
    wanted, refused = _sift(pages, scope)
    new = [Link(url, host_of(url), PAGE, 1) for url in wanted]
    if base.page.hops < sitemap.MAX_NESTING:
        new += [Link(url, host_of(url), SITEMAP, 0, base.page.hops + 1) for url in children if scope.same_site(url)]
    return dataclasses.replace(base, links=tuple(new), counts=refused)


def _redirect(base: Outcome, answer: Answer, config: CrawlConfig, scope: Scope) -> Outcome:
    page, location = base.page, answer.header("location")
    target = join(page.url, location)
    if target is None:
        message = f"redirected to {location[:300]!r}, which is not an http or https URL"
        return dataclasses.replace(base, state="failed", reason="bad-redirect", message=message)
    if page.hops >= config.max_redirects and target != page.url:
        message = f"more than {config.max_redirects} redirects, the next to {target}"
        return dataclasses.replace(base, state="failed", reason="too-many-redirects", message=message)
    refusal = None if page.kind == SITEMAP and scope.same_site(target) else scope.refusal(target)
    if refusal and page.depth == 0 and page.kind == PAGE:
        message = f"a start URL that redirects to {target}, which is {refusal}; start there, or widen the scope"
        return dataclasses.replace(base, state="failed", reason="redirect-out-of-scope", message=message)
    base = dataclasses.replace(base, state="redirected", target=target)
    if refusal:
        return dataclasses.replace(base, counts=((refusal, 1),))
    return dataclasses.replace(base, links=(Link(target, host_of(target), page.kind, page.depth, page.hops + 1),))


def _failure(base: Outcome, reason: str, message: str, answer: Answer, config: CrawlConfig) -> Outcome:
    asked = answer.retry_after or 0.0
    if is_passing(reason) and base.attempts <= config.retries and asked <= config.max_wait:
        wait = max(asked, backoff(config.backoff, base.attempts))
        return dataclasses.replace(base, state="queued", reason=reason, message=message[:500], wait=wait)
    return dataclasses.replace(base, state="failed", reason=reason, message=message[:500])


def _sift(urls: list[str], scope: Scope) -> tuple[list[str], tuple[tuple[str, int], ...]]:
    """URLs in scope, and how many others there were by reason."""
    wanted: list[str] = []
    refused: dict[str, int] = {}
    for url in urls:
        reason = scope.refusal(url)
        if reason is None:
            wanted.append(url)
        else:
            refused[reason] = refused.get(reason, 0) + 1
    return wanted, tuple(sorted(refused.items()))
