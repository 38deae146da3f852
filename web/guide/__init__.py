"""Help inside the product: a guide for each role, the words it uses, the first steps of somebody new."""
