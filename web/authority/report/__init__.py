"""The situation report of an area and a day: gathered once, worded once, shown as a page and as a PDF."""
