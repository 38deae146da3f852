"""How a story is played: live beside the product's processes, or in jumps in one process; and what a stage needs."""
