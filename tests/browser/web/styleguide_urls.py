"""The product's addresses plus the style guide, which otherwise only development has."""

from django.urls import include, path

from apps.web.styleguide import styleguide

urlpatterns = [path("styleguide/", styleguide), path("", include("portal.urls"))]
