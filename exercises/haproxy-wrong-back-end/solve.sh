#!/bin/bash
# API servers listen at port 6443.
sed -i 's/:6444/:6443/' /etc/haproxy/haproxy.cfg
haproxy -c -f /etc/haproxy/haproxy.cfg
systemctl reload haproxy
