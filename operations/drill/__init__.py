"""A whole crisis, played by synthetic people through the product's own actions and jobs. docs/drill.md describes it."""
