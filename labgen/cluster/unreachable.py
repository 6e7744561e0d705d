"""Explain in plain words why an HTTPS server cannot be reached."""

import errno
import http.client
import ssl

# X509_V_ERR_* of OpenSSL's x509_vfy.h
CERTIFICATE = {
    9: "its certificate is not valid yet; is this host's clock right?",
    10: "its certificate has expired",
    18: "its certificate is not signed by the lab's CA",
    19: "its certificate is not signed by the lab's CA",
    20: "its certificate is not signed by the lab's CA",
    21: "its certificate is not signed by the lab's CA",
    62: "its certificate is for another name",
    64: "its certificate is for another address",
}
CLOSED = "the connection was closed in the middle of TLS's handshake"
# OpenSSL's reasons when the server refuses the client's certificate, or does not speak TLS
REFUSALS = {
    "CERTIFICATE_EXPIRED": "it reports that the admin's certificate has expired",
    "UNKNOWN_CA": "it does not trust the CA of the admin's certificate",
    "BAD_CERTIFICATE": "it does not accept the admin's certificate",
    "CERTIFICATE_REQUIRED": "it requires the admin's certificate",
    "WRONG_VERSION_NUMBER": "what listens there does not speak TLS",
    "UNEXPECTED_EOF_WHILE_READING": CLOSED,
}
NETWORK = {
    errno.ECONNREFUSED: "nothing listens there",
    errno.ECONNRESET: "the connection was reset",
    errno.EPIPE: "the connection was closed",
    errno.EHOSTUNREACH: "no machine answers at that address",
    errno.ENETUNREACH: "there is no route to that address",
    errno.ETIMEDOUT: "no answer came in time",
}


def words(error: OSError | http.client.HTTPException) -> str:
    """Return the cause in plain words, without the names of Python's and OpenSSL's errors."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return CERTIFICATE.get(error.verify_code, f"its certificate: {error.verify_message}")
    if isinstance(error, ssl.SSLError):
        return _refusal(error)
    if isinstance(error, http.client.RemoteDisconnected):
        return "the connection was closed without an answer"
    if isinstance(error, TimeoutError):
        return "no answer came in time"
    if isinstance(error, OSError) and error.errno in NETWORK:
        return NETWORK[error.errno]
    return f"{error or type(error).__name__}"


def _refusal(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLEOFError):  # it has no reason
        return CLOSED
    reason = str(error.reason or error)
    known = (text for mark, text in REFUSALS.items() if mark in reason)
    return next(known, f"TLS failed: {reason.replace('_', ' ').lower()}")
