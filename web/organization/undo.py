"""What was done, with the way back where there is one."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.html import format_html


def said_with_way_back(request: HttpRequest, words: str, *, url: str, label: str) -> None:
    """Say on the next page that something was done, and where it is undone; the words are text, not HTML."""
    messages.success(request, format_html('{} <a href="{}">{}</a>', words, url, label))
