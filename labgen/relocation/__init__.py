"""Turn the disks of a lab into those of another lab: other addresses, other certificates.

The disks are those of machines that are off. Nothing is translated at run time, so the result is an
ordinary lab.
"""
