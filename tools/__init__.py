"""Scripts for whoever works on the project; the product never imports them."""
