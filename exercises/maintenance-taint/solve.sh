#!/bin/bash
kubectl taint node "$TARGET" maintenance-
kubectl uncordon "$TARGET"
