#!/bin/bash
systemctl disable --now site-firewall
rm /etc/site-firewall.nft /etc/systemd/system/site-firewall.service
systemctl daemon-reload
