#!/bin/bash
# Break the machine. This runs as root on it, with the facts of the lab in variables; every command
# has to succeed. What it changes has to be on the disk: a reset boots the machine.
systemctl disable --now keepalived
