"""Documents that leave the practice, made from what is frozen in the store."""
