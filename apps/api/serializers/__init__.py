"""What goes in and what comes out, as explicit lists of fields. `strict` refuses what is not on the list."""
