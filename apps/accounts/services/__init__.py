"""What may be changed about people, teams and tokens, and by whom: one transaction and one audit row each."""
