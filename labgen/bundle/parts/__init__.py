"""How each part of a bundle is made: Go programs, Debian, images, machines."""
