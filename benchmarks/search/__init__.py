"""The search library on a large catalogue, beside the best engine and the database: see README.md."""
