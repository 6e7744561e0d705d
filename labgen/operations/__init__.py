"""What is done to a lab that exists."""
