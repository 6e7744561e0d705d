"""A lab's facts -> the configuration files of its machines. Pure: nothing is read or run here
but the templates beside this file."""
