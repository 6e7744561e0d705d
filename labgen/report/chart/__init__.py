"""Compute where everything in a chart is, in pixels. The markup is in templates/chart.svg.j2."""
