#!/bin/bash
sed -i -E "s/virtual_router_id .*/virtual_router_id $((ROUTER_ID % 255 + 1))/" \
  /etc/keepalived/keepalived.conf
systemctl reload keepalived
