"""Real Kubernetes parts, PostgreSQL and Redis for tests and for trying things by hand, without a container engine.

Everything is started from binaries on free loopback ports and dies with the process that started it. The package knows
nothing of the product: it imports none of `apps`, so that what it shows about the product is evidence.
"""
