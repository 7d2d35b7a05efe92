"""Addresses of the REST API, version 1. Names are matched narrowly: what cannot be one is an unknown address."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path, register_converter

from apps.api.views import (
    audit,
    authorities,
    certificates,
    clusters,
    deliveries,
    document,
    domains,
    exposure_parts,
    exposures,
    inventory,
    names,
    notices,
    people,
    requests,
)

app_name = "api"


class NameConverter:
    """A name or an id, as Kubernetes and the portal make them."""

    regex = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class HostConverter(NameConverter):
    """Anything that someone might take for a host: international names, upper case, wildcards."""

    regex = r"[^/\x00]{1,400}"


register_converter(NameConverter, "name")
register_converter(HostConverter, "host")

cluster_paths = [
    path("clusters/", clusters.ClusterListView.as_view(), name="clusters"),
    path("clusters/<name:name>/", clusters.ClusterDetailView.as_view(), name="cluster"),
    path("clusters/<name:name>/check/", clusters.ClusterCheckView.as_view()),
    path("clusters/<name:name>/dns/", names.ClusterNameView.as_view()),
    path("clusters/<name:name>/dns/check/", names.ClusterNameCheckView.as_view()),
    path("clusters/<name:name>/pause/", clusters.ClusterPauseView.as_view()),
    path("clusters/<name:name>/resume/", clusters.ClusterResumeView.as_view()),
    path("clusters/<name:name>/rekey/", clusters.ClusterRekeyView.as_view()),
    path("clusters/<name:name>/refresh/", inventory.ClusterRefreshView.as_view()),
    path("clusters/<name:name>/default-certificate/", authorities.DefaultCertificateView.as_view()),
    path("clusters/<name:name>/ingress-classes/", inventory.IngressClassListView.as_view()),
    path("clusters/<name:name>/namespaces/", inventory.NamespaceListView.as_view()),
    path("clusters/<name:name>/namespaces/<name:namespace>/services/", inventory.ServiceListView.as_view()),
    path("clusters/<name:name>/namespaces/<name:namespace>/certificates/", inventory.CertificateListView.as_view()),
    path(
        "clusters/<name:name>/namespaces/<name:namespace>/certificates/<name:secret_name>/move/",
        certificates.CertificateMoveView.as_view(),
    ),
    path(
        "clusters/<name:name>/namespaces/<name:namespace>/certificates/copy/", inventory.CertificateCopyView.as_view()
    ),
    path(
        "clusters/<name:name>/namespaces/<name:namespace>/certificates/<name:secret_name>/",
        certificates.CertificateDetailView.as_view(),
    ),
    path(
        "clusters/<name:name>/namespaces/<name:namespace>/exposures/<host:host>/",
        exposures.ExposureDeclarationView.as_view(),
    ),
]

exposure_paths = [
    path("hosts/<host:host>/", inventory.HostView.as_view()),
    path("options/", inventory.OptionListView.as_view()),
    path("exposures/", exposures.ExposureListView.as_view(), name="exposures"),
    path("exposures/<name:exposure_id>/", exposures.ExposureDetailView.as_view(), name="exposure"),
    path("exposures/<name:exposure_id>/consent/withdraw/", domains.ConsentWithdrawView.as_view()),
    path("exposures/<name:exposure_id>/manifest/", exposure_parts.ExposureManifestView.as_view()),
    path("exposures/<name:exposure_id>/drift/", exposure_parts.ExposureDriftView.as_view()),
    path("exposures/<name:exposure_id>/drift/revert/", exposure_parts.ExposureDriftRevertView.as_view()),
    path("exposures/<name:exposure_id>/drift/adopt/", exposure_parts.ExposureDriftAdoptView.as_view()),
    path("exposures/<name:exposure_id>/dns/", names.ExposureNameView.as_view()),
    path("exposures/<name:exposure_id>/dns/check/", names.ExposureNameCheckView.as_view()),
    path("exposures/<name:exposure_id>/history/", exposure_parts.ExposureHistoryView.as_view()),
    path("exposures/<name:exposure_id>/rollback/", exposure_parts.ExposureRollbackView.as_view()),
]

request_paths = [
    path("requests/", requests.RequestListView.as_view(), name="requests"),
    path("requests/<name:request_id>/", requests.RequestDetailView.as_view(), name="request"),
    path("requests/<name:request_id>/events/", requests.RequestEventsView.as_view()),
    path("requests/<name:request_id>/approve/", requests.RequestApproveView.as_view()),
    path("requests/<name:request_id>/reject/", requests.RequestRejectView.as_view()),
    path("requests/<name:request_id>/return/", requests.RequestReturnView.as_view()),
    path("requests/<name:request_id>/resubmit/", requests.RequestResubmitView.as_view()),
    path("requests/<name:request_id>/withdraw/", requests.RequestWithdrawView.as_view()),
    path("requests/<name:request_id>/retry/", requests.RequestRetryView.as_view()),
    path("requests/<name:request_id>/remind/", requests.RequestRemindView.as_view()),
    path("requests/<name:request_id>/comment/", requests.RequestCommentView.as_view()),
    path("deliveries/", deliveries.DeliveryListView.as_view(), name="deliveries"),
    path("deliveries/<name:delivery_id>/", deliveries.DeliveryDetailView.as_view(), name="delivery"),
    path("deliveries/<name:delivery_id>/retry/", deliveries.DeliveryRetryView.as_view()),
]

people_paths = [
    path("me/", people.MeView.as_view(), name="me"),
    path("tokens/", people.TokenListView.as_view(), name="tokens"),
    path("tokens/<name:token_id>/", people.TokenDetailView.as_view(), name="token"),
    path("teams/", people.TeamListView.as_view(), name="teams"),
    path("teams/<name:name>/", people.TeamDetailView.as_view(), name="team"),
    path("teams/<name:name>/grants/<name:cluster>/<name:namespace>/", people.TeamGrantView.as_view()),
    path("notices/", notices.NoticeListView.as_view(), name="notices"),
    path("notices/read-all/", notices.AllNoticesReadView.as_view()),
    path("notices/<name:notice_id>/read/", notices.NoticeReadView.as_view()),
    path("audit-events/", audit.AuditEventListView.as_view(), name="audit-events"),
    path("audit-events/export/", audit.AuditExportView.as_view()),
]

domain_paths = [
    path("zones/", domains.ZoneListView.as_view(), name="zones"),
    path("zones/<name:zone_id>/", domains.ZoneDetailView.as_view(), name="zone"),
    path("reserved-hosts/", domains.ReservedHostListView.as_view(), name="reserved-hosts"),
    path("reserved-hosts/<name:reserved_id>/", domains.ReservedHostDetailView.as_view(), name="reserved-host"),
    path("private-roots/", authorities.PrivateRootListView.as_view(), name="private-roots"),
    path("private-roots/<name:root_id>/", authorities.PrivateRootDetailView.as_view(), name="private-root"),
    path("host-claims/", domains.HostClaimListView.as_view(), name="host-claims"),
]

v1 = [*cluster_paths, *exposure_paths, *request_paths, *people_paths, *domain_paths]

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", include(v1)),
    path("schema/", document.SchemaView.as_view(), name="schema"),
    path("docs/", document.DocumentationView.as_view(), name="docs"),
    re_path(r"^", document.UnknownAddressView.as_view()),
]
