"""Lines of the log, figures that processes share, and traces."""
