"""The kinds that the sandbox serves: names, verbs, subresources and fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sandbox.schema import (
    ANY,
    BOOLEAN,
    BYTES,
    INT64,
    INT_OR_STRING,
    INTEGER,
    OPTIONAL_STRING,
    STRING,
    List,
    Map,
    Schema,
    Struct,
)

ALL_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
STATUS_VERBS = ("get", "patch", "update")

OWNER_REFERENCE = Struct(
    {
        "apiVersion": STRING,
        "kind": STRING,
        "name": STRING,
        "uid": STRING,
        "controller": BOOLEAN,
        "blockOwnerDeletion": BOOLEAN,
    },
    atomic=True,
)
METADATA = Struct(
    {
        "name": STRING,
        "generateName": STRING,
        "namespace": STRING,
        "selfLink": STRING,
        "uid": STRING,
        "resourceVersion": STRING,
        "generation": INT64,
        "creationTimestamp": STRING,
        "deletionTimestamp": STRING,
        "deletionGracePeriodSeconds": INT64,
        "labels": Map(STRING),
        "annotations": Map(STRING),
        "ownerReferences": List(OWNER_REFERENCE, keys=("uid",)),
        "finalizers": List(STRING, is_set=True),
        "managedFields": List(ANY),
    },
    go="ObjectMeta",
)
CONDITION = Struct(
    {
        "type": STRING,
        "status": STRING,
        "reason": STRING,
        "message": STRING,
        "lastTransitionTime": STRING,
        "observedGeneration": INT64,
    }
)
OBJECT_REFERENCE = Struct(
    {
        "apiVersion": STRING,
        "fieldPath": STRING,
        "kind": STRING,
        "name": STRING,
        "namespace": STRING,
        "resourceVersion": STRING,
        "uid": STRING,
    },
    atomic=True,
)
LOAD_BALANCER = Struct(
    {
        "ingress": List(
            Struct(
                {
                    "ip": STRING,
                    "hostname": STRING,
                    "ipMode": STRING,
                    "ports": List(Struct({"port": INTEGER, "protocol": STRING, "error": STRING})),
                }
            )
        )
    }
)
BACKEND = Struct(
    {
        "service": Struct(
            {
                "name": STRING,
                "port": Struct({"name": STRING, "number": INTEGER}, go="ServiceBackendPort", atomic=True),
            },
            go="IngressServiceBackend",
        ),
        "resource": Struct({"apiGroup": STRING, "kind": STRING, "name": STRING}, atomic=True),
    },
    go="IngressBackend",
)
HTTP_PATH = Struct({"path": STRING, "pathType": STRING, "backend": BACKEND}, go="HTTPIngressPath", always=("backend",))
INGRESS_RULE = Struct(
    {"host": STRING, "http": Struct({"paths": List(HTTP_PATH, go="[]v1.HTTPIngressPath")}, go="HTTPIngressRuleValue")},
    go="IngressRule",
)
INGRESS_SPEC = Struct(
    {
        "ingressClassName": OPTIONAL_STRING,
        "defaultBackend": BACKEND,
        "tls": List(Struct({"hosts": List(STRING), "secretName": STRING}, go="IngressTLS"), go="[]v1.IngressTLS"),
        "rules": List(INGRESS_RULE, go="[]v1.IngressRule"),
    },
    go="IngressSpec",
)
SERVICE_PORT = Struct(
    {
        "name": STRING,
        "protocol": STRING,
        "appProtocol": STRING,
        "port": INTEGER,
        "targetPort": INT_OR_STRING,
        "nodePort": INTEGER,
    },
    go="ServicePort",
)
SERVICE_SPEC = Struct(
    {
        "ports": List(SERVICE_PORT, keys=("port", "protocol"), key_defaults={"protocol": "TCP"}, go="[]v1.ServicePort"),
        "selector": Map(STRING, atomic=True),
        "clusterIP": STRING,
        "clusterIPs": List(STRING),
        "type": STRING,
        "externalIPs": List(STRING),
        "sessionAffinity": STRING,
        "loadBalancerIP": STRING,
        "loadBalancerSourceRanges": List(STRING),
        "externalName": STRING,
        "externalTrafficPolicy": STRING,
        "healthCheckNodePort": INTEGER,
        "publishNotReadyAddresses": BOOLEAN,
        "sessionAffinityConfig": Struct({"clientIP": Struct({"timeoutSeconds": INTEGER})}),
        "ipFamilies": List(STRING),
        "ipFamilyPolicy": STRING,
        "allocateLoadBalancerNodePorts": BOOLEAN,
        "loadBalancerClass": STRING,
        "internalTrafficPolicy": STRING,
        "trafficDistribution": STRING,
    },
    go="ServiceSpec",
)
ENDPOINT = Struct(
    {
        "addresses": List(STRING, go="[]string"),
        "conditions": Struct({"ready": BOOLEAN, "serving": BOOLEAN, "terminating": BOOLEAN}),
        "hostname": STRING,
        "targetRef": OBJECT_REFERENCE,
        "deprecatedTopology": Map(STRING),
        "nodeName": STRING,
        "zone": STRING,
        "hints": Struct({"forZones": List(Struct({"name": STRING})), "forNodes": List(Struct({"name": STRING}))}),
    },
    go="Endpoint",
    always=("conditions",),
)


@dataclass(frozen=True)
class Kind:
    kind: str
    plural: str
    singular: str
    group: str
    namespaced: bool
    schema: Struct
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ALL_VERBS
    has_status: bool = False
    counts_generation: bool = False
    selectable_fields: tuple[str, ...] = ()
    version: str = "v1"

    @property
    def group_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def key(self) -> str:
        return f"{self.group}/{self.plural}"


def _object(fields: Mapping[str, Schema], kind: str, always: tuple[str, ...] = ()) -> Struct:
    common: dict[str, Schema] = {"apiVersion": STRING, "kind": STRING, "metadata": METADATA}
    return Struct(common | dict(fields), go=kind, always=("metadata", *always))


NAMESPACE = Kind(
    "Namespace",
    "namespaces",
    "namespace",
    "",
    False,
    _object(
        {
            "spec": Struct({"finalizers": List(STRING)}, go="NamespaceSpec"),
            "status": Struct({"phase": STRING, "conditions": List(CONDITION, keys=("type",))}, go="NamespaceStatus"),
        },
        "Namespace",
        always=("spec", "status"),
    ),
    short_names=("ns",),
    verbs=("create", "delete", "get", "list", "patch", "update", "watch"),
    has_status=True,
    selectable_fields=("status.phase", "name"),
)
SERVICE = Kind(
    "Service",
    "services",
    "service",
    "",
    True,
    _object(
        {
            "spec": SERVICE_SPEC,
            "status": Struct(
                {"loadBalancer": LOAD_BALANCER, "conditions": List(CONDITION, keys=("type",))},
                always=("loadBalancer",),
            ),
        },
        "Service",
        always=("spec", "status"),
    ),
    short_names=("svc",),
    categories=("all",),
    has_status=True,
    selectable_fields=("spec.clusterIP", "spec.type"),
)
SECRET = Kind(
    "Secret",
    "secrets",
    "secret",
    "",
    True,
    _object({"data": Map(BYTES), "stringData": Map(STRING), "type": STRING, "immutable": BOOLEAN}, "Secret"),
    selectable_fields=("type",),
)
EVENT = Kind(
    "Event",
    "events",
    "event",
    "",
    True,
    _object(
        {
            "involvedObject": OBJECT_REFERENCE,
            "reason": STRING,
            "message": STRING,
            "source": Struct({"component": STRING, "host": STRING}),
            "firstTimestamp": STRING,
            "lastTimestamp": STRING,
            "count": INTEGER,
            "type": STRING,
            "eventTime": STRING,
            "series": Struct({"count": INTEGER, "lastObservedTime": STRING}),
            "action": STRING,
            "related": OBJECT_REFERENCE,
            "reportingComponent": STRING,
            "reportingInstance": STRING,
        },
        "Event",
    ),
    short_names=("ev",),
    selectable_fields=(
        *(f"involvedObject.{name}" for name in OBJECT_REFERENCE.fields),
        "reason",
        "type",
        "source",
        "reportingComponent",
    ),
)
INGRESS = Kind(
    "Ingress",
    "ingresses",
    "ingress",
    "networking.k8s.io",
    True,
    _object(
        {"spec": INGRESS_SPEC, "status": Struct({"loadBalancer": LOAD_BALANCER}, always=("loadBalancer",))},
        "Ingress",
        always=("spec", "status"),
    ),
    short_names=("ing",),
    has_status=True,
    counts_generation=True,
)
INGRESS_CLASS = Kind(
    "IngressClass",
    "ingressclasses",
    "ingressclass",
    "networking.k8s.io",
    False,
    _object(
        {
            "spec": Struct(
                {
                    "controller": STRING,
                    "parameters": Struct(
                        {"apiGroup": STRING, "kind": STRING, "name": STRING, "namespace": STRING, "scope": STRING}
                    ),
                },
                go="IngressClassSpec",
            )
        },
        "IngressClass",
        always=("spec",),
    ),
    counts_generation=True,
)
ENDPOINT_SLICE = Kind(
    "EndpointSlice",
    "endpointslices",
    "endpointslice",
    "discovery.k8s.io",
    True,
    _object(
        {
            "addressType": STRING,
            "endpoints": List(ENDPOINT, go="[]v1.Endpoint", always=True),
            "ports": List(
                Struct({"name": OPTIONAL_STRING, "port": INTEGER, "protocol": STRING, "appProtocol": STRING}),
                go="[]v1.EndpointPort",
                always=True,
            ),
        },
        "EndpointSlice",
    ),
    counts_generation=True,
)

KINDS: Mapping[str, Kind] = MappingProxyType(
    {kind.key: kind for kind in (NAMESPACE, SERVICE, SECRET, EVENT, INGRESS, INGRESS_CLASS, ENDPOINT_SLICE)}
)
GROUPS = ("", "networking.k8s.io", "discovery.k8s.io", "authorization.k8s.io")
