#!/bin/bash
# First a new token on a control plane, then the join with the command that it prints.
if [[ $MACHINE != "$TARGET" ]]; then
  kubeadm token create --print-join-command
  exit
fi
{
  cat "$PREVIOUS"
  echo --ignore-preflight-errors=all
} | tr '\n' ' ' >/root/join.sh
bash /root/join.sh
