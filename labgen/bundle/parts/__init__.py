"""What a bundle is made of: Go programs, Debian, images, machines."""
