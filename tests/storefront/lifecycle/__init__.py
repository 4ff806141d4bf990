"""Proofs about an order's whole life: any sequence of what may happen, many shoppers at once, processes that die."""
