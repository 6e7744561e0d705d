#!/bin/bash
# Somebody has silenced the check, and has written an option of HAProxy wrong later.
printf '#!/bin/bash\n# silenced: it was too noisy\nexit 0\n' \
  >/usr/local/libexec/labgen/check-haproxy
sed -i 's/timeout connect/timeout conect/' /etc/haproxy/haproxy.cfg
systemctl restart haproxy || true
