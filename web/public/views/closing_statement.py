"""The signed statement of what was destroyed after a crisis: as a file, with the public keys, and checked for everybody."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from core import clock, signatures
from core.errors import DomainError
from privacy.statements import LONGEST, Checked, check, signed_statement
from tasks.models import Crisis
from tasks.queries.thanks import ended_crises
from web.access import public
from web.forms import BaseForm, posted, refuse
from web.public.frame import briefly_kept, tabs

# Whoever has both files checks without us. Read by people, so in the order in which they would say it.
COMMANDS = (
    "curl -o destroyed.json {statement} -o keys.json {keys}",
    "pip install cryptography",
    'python3 -c "import json; from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey as Key; '
    "it = json.load(open('destroyed.json')); "
    "Key.from_public_bytes(bytes.fromhex(json.load(open('keys.json'))[it['key']])).verify("
    "bytes.fromhex(it['signature']), "
    "json.dumps(it['statement'], sort_keys=True, separators=(',', ':')).encode()); print('right')\"",
)


class StatementForm(BaseForm):
    """A statement that somebody kept."""

    text = forms.CharField(
        label=_("The statement you kept"),
        help_text=_("The whole file, from the first bracket to the last"),
        max_length=LONGEST,
        error_messages={"required": _("Paste the statement")},
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocomplete": "off"}),
    )


@require_safe
@public
@briefly_kept
def closing_file(request: HttpRequest, code: str) -> HttpResponse:
    """The statement of today with its signature, in the one form that is signed."""
    statement = signed_statement(_ended(code), at=clock.now())
    return HttpResponse(signatures.canonical(statement), content_type="application/json")


@require_safe
@public
@briefly_kept
def closing_keys(request: HttpRequest) -> HttpResponse:
    """Every public key that may have signed a statement, by its name."""
    return HttpResponse(signatures.canonical(signatures.public_keys()), content_type="application/json")


@require_http_methods(["GET", "HEAD", "POST"])
@public
@briefly_kept
def closing_check(request: HttpRequest, code: str) -> HttpResponse:
    """Today's statement is checked here, and one that somebody kept; and how to check either without us."""
    at = clock.now()
    crisis = _ended(code)
    form = StatementForm(posted(request))
    found: Checked | None = None
    if request.method == "POST" and form.is_valid():
        try:
            found = check(form.cleaned_data["text"], crisis=crisis, at=at)
        except DomainError as error:
            refuse(form, error)
    elif request.method != "POST" and signatures.own_key():
        found = check(signatures.canonical(signed_statement(crisis, at=at)), crisis=crisis, at=at)
    statement_url, keys_url = (
        settings.SITE_URL + reverse(name, args=args)
        for name, args in (("public:closing_file", [code]), ("public:closing_keys", []))
    )
    context: dict[str, Any] = {
        "tabs": tabs(request, ""),
        "crisis": crisis,
        "form": form,
        "found": found,
        "key": signatures.own_key(),
        "keys": signatures.public_keys(),
        "commands": [line.format(statement=statement_url, keys=keys_url) for line in COMMANDS],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "public/closing_check.html", context, status=status)


def _ended(code: str) -> Crisis:
    crisis = ended_crises(clock.now()).filter(code=code).first()
    if crisis is None:
        raise Http404
    return crisis
