"""Peers of the shop that run here: each speaks a public protocol and checks what it is sent with keys of its own."""
