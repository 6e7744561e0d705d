"""The timing profiles of keepalived and HAProxy: every number, and its source.

Times are in milliseconds. A scenario's loadBalancer.timings replaces single values.
"""

from labgen.scenario.schema.timings import Timings

# Measured on system containers by `labgen bench failover --runs 10`, 50 probes a second: a power
# cut of the VIP's holder costs new connections 0.25 to 0.34 s, and none of them failed.
FAST = Timings(
    advert_interval=100,  # three missed adverts move the VIP: after 0.3 s and the skew
    script_interval=1000,  # keepalived's smallest: the interval is a whole number of seconds
    # a dead HAProxy refuses immediately, this is for a slow one: on hosts whose processors paused
    # for up to a second, a timeout of one second moved the VIP within minutes
    script_timeout=3000,
    script_fall=1,
    script_rise=1,
    connect_timeout=250,  # a machine without power answers nothing: this is the wait per try
    check_timeout=500,
    # every half second gave the same gaps and kept a tenth of a core more busy: clients' own
    # failed connections take a dead server out first
    check_interval=1000,
    fast_interval=200,
    down_interval=500,
    rise=1,
    fall=2,  # one slow /readyz takes no API server out
    retries=3,
    slowdown=1,
    gap_limit=3000,  # of the gate: the longest gap measured, with room for a loaded host
)

# The timings of on-premise clusters, in which a short stall of a host must not move the VIP.
# Measured with adverts every second and checks every two seconds: a gap of 2.9 s, and failures for
# six seconds.
STANDARD = Timings(
    advert_interval=1000,  # keepalived's default, RFC 5798 section 6.1
    script_interval=1000,  # keepalived's default
    script_timeout=1000,  # keepalived's default: the interval
    script_fall=2,
    script_rise=2,
    connect_timeout=1000,
    check_timeout=1000,
    check_interval=2000,  # HAProxy's default inter
    fast_interval=1000,
    down_interval=2000,  # HAProxy's default is inter
    rise=2,  # HAProxy's default
    fall=3,  # HAProxy's default
    retries=3,  # HAProxy's default
    slowdown=1,
    gap_limit=10_000,  # the six seconds measured, with room for a loaded host
)

# Many labs on one host, such as those of a class: what runs every second in FAST runs every five
# seconds, and a lab at rest costs less. Clients' connections still find a dead API server as fast.
QUIET = Timings(
    advert_interval=500,
    script_interval=5000,
    script_timeout=3000,
    script_fall=1,
    script_rise=1,
    connect_timeout=250,
    check_timeout=500,
    check_interval=5000,
    fast_interval=200,
    down_interval=1000,
    rise=1,
    fall=2,
    retries=3,
    slowdown=1,
    gap_limit=8000,  # a dead HAProxy is noticed after up to 6.1 s, with room for a loaded host
)

# Machines with an emulated processor: a busy machine must not miss adverts, checks and heartbeats.
EMULATED = Timings(
    advert_interval=1000,
    script_interval=5000,
    script_timeout=5000,
    script_fall=3,
    script_rise=1,
    connect_timeout=2000,
    check_timeout=10_000,  # a TLS handshake took seconds while pods started
    check_interval=5000,
    fast_interval=2000,
    down_interval=2000,
    rise=1,
    fall=3,
    retries=3,
    slowdown=5,
    gap_limit=60_000,
)

PROFILES = {"fast": FAST, "standard": STANDARD, "quiet": QUIET, "emulated": EMULATED}
