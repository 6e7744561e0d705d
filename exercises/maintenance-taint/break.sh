#!/bin/bash
kubectl cordon "$TARGET"
kubectl taint node "$TARGET" maintenance=planned:NoExecute
