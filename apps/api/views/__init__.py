"""One module per noun of the REST contract. A view fetches, validates, calls one service and renders; nothing else."""
