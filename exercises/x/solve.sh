#!/bin/bash
# The reference repair. `labgen exercise solve` shows it to the learner and runs it.
systemctl enable --now keepalived
