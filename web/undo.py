"""What was done, and in the same message the way back."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.html import format_html


def say_done(request: HttpRequest, words: str, *, back: str, label: str) -> None:
    """A message of success with a link to the address where it can be taken back."""
    messages.success(request, format_html('{} <a href="{}">{}</a>', words, back, label))
