#!/bin/bash
sed -i 's/timeout conect/timeout connect/' /etc/haproxy/haproxy.cfg
haproxy -c -f /etc/haproxy/haproxy.cfg
systemctl reset-failed haproxy
systemctl restart haproxy

# keepalived asks HAProxy's own health page. The other control planes still have this script.
cat >/usr/local/libexec/labgen/check-haproxy <<'SCRIPT'
#!/bin/bash
exec 3<>/dev/tcp/127.0.0.1/8404
printf 'GET /healthz HTTP/1.0\r\n\r\n' >&3
read -r -t 3 _ status _ <&3
[[ $status == 200 ]]
SCRIPT
systemctl reload keepalived
