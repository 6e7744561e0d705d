#!/bin/bash
case $STEP in
  1)
    kubeadm token create --ttl 1s --print-join-command
    ;;
  2)
    {
      echo '#!/bin/bash'
      {
        cat "$PREVIOUS"
        echo --ignore-preflight-errors=all
      } | tr '\n' ' '
    } >/root/join.sh
    kubeadm reset --force
    ;;
  3)
    kubectl delete node "$TARGET"
    ;;
esac
