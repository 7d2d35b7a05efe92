"""/styleguide/: every component in every state, for whoever builds pages. Development only, no models."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

MANIFEST = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop-7f3a
  namespace: web
  labels:
    app.kubernetes.io/managed-by: portico
spec:
  ingressClassName: nginx
  rules:
    - host: shop.example.com
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: shop
                port:
                  name: http
"""
LONG = "a-name-of-exactly-sixty-characters-that-nobody-would-choose-x"


class ExampleForm(forms.Form):
    """One field of each kind."""

    host = forms.CharField(label="Host", help_text="Names under dev.example.net go live at once on dev-1.")
    port = forms.IntegerField(label="Port", min_value=1, max_value=65535)
    namespace = forms.ChoiceField(label="Namespace", choices=[("web", "web"), ("shop", "shop")])
    scheme = forms.ChoiceField(label="Scheme", choices=[("http", "HTTP"), ("https", "HTTPS")], widget=forms.RadioSelect)
    scopes = forms.MultipleChoiceField(
        label="Scopes",
        choices=[("read", "Read"), ("write", "Write")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    redirect = forms.BooleanField(label="Redirect to HTTPS", required=False, help_text="Answers 308 on port 80.")
    reason = forms.CharField(label="Reason", required=False, widget=forms.Textarea(attrs={"rows": 3}))


def hops(broken: int | None = None) -> list[dict[str, Any]]:
    titles = ["Name", "Entry", "Ingress", "Service", "Endpoints"]
    icons = ["globe", "server", "route", "box", "cable"]
    lines = [
        ["resolves to", "10.20.0.10"],
        ["prod-1, port 443", "answers in 4 ms"],
        ["class nginx", "web-shop-7f3a"],
        ["web / shop", "http → 8080"],
        ["3 of 3 ready"],
    ]
    states = ["bad" if index == broken else "ok" for index in range(len(titles))]
    return [
        {"icon": icon, "title": title, "lines": line, "state": state}
        for icon, title, line, state in zip(icons, titles, lines, states, strict=True)
    ]


def example_context() -> dict[str, Any]:
    now = timezone.now()
    return {
        "form": ExampleForm(initial={"scheme": "http"}, prefix="fresh"),
        "bad_form": ExampleForm({"bad-port": "0", "bad-scheme": "gopher"}, prefix="bad"),
        "kinds": ["ok", "wait", "run", "bad", "mute"],
        "environments": ["dev", "test", "staging", "prod"],
        "way": hops(),
        "broken_way": hops(broken=3),
        "manifest": MANIFEST,
        "changes": [
            {"label": "Host", "before": "", "after": "shop.example.com"},
            {"label": "Backend of /", "before": "web / shop-old : http", "after": "web / shop : http"},
            {"label": "Body size", "before": "1 MB", "after": "20 MB", "note": "More than nginx takes by default."},
            {"label": "Redirect", "before": "on", "after": ""},
        ],
        "latency": [4, 5, 4, 6, 4, 5, 9, 5, 4],
        "gapped": [4, 5, None, None, 6, 5],
        "page": Paginator(range(805), 50).page(3),
        "long_name": LONG,
        "long_host": ".".join([LONG] * 4) + ".example",
        "moments": [now - timedelta(seconds=40), now - timedelta(hours=3), now - timedelta(days=12)],
        "moment": now - timedelta(minutes=25),
    }


def styleguide(request: HttpRequest) -> HttpResponse:
    if not settings.DEBUG:
        raise Http404
    return render(request, "styleguide.html", example_context())
