"""Virtual machines through Vagrant and libvirt."""
