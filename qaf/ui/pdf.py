"""From our own HTML to an accessible PDF (PDF/UA-1). Nothing is fetched: what a document needs stands in it."""

from typing import Any

from django.template.loader import render_to_string


def html_of(template: str, context: dict[str, Any]) -> str:
    """Return the document's HTML, its style sheet written into it."""
    return render_to_string(template, {"style": render_to_string("pdf/style.css"), **context})


def pdf_of(html: str, **options: Any) -> bytes:
    """Return the HTML as a tagged PDF/UA-1 document. The same HTML gives the same bytes.

    Anything the HTML refers to outside itself is refused and left out.
    """
    from weasyprint import HTML  # half a second to import: only for those who draw
    from weasyprint.urls import URLFetcher

    # A picture address typed into an audit must never make the server call anybody, nor read a file.
    nothing = URLFetcher(allowed_protocols=())
    document: bytes = HTML(string=html, url_fetcher=nothing).write_pdf(pdf_variant="pdf/ua-1", **options)
    return document


def pdf_page(template: str, context: dict[str, Any]) -> bytes:
    """Return a template as PDF."""
    return pdf_of(html_of(template, context))
