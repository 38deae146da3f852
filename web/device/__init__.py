"""What a device gets and keeps: the manifest, the worker, the page for being offline, and a volunteer's own day."""
