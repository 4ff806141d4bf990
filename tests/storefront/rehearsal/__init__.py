"""Rehearsals: made-up shoppers who prove the chain from assignment to verdict."""
