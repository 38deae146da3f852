"""Reads and writes CSV and XLSX: plain Python, bytes in, rows out."""
