#!/bin/bash
# All machines of one VIP have the same virtual router id.
sed -i -E "s/virtual_router_id .*/virtual_router_id $ROUTER_ID/" /etc/keepalived/keepalived.conf
systemctl reload keepalived
