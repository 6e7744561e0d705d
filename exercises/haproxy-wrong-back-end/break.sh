#!/bin/bash
# The line of another control plane gets a wrong port.
for address in $CONTROL_PLANE_ADDRESSES; do
  if [[ $address != "$ADDRESS" ]]; then
    sed -i "s/ $address:6443/ $address:6444/" /etc/haproxy/haproxy.cfg
    break
  fi
done
grep -q :6444 /etc/haproxy/haproxy.cfg
systemctl reload haproxy
