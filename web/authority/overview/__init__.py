"""What the overview of an area is made of, part by part. Views put the parts on the page."""
