"""Where everything on a timeline stands, in pixels. The markup is in templates/chart.svg.j2."""
