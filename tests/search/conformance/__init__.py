"""What every backend must do alike: the same tests over the embedded index and over PostgreSQL."""
