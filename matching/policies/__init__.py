"""Plain rules of the matching: weights, places on a plane, hours as bits, words of traits. No database, no clock."""
