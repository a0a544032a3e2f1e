"""The printing press: papers typeset as PDF/A, signed in a QR code, and kept sealed."""
