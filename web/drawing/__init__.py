"""Pictures made on the server: plain functions from values to SVG, without script and without inline style."""
