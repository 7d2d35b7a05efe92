"""The rules about names, services, class and certificate. Each takes the facts and returns its violations.

`preflight` sets them in order.
"""

from __future__ import annotations

from apps.common.errors import Violation
from apps.common.said import phrase as _
from apps.domains.hosts import is_one_label_under, is_under
from apps.exposures.options import find_controller
from apps.exposures.policies.default_certificate import check_default_certificate
from apps.exposures.policies.facts import Facts
from apps.exposures.spec import PathSpec


def is_on_wildcard(facts: Facts) -> bool:
    """Whether the host is one label under the cluster's own wildcard domain (E4)."""
    return is_one_label_under(facts.spec.host, facts.cluster.wildcard_domain)


def check_host_not_reserved(facts: Facts) -> list[Violation]:
    """Reserved names, wildcard domains themselves and cluster entries belong to the platform."""
    host = facts.spec.host
    because = facts.reserved_because
    if because is None and host in facts.wildcard_owners:
        because = _("it is the wildcard domain of a cluster")
    if because is None and host in facts.cluster.entry_addresses:
        because = _("it is the entry of a cluster")
    if because is None:
        return []
    message = _("%(host)s is reserved: %(reason)s.") % {"host": host, "reason": because.rstrip(".")}
    return [Violation("host_reserved", "host", message, _("Choose another host."))]


def check_host_allowed(facts: Facts) -> list[Violation]:
    """The host is one label under this cluster's wildcard domain, or inside a zone granted to the team."""
    host, cluster = facts.spec.host, facts.cluster
    if is_on_wildcard(facts) or (facts.zone is not None and not _foreign_wildcard(facts)):
        return []
    if cluster.wildcard_domain and is_under(host, cluster.wildcard_domain):
        message = _("Only one label may stand before .%(domain)s.") % {"domain": cluster.wildcard_domain}
        return [
            Violation(
                "host_not_allowed",
                "host",
                message,
                _("Use a name like shop.%(domain)s.") % {"domain": cluster.wildcard_domain},
            )
        ]
    if owner := _foreign_wildcard(facts):
        message = _("%(host)s belongs to the wildcard domain of cluster %(cluster)s.") % {
            "host": host,
            "cluster": owner,
        }
        return [Violation("host_not_allowed", "host", message, _("Expose it there, or choose another host."))]
    message = _("%(host)s is in no zone that was granted to team %(team)s.") % {"host": host, "team": facts.team}
    hint = _("Use a name under .%(domain)s, or ask a platform admin for the zone.") % {
        "domain": cluster.wildcard_domain
    }
    if not cluster.wildcard_domain:
        hint = _("Ask a platform admin to grant the zone to your team.")
    return [Violation("host_not_allowed", "host", message, hint)]


def check_wildcard_is_http(facts: Facts) -> list[Violation]:
    """By security policy the wildcard path serves HTTP only (origin § 3)."""
    if not facts.spec.has_tls or not is_on_wildcard(facts):
        return []
    message = _("Names under the wildcard domain %(domain)s serve HTTP only.") % {
        "domain": facts.cluster.wildcard_domain
    }
    return [Violation("wildcard_requires_http", "tls", message, _("Choose HTTP, or use a host of one of your zones."))]


def check_services(facts: Facts) -> list[Violation]:
    """Every backend's Service exists in the namespace, leads to pods, and has the named port."""
    if facts.services is None:
        return []
    found = (_check_backend(facts, index, path) for index, path in enumerate(facts.spec.paths))
    return [violation for violation in found if violation is not None]


def _check_backend(facts: Facts, index: int, path: PathSpec) -> Violation | None:
    service, place = (facts.services or {}).get(path.service_name), f"paths.{index}"
    if service is None:
        message = _("There is no Service %(name)s in namespace %(namespace)s.") % {
            "name": path.service_name, "namespace": facts.namespace,
        }  # fmt: skip
        hint = _("Choose a Service of this namespace.")
        return Violation("service_not_found", f"{place}.service_name", message, hint)
    if service.is_elsewhere:
        # Through it the controller could be sent to the cluster's own API or to another team's pods.
        message = _("Service %(name)s is of type ExternalName: it leads out of the namespace.") % {"name": service.name}
        hint = _("Choose a Service with pods of its own.")
        return Violation("service_not_allowed", f"{place}.service_name", message, hint)
    if path.service_port in service.port_names or path.service_port in service.port_numbers:
        return None
    message = _("Service %(name)s has no TCP port %(port)s.") % {"name": service.name, "port": path.service_port}
    known = ", ".join([*sorted(service.port_names), *map(str, sorted(service.port_numbers))])
    return Violation(
        "port_not_found", f"{place}.service_port", message, _("It has: %(ports)s.") % {"ports": known or "–"}
    )


def find_unready(facts: Facts) -> list[Violation]:
    """It does not forbid the exposure, but a service without a ready endpoint answers 503."""
    warnings = []
    for index, path in enumerate(facts.spec.paths):
        service = (facts.services or {}).get(path.service_name)
        if service is not None and service.ready_endpoints == 0:
            message = _("Service %(name)s has no ready endpoint now.") % {"name": service.name}
            hint = _("The host will answer 503 until a pod is ready.")
            warnings.append(Violation("no_ready_endpoints", f"paths.{index}.service_name", message, hint))
    return warnings


def check_class(facts: Facts) -> list[Violation]:
    """An ingress class is named or the cluster has a default one, and it exists there."""
    name, classes = facts.ingress_class_name, facts.cluster.classes
    if not name:
        message = _("Cluster %(cluster)s has no default ingress class.") % {"cluster": facts.cluster.name}
        return [Violation("class_not_found", "ingress_class_name", message, _("Name the ingress class."))]
    if classes is not None and name not in classes:
        message = _("Cluster %(cluster)s has no ingress class %(name)s.") % {
            "cluster": facts.cluster.name,
            "name": name,
        }
        hint = _("It has: %(classes)s.") % {"classes": ", ".join(sorted(classes)) or "–"}
        return [Violation("class_not_found", "ingress_class_name", message, hint)]
    return []


def check_paths(facts: Facts) -> list[Violation]:
    """The controller serves such paths; whatever else Kubernetes allows in them."""
    controller = find_controller(facts.controller)
    refused = [
        index
        for index, path in enumerate(facts.spec.paths)
        if controller is not None and not controller.paths.fullmatch(path.path)
    ]
    message = _("%(controller)s serves no path with this character.") % {
        "controller": controller.label if controller else "–"
    }
    hint = _("Use letters, digits and . _ ~ - / only.")
    return [Violation("path_invalid", f"paths.{index}.path", message, hint) for index in refused]


def check_certificate(facts: Facts) -> list[Violation]:
    """HTTPS needs an offered certificate that covers the host; never a silent downgrade (E2, E3)."""
    if facts.spec.tls_secret_name is None:
        return check_default_certificate(facts)
    certificate, field = facts.certificate, "tls.secret_name"
    if certificate is None or not certificate.is_tls:
        message = _("There is no TLS Secret of this name in namespace %(namespace)s.") % {"namespace": facts.namespace}
        hint = _("Only Secrets of type kubernetes.io/tls are offered.")
        return [Violation("secret_not_offered", field, message, hint)]
    if certificate.reasons:
        return [
            Violation("certificate_not_usable", field, message, hint) for _code, message, hint in certificate.reasons
        ]
    approved = facts.around.approved_fingerprint
    if approved and approved != certificate.fingerprint_sha256:
        message = _("The certificate in %(secret)s is not the one that was approved.") % {
            "secret": certificate.secret_name
        }
        return [Violation("certificate_changed", field, message, _("Ask for approval of the new certificate."))]
    return []


def _foreign_wildcard(facts: Facts) -> str | None:
    """The cluster whose wildcard domain the host is under, when it is not this one."""
    return next(
        (
            cluster
            for domain, cluster in facts.wildcard_owners.items()
            if cluster != facts.cluster.name and is_under(facts.spec.host, domain)
        ),
        None,
    )
