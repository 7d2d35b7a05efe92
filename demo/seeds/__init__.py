"""What the demo's database and clusters hold at first. Everything goes through the services, as if people had done it.

Each module may run again: it adds what is missing and leaves alone what somebody changed since.
"""
