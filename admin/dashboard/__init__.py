"""Today at a glance: figures against yesterday and last week, and thirty days as a chart."""
