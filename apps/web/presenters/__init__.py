"""What pages show of the domain's rows, in words: pure functions, no queries but those their docstring names."""
