#!/bin/bash
cat >/etc/site-firewall.nft <<'RULES'
table inet site {
  chain input {
    type filter hook input priority -10; policy accept;
    ip protocol vrrp counter drop
    tcp dport { 23, 111 } counter drop
  }
}
RULES

cat >/etc/systemd/system/site-firewall.service <<'UNIT'
[Unit]
Description=The site's packet filter
After=network.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft -f /etc/site-firewall.nft
ExecStop=/usr/sbin/nft delete table inet site

[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable --now site-firewall
