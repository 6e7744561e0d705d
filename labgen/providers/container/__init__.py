"""System containers in podman."""
