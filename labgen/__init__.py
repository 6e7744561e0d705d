"""labgen: highly available Kubernetes labs that prove themselves."""

__version__ = "0.1.0"
