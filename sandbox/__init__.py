"""A small stand-in for the Kubernetes API and a router that plays ingress controller, for the demo and the fast
tests only.

It promises to answer like kube-apiserver for the kinds in `sandbox.kinds`; tests/cluster/contract holds it to that.
It is never a production part, imports nothing of `apps/` and is imported by nothing there.
"""
